// From a stored record to the quotient whose commitment is a chunk's witness (specification 08 §8).
//
// Half of the 65,536 values of a polynomial P of degree below 32,768 are known. With Z the monic polynomial that vanishes
// at the other points, D = P · Z is known at all of them (zero where P is not), so its coefficients are; P is D / Z on a
// coset, where Z has no zero.
//
//   missing points ─vanishing_leaves─► 512 monic polynomials of degree 64 ─spread, transform, multiply_pairs, transform─►
//   two of degree 16,384, Za and Zb ──► their values at all points, and on the coset
//   values · Za · Zb ─► coefficients of D ─fold_on_coset─► D on the coset / (Za · Zb) ─► coefficients of P
//   P ─divide_by_linear─► (P − P(z)) / (X − z)
//
// A monic polynomial of degree d lies in memory without its leading one: u32[d·8]. Values after a transform in frequency
// are in bit-reversed order. Elements are canonical unless something else is said.
#include "tables.h"
#include "transforms.h"

#define LEAF_DEGREE 64
#define HALF_DEGREE 16384
#define DOMAIN_LOG 16
#define PROVE_THREADS 256
#define INVERSIONS 16
#define QUOTIENT_THREADS 1024

// ω^exponent of order 2^16 in Montgomery form; the table has the first half.
DEVICE Fr root_power(const uint4* roots, u32 exponent) {
    Fr root = load_fr(roots + 2 * (exponent & (RECORD_CHUNKS - 1)));
    return exponent & RECORD_CHUNKS ? root.negate() : root;
}

// Takes the masks off: values[s] of the stored chunks; the others must be zero before. `s_buckets` are those of the chunks
// in their order, bit s of `encoded` tells whether there is a mask. Grid 256, block 128, shared 20,992 bytes.
KERNEL THREADS_PER_BLOCK(EXPAND_THREADS)
    unmask_chunks(const u64* slots, const u32* backs, const u16* s_buckets, const u32* encoded, const uint4* chunks,
                  uint4* values, u32* flags) {
    SHARED_MEMORY(shared);
    u32* proofs = reinterpret_cast<u32*>(shared);
    u32 lane = threadIdx.x & 31;
    u32 first = threadIdx.x & ~31u;
    for (u32 i = 0; i < 32; i++) {
        u32 s_bucket = s_buckets[blockIdx.x * EXPAND_THREADS + first + i];
        u64 slot = slots[s_bucket];
        if (slot != ~0ull) {
            expand_lane(slot, backs, lane, reinterpret_cast<u8*>(proofs + (first + i) * PROOF_STRIDE));
        }
    }
    __syncwarp();
    u32 mask[8];
    hash_proof(proofs + threadIdx.x * PROOF_STRIDE, mask);
    u32 position = blockIdx.x * EXPAND_THREADS + threadIdx.x;
    u32 s_bucket = s_buckets[position];
    bool masked = encoded[s_bucket >> 5] >> (s_bucket & 31) & 1;
    if (masked && slots[s_bucket] == ~0ull) {
        atomicOr(flags, MISSING_PROOF);
    }
    u32 keep = masked ? ~0u : 0;
    Fr stored = load_fr(chunks + 2 * position);
    Fr value;
    UNROLL for (int i = 0; i < 8; i++) {
        value.limbs[i] = byte_swap(stored.limbs[7 - i] ^ (mask[7 - i] & keep));
    }
    if (!value.is_canonical()) {
        atomicOr(flags, INVALID_SCALAR);
    }
    store_fr(values + 2 * s_bucket, value);
}

// Products of 64 factors X − ω^missing. Grid 512, block 64, shared 2,080 bytes.
KERNEL THREADS_PER_BLOCK(LEAF_DEGREE) vanishing_leaves(const u16* missing, const uint4* roots, uint4* leaves) {
    SHARED_MEMORY(shared);
    u32* planes = reinterpret_cast<u32*>(shared);
    u32 thread = threadIdx.x;
    Fr own = Fr::zero();
    for (u32 degree = 0; degree < LEAF_DEGREE; degree++) {
        // So far a monic polynomial of this degree; this thread has coefficient `thread`.
        if (thread == degree) {
            own = Fr::zero();
            own.limbs[0] = 1;
        }
        UNROLL for (int i = 0; i < 8; i++) {
            planes[i * (LEAF_DEGREE + 1) + thread + 1] = own.limbs[i];
        }
        if (thread == 0) {
            UNROLL for (int i = 0; i < 8; i++) {
                planes[i * (LEAF_DEGREE + 1)] = 0;
            }
        }
        __syncthreads();
        Fr lower;
        UNROLL for (int i = 0; i < 8; i++) {
            lower.limbs[i] = planes[i * (LEAF_DEGREE + 1) + thread];
        }
        Fr root = root_power(roots, missing[blockIdx.x * LEAF_DEGREE + degree]);
        own = thread <= degree ? lower.subtract(own.multiply(root)) : own;
        __syncthreads();
    }
    store_fr(leaves + 2 * (blockIdx.x * LEAF_DEGREE + thread), own);
}

// Copies polynomials of 2^log_from coefficients into places of 2^log_to, zeros behind them; with `leading`, their leading
// one as well. A thread for each element of the target.
KERNEL THREADS_PER_BLOCK(PROVE_THREADS)
    spread(const uint4* from, u32 log_from, uint4* to, u32 log_to, u32 leading) {
    u32 i = global_thread();
    u32 at = i & ((1u << log_to) - 1);
    Fr value = Fr::zero();
    if (at < 1u << log_from) {
        value = load_fr(from + 2 * ((i >> log_to << log_from) + at));
    } else if (leading && at == 1u << log_from) {
        value.limbs[0] = 1;
    }
    store_fr(to + 2 * i, value);
}

// Values of products, from values of pairs of polynomials of degree d = 2^log_degree at 2d points without what the leading
// ones add: that is −1 at odd points, 1 at even ones. `factor` = R² / 2d, `shift` = 1 / 2d: the products lose their own
// leading one, and the following transform its factor. A thread for each value of the products.
KERNEL THREADS_PER_BLOCK(PROVE_THREADS)
    multiply_pairs(const uint4* values, u32 log_degree, Fr factor, Fr shift, uint4* products) {
    u32 i = global_thread();
    u32 size = 2u << log_degree;
    u32 at = i & (size - 1);
    const uint4* left = values + 2 * (static_cast<u64>(i >> (log_degree + 1)) * 2 * size + at);
    Fr one = Fr::zero();
    one.limbs[0] = 1;
    // In bit-reversed order the odd points are the second half.
    Fr leading = at >= size / 2 ? one.negate() : one;
    Fr a = load_fr(left).add(leading);
    Fr b = load_fr(left + 2 * size).add(leading);
    store_fr(products + 2 * i, a.multiply(b).multiply(factor).subtract(shift));
}

// D at all points, in bit-reversed order: values · Za · Zb, times factor / R². A thread for each of 65,536.
KERNEL THREADS_PER_BLOCK(PROVE_THREADS) weigh_values(const uint4* values, const uint4* vanishing, Fr factor, uint4* d) {
    u32 i = global_thread();
    u32 s_bucket = __brev(i) >> (32 - DOMAIN_LOG);
    Fr z = load_fr(vanishing + 2 * i).multiply(load_fr(vanishing + 2 * (i + S_BUCKETS)));
    z = z.multiply(Fr::square_of_r());
    store_fr(d + 2 * i, z.multiply(load_fr(values + 2 * s_bucket)).multiply(factor));
}

// Coefficients of Za(gX) and Zb(gX), 32,768 places each. A thread for each of 65,536.
KERNEL THREADS_PER_BLOCK(PROVE_THREADS) halves_on_coset(const uint4* halves, const uint4* shifts, uint4* target) {
    u32 i = global_thread();
    u32 at = i & (RECORD_CHUNKS - 1);
    Fr value = Fr::zero();
    if (at < HALF_DEGREE) {
        value = load_fr(halves + 2 * ((i >> 15) * HALF_DEGREE + at));
    } else if (at == HALF_DEGREE) {
        value.limbs[0] = 1;
    }
    store_fr(target + 2 * i, value.multiply(load_fr(shifts + 2 * at)));
}

// Coefficients of D(gX) modulo X^32768 − 1; `turn` = g^32768 in Montgomery form. A thread for each of 32,768.
KERNEL THREADS_PER_BLOCK(PROVE_THREADS) fold_on_coset(const uint4* d, const uint4* shifts, Fr turn, uint4* target) {
    u32 i = global_thread();
    Fr upper = load_fr(d + 2 * (i + RECORD_CHUNKS)).multiply(turn);
    store_fr(target + 2 * i, load_fr(d + 2 * i).add(upper).multiply(load_fr(shifts + 2 * i)));
}

// d_i ← d_i / (za_i · zb_i), times factor · R: 16 values with one inversion. A thread for each 16 of 32,768.
KERNEL THREADS_PER_BLOCK(64) divide_on_coset(const uint4* halves, Fr factor, uint4* d) {
    u32 first = global_thread();
    u32 step = RECORD_CHUNKS / INVERSIONS;
    Fr before[INVERSIONS];
    Fr product = Fr::one();
    for (u32 k = 0; k < INVERSIONS; k++) {
        u32 i = first + k * step;
        before[k] = product;
        product = product.multiply(load_fr(halves + 2 * i).multiply(load_fr(halves + 2 * (i + RECORD_CHUNKS))));
    }
    Fr rest = inverse(product);
    for (u32 k = INVERSIONS; k-- > 0;) {
        u32 i = first + k * step;
        Fr z = load_fr(halves + 2 * i).multiply(load_fr(halves + 2 * (i + RECORD_CHUNKS)));
        Fr reciprocal = rest.multiply(before[k]);
        rest = rest.multiply(z);
        store_fr(d + 2 * i, load_fr(d + 2 * i).multiply(reciprocal).multiply(factor));
    }
}

// values[i] *= factors[i], factors in Montgomery form. A thread for each.
KERNEL THREADS_PER_BLOCK(PROVE_THREADS) multiply_each(uint4* values, const uint4* factors) {
    u32 i = global_thread();
    store_fr(values + 2 * i, load_fr(values + 2 * i).multiply(load_fr(factors + 2 * i)));
}

// (P − P(z)) / (X − z) for z = ω^s: coefficient k is z^−(k+1) · Σ p_i z^i over i > k. The last of the 32,768 coefficients
// is zero. Grid 1, block 1024, shared 32,768 bytes.
KERNEL THREADS_PER_BLOCK(QUOTIENT_THREADS) divide_by_linear(
    const uint4* polynomial, u32 s, const uint4* roots, const uint4* inverse_roots, uint4* quotient) {
    SHARED_MEMORY(shared);
    u32* planes = reinterpret_cast<u32*>(shared);
    u32 thread = threadIdx.x;
    constexpr u32 each = RECORD_CHUNKS / QUOTIENT_THREADS;
    Fr sum = Fr::zero();
    for (u32 i = thread * each; i < (thread + 1) * each; i++) {
        sum = sum.add(load_fr(polynomial + 2 * i).multiply(root_power(roots, s * i & (S_BUCKETS - 1))));
    }
    // Sums of all threads from this one on.
    put(planes, thread, sum);
    __syncthreads();
    for (u32 distance = 1; distance < QUOTIENT_THREADS; distance *= 2) {
        Fr above = thread + distance < QUOTIENT_THREADS ? take(planes, thread + distance) : Fr::zero();
        __syncthreads();
        sum = sum.add(above);
        put(planes, thread, sum);
        __syncthreads();
    }
    Fr after = thread + 1 < QUOTIENT_THREADS ? take(planes, thread + 1) : Fr::zero();
    for (u32 k = 0; k < each; k++) {
        u32 i = (thread + 1) * each - 1 - k;
        store_fr(quotient + 2 * i, after.multiply(root_power(inverse_roots, s * (i + 1) & (S_BUCKETS - 1))));
        after = after.add(load_fr(polynomial + 2 * i).multiply(root_power(roots, s * i & (S_BUCKETS - 1))));
    }
}
