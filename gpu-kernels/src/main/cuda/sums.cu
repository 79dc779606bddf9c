// Multi-scalar multiplication with the powers of the setup: Σ scalar_i · [τ^i]G (specification 08 §8).
//
// Scalars are cut into 16 signed digits of 16 bits; with 2^(16j) · [τ^i]G in a table, all digits share one set of buckets.
//
// Device memory for n powers (n at most 32,768):
//
//   table     affine[16][n]       2^(16j) · [τ^i]G, 96 bytes each
//   scalars   u32[n·8]            canonical
//   starts    u32[32770]          first item of each bucket 0 … 32768 (0 has none)
//   ends      u32[32770]          behind the last one, once items are in place
//   items     u32[16·n]           bit 31: subtract; the rest: place in the table
//   buckets   extended[32768]     sum of the points of digit 1, 2, …
//   parts     extended[2048]      Σ digit · bucket over 16 buckets each; the first is the result in the end
#include "curve.h"
#include "tables.h"

#define DIGITS 16
#define DIGIT_BUCKETS 32768
#define SEGMENT 16
#define SEGMENTS 2048
#define SUM_THREADS 256

struct SquareRootExponent {
    // (p + 1) / 4: p is 3 modulo 4
    DEVICE u32 operator()(int i) const {
        int low = 11 - i;
        u32 below = low == 0 ? FpModulus::limb(0) + 1 : FpModulus::limb(low);
        u32 above = low == 11 ? 0 : FpModulus::limb(low + 1);
        return below >> 2 | above << 30;
    }
};

// The table, from compressed points; `flags` gets a bit if one is no point. A thread for each power.
KERNEL THREADS_PER_BLOCK(64) fill_sum_table(const u8* compressed, u32 count, uint4* table, u32* flags) {
    u32 i = global_thread();
    if (i >= count) {
        return;
    }
    const u8* bytes = compressed + 48 * i;
    Fp x;
    UNROLL for (int limb = 0; limb < 12; limb++) {
        const u8* at = bytes + 44 - 4 * limb;
        x.limbs[limb] = static_cast<u32>(at[0]) << 24 | static_cast<u32>(at[1]) << 16 | static_cast<u32>(at[2]) << 8 | at[3];
    }
    u32 marks = x.limbs[11] >> 29;
    x.limbs[11] &= 0x1FFFFFFF;
    x = x.multiply(Fp::square_of_r());
    Fp two = Fp::one().add(Fp::one());
    Fp right = x.square().multiply(x).add(two.add(two));
    Fp y = power<Fp, 12>(right, SquareRootExponent());
    // Compressed, and not infinity.
    if (!y.square().equals(right) || (marks & 6) != 4) {
        atomicOr(flags, INVALID_SCALAR);
    }
    Fp raw_one = Fp::zero();
    raw_one.limbs[0] = 1;
    Fp plain = y.multiply(raw_one);
    Fp doubled;
    UNROLL for (int limb = 0; limb < 12; limb++) {
        doubled.limbs[limb] = plain.limbs[limb] << 1 | (limb == 0 ? 0 : plain.limbs[limb - 1] >> 31);
    }
    bool is_larger = !doubled.is_canonical();
    if (is_larger != ((marks & 1) != 0)) {
        y = y.negate();
    }
    Affine point = {x, y};
    store_affine(table + 6 * static_cast<u64>(i), point);
    for (u32 digit = 1; digit < DIGITS; digit++) {
        Extended sum = Extended::of(point);
        for (int k = 0; k < 16; k++) {
            sum = sum.twice();
        }
        point = sum.to_affine();
        store_affine(table + 6 * (static_cast<u64>(digit) * count + i), point);
    }
}

// Calls visit(digit number, |digit|, whether negative) for the digits of a scalar that are not zero.
template <typename Visit>
DEVICE void each_digit(const Fr& scalar, Visit visit) {
    u32 carry = 0;
    UNROLL for (u32 j = 0; j < DIGITS; j++) {
        u32 digit = (scalar.limbs[j / 2] >> (16 * (j & 1)) & 0xFFFF) + carry;
        carry = digit > DIGIT_BUCKETS ? 1 : 0;
        u32 magnitude = carry ? 65536 - digit : digit;
        if (magnitude != 0) {
            visit(j, magnitude, carry != 0);
        }
    }
}

struct CountDigits {
    u32* counts;
    DEVICE void operator()(u32, u32 magnitude, bool) const {
        atomicAdd(&counts[magnitude], 1);
    }
};

struct PlaceDigits {
    u32* ends;
    u32* items;
    u32 i;
    u32 powers;
    DEVICE void operator()(u32 j, u32 magnitude, bool negative) const {
        u32 at = atomicAdd(&ends[magnitude], 1);
        items[at] = (negative ? 0x80000000u : 0) | (j * powers + i);
    }
};

// counts[d] = digits ±d of all scalars; zero before. A thread for each scalar.
KERNEL THREADS_PER_BLOCK(128) count_digits(const uint4* scalars, u32 count, u32* counts) {
    u32 i = global_thread();
    if (i < count) {
        each_digit(load_fr(scalars + 2 * i), CountDigits{counts});
    }
}

// Sorts the digits by size. `ends` is a copy of the starts before. `powers` in each row of the table.
KERNEL THREADS_PER_BLOCK(128) place_digits(const uint4* scalars, u32 count, u32 powers, u32* ends, u32* items) {
    u32 i = global_thread();
    if (i < count) {
        each_digit(load_fr(scalars + 2 * i), PlaceDigits{ends, items, i, powers});
    }
}

// A thread for each bucket.
KERNEL THREADS_PER_BLOCK(128)
    sum_buckets(const u32* items, const u32* starts, const u32* ends, const uint4* table, uint4* buckets) {
    u32 digit = global_thread() + 1;
    Extended sum = Extended::infinity();
    for (u32 k = starts[digit]; k < ends[digit]; k++) {
        u32 item = items[k];
        Affine point = load_affine(table + 6 * static_cast<u64>(item & 0x7FFFFFFF));
        if (item >> 31) {
            point.y = point.y.negate();
        }
        sum = sum.add(point);
    }
    store_extended(buckets + 12 * (digit - 1), sum);
}

// parts[t] = Σ digit · bucket over the digits 16t + 1 … 16t + 16. A thread for each segment.
KERNEL THREADS_PER_BLOCK(64) weigh_buckets(const uint4* buckets, uint4* parts) {
    u32 segment = global_thread();
    Extended sum = Extended::infinity();
    Extended weighted = Extended::infinity();
    for (int k = SEGMENT - 1; k >= 0; k--) {
        sum = sum.add(load_extended(buckets + 12 * (SEGMENT * segment + k)));
        weighted = weighted.add(sum);
    }
    // Plus 16t times the plain sum.
    Extended multiple = Extended::infinity();
    for (int bit = 14; bit >= 0; bit--) {
        multiple = multiple.twice();
        if ((SEGMENT * segment) >> bit & 1) {
            multiple = multiple.add(sum);
        }
    }
    store_extended(parts + 12 * segment, weighted.add(multiple));
}

// The sum of all parts, in their first. Grid 1, block 256.
KERNEL THREADS_PER_BLOCK(SUM_THREADS) add_parts(uint4* parts) {
    u32 thread = threadIdx.x;
    Extended sum = load_extended(parts + 12 * thread);
    for (u32 i = thread + SUM_THREADS; i < SEGMENTS; i += SUM_THREADS) {
        sum = sum.add(load_extended(parts + 12 * i));
    }
    store_extended(parts + 12 * thread, sum);
    __syncthreads();
    for (u32 half = SUM_THREADS / 2; half > 0; half /= 2) {
        if (thread < half) {
            sum = sum.add(load_extended(parts + 12 * (thread + half)));
            store_extended(parts + 12 * thread, sum);
        }
        __syncthreads();
    }
}
