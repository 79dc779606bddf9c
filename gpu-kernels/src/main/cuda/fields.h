// The two prime fields of BLS12-381: Fr of scalars, Fp of coordinates. Elements are little-endian 32-bit limbs below the
// modulus. multiply() is Montgomery's, a · b / R with R = 2^256 or 2^384: data stay in canonical form as long as the other
// factor is in Montgomery form (a table of factors, usually).
#pragma once
#include "limbs.h"

struct FrModulus {
    static constexpr int LIMBS = 8;
    // −r⁻¹ modulo 2^32
    static constexpr u32 INVERSE = 0xFFFFFFFFu;
    static DEVICE u32 limb(int i) {
        return i == 0   ? 0x00000001u
               : i == 1 ? 0xFFFFFFFFu
               : i == 2 ? 0xFFFE5BFEu
               : i == 3 ? 0x53BDA402u
               : i == 4 ? 0x09A1D805u
               : i == 5 ? 0x3339D808u
               : i == 6 ? 0x299D7D48u
                        : 0x73EDA753u;
    }
    // R modulo r: one in Montgomery form
    static DEVICE u32 one(int i) {
        return i == 0   ? 0xFFFFFFFEu
               : i == 1 ? 0x00000001u
               : i == 2 ? 0x00034802u
               : i == 3 ? 0x5884B7FAu
               : i == 4 ? 0xECBC4FF5u
               : i == 5 ? 0x998C4FEFu
               : i == 6 ? 0xACC5056Fu
                        : 0x1824B159u;
    }
    // R² modulo r
    static DEVICE u32 square_of_r(int i) {
        return i == 0   ? 0xF3F29C6Du
               : i == 1 ? 0xC999E990u
               : i == 2 ? 0x87925C23u
               : i == 3 ? 0x2B6CEDCBu
               : i == 4 ? 0x7254398Fu
               : i == 5 ? 0x05D31496u
               : i == 6 ? 0x9F59FF11u
                        : 0x0748D9D9u;
    }
};

struct FpModulus {
    static constexpr int LIMBS = 12;
    static constexpr u32 INVERSE = 0xFFFCFFFDu;
    static DEVICE u32 limb(int i) {
        return i == 0    ? 0xFFFFAAABu
               : i == 1  ? 0xB9FEFFFFu
               : i == 2  ? 0xB153FFFFu
               : i == 3  ? 0x1EABFFFEu
               : i == 4  ? 0xF6B0F624u
               : i == 5  ? 0x6730D2A0u
               : i == 6  ? 0xF38512BFu
               : i == 7  ? 0x64774B84u
               : i == 8  ? 0x434BACD7u
               : i == 9  ? 0x4B1BA7B6u
               : i == 10 ? 0x397FE69Au
                         : 0x1A0111EAu;
    }
    static DEVICE u32 one(int i) {
        return i == 0    ? 0x0002FFFDu
               : i == 1  ? 0x76090000u
               : i == 2  ? 0xC40C0002u
               : i == 3  ? 0xEBF4000Bu
               : i == 4  ? 0x53C758BAu
               : i == 5  ? 0x5F489857u
               : i == 6  ? 0x70525745u
               : i == 7  ? 0x77CE5853u
               : i == 8  ? 0xA256EC6Du
               : i == 9  ? 0x5C071A97u
               : i == 10 ? 0xFA80E493u
                         : 0x15F65EC3u;
    }
    static DEVICE u32 square_of_r(int i) {
        return i == 0    ? 0x1C341746u
               : i == 1  ? 0xF4DF1F34u
               : i == 2  ? 0x09D104F1u
               : i == 3  ? 0x0A76E6A6u
               : i == 4  ? 0x4C95B6D5u
               : i == 5  ? 0x8DE5476Cu
               : i == 6  ? 0x939D83C0u
               : i == 7  ? 0x67EB88A9u
               : i == 8  ? 0xB519952Du
               : i == 9  ? 0x9A793E85u
               : i == 10 ? 0x92CAE3AAu
                         : 0x11988FE5u;
    }
};

template <typename Modulus>
struct Field {
    static constexpr int LIMBS = Modulus::LIMBS;
    u32 limbs[LIMBS];

    static DEVICE Field zero() {
        Field result;
        UNROLL for (int i = 0; i < LIMBS; i++) {
            result.limbs[i] = 0;
        }
        return result;
    }

    // One in Montgomery form.
    static DEVICE Field one() {
        Field result;
        UNROLL for (int i = 0; i < LIMBS; i++) {
            result.limbs[i] = Modulus::one(i);
        }
        return result;
    }

    static DEVICE Field square_of_r() {
        Field result;
        UNROLL for (int i = 0; i < LIMBS; i++) {
            result.limbs[i] = Modulus::square_of_r(i);
        }
        return result;
    }

    DEVICE bool is_zero() const {
        u32 all = 0;
        UNROLL for (int i = 0; i < LIMBS; i++) {
            all |= limbs[i];
        }
        return all == 0;
    }

    DEVICE bool equals(const Field& other) const {
        u32 all = 0;
        UNROLL for (int i = 0; i < LIMBS; i++) {
            all |= limbs[i] ^ other.limbs[i];
        }
        return all == 0;
    }

    // Whether the limbs are below the modulus.
    DEVICE bool is_canonical() const {
        CARRY_DECLARE(c);
        u32 ignored = sub_cc(c, limbs[0], Modulus::limb(0));
        UNROLL for (int i = 1; i < LIMBS; i++) {
            ignored = subc_cc(c, limbs[i], Modulus::limb(i));
        }
        (void)ignored;
        return subc(c, 0, 0) != 0;
    }

    // Subtracts the modulus if that leaves something not negative.
    DEVICE void reduce_once() {
        CARRY_DECLARE(c);
        u32 less[LIMBS];
        less[0] = sub_cc(c, limbs[0], Modulus::limb(0));
        UNROLL for (int i = 1; i < LIMBS; i++) {
            less[i] = subc_cc(c, limbs[i], Modulus::limb(i));
        }
        u32 borrowed = subc(c, 0, 0);
        UNROLL for (int i = 0; i < LIMBS; i++) {
            limbs[i] = borrowed ? limbs[i] : less[i];
        }
    }

    // Both moduli leave the top bit free, so a sum never leaves the limbs.
    DEVICE Field add(const Field& other) const {
        CARRY_DECLARE(c);
        Field result;
        result.limbs[0] = add_cc(c, limbs[0], other.limbs[0]);
        UNROLL for (int i = 1; i < LIMBS - 1; i++) {
            result.limbs[i] = addc_cc(c, limbs[i], other.limbs[i]);
        }
        result.limbs[LIMBS - 1] = addc(c, limbs[LIMBS - 1], other.limbs[LIMBS - 1]);
        result.reduce_once();
        return result;
    }

    DEVICE Field subtract(const Field& other) const {
        CARRY_DECLARE(c);
        Field result;
        result.limbs[0] = sub_cc(c, limbs[0], other.limbs[0]);
        UNROLL for (int i = 1; i < LIMBS; i++) {
            result.limbs[i] = subc_cc(c, limbs[i], other.limbs[i]);
        }
        u32 borrowed = subc(c, 0, 0);
        result.limbs[0] = add_cc(c, result.limbs[0], Modulus::limb(0) & borrowed);
        UNROLL for (int i = 1; i < LIMBS - 1; i++) {
            result.limbs[i] = addc_cc(c, result.limbs[i], Modulus::limb(i) & borrowed);
        }
        result.limbs[LIMBS - 1] = addc(c, result.limbs[LIMBS - 1], Modulus::limb(LIMBS - 1) & borrowed);
        return result;
    }

    DEVICE Field negate() const {
        return zero().subtract(*this);
    }

    // acc += a[0]·b, a[2]·b, … at even distances; the carry stays in the flag.
    template <int OFFSET>
    static DEVICE void add_row(Carry& c, u32 (&acc)[LIMBS], const Field& a, u32 b) {
        mad_wide_cc(c, acc[0], acc[1], a.limbs[OFFSET], b);
        UNROLL for (int j = 2; j < LIMBS; j += 2) {
            madc_wide_cc(c, acc[j], acc[j + 1], a.limbs[j + OFFSET], b, acc[j], acc[j + 1]);
        }
    }

    template <int OFFSET>
    static DEVICE void add_modulus_row(Carry& c, u32 (&acc)[LIMBS], u32 b) {
        mad_wide_cc(c, acc[0], acc[1], Modulus::limb(OFFSET), b);
        UNROLL for (int j = 2; j < LIMBS; j += 2) {
            madc_wide_cc(c, acc[j], acc[j + 1], Modulus::limb(j + OFFSET), b, acc[j], acc[j + 1]);
        }
    }

    // One limb of the multiplier, then one of the reduction. `even` holds limbs 0, 1, …, `odd` those from 1 on; when it
    // is done the lowest limb is zero and the two change roles.
    static DEVICE void add_limb(Carry& c, u32 (&even)[LIMBS], u32 (&odd)[LIMBS], const Field& a, u32 b, bool first) {
        if (first) {
            UNROLL for (int j = 0; j < LIMBS; j += 2) {
                u64 product = static_cast<u64>(a.limbs[j + 1]) * b;
                odd[j] = static_cast<u32>(product);
                odd[j + 1] = static_cast<u32>(product >> 32);
                product = static_cast<u64>(a.limbs[j]) * b;
                even[j] = static_cast<u32>(product);
                even[j + 1] = static_cast<u32>(product >> 32);
            }
        } else {
            even[0] = add_cc(c, even[0], odd[1]);
            UNROLL for (int j = 0; j < LIMBS - 2; j += 2) {
                madc_wide_cc(c, odd[j], odd[j + 1], a.limbs[j + 1], b, odd[j + 2], odd[j + 3]);
            }
            madc_wide(c, odd[LIMBS - 2], odd[LIMBS - 1], a.limbs[LIMBS - 1], b);
            add_row<0>(c, even, a, b);
            odd[LIMBS - 1] = addc(c, odd[LIMBS - 1], 0);
        }
        u32 factor = even[0] * Modulus::INVERSE;
        add_modulus_row<1>(c, odd, factor);
        // What this row carries out belongs above the top limb and is zero: the modulus leaves a bit free.
        add_modulus_row<0>(c, even, factor);
        odd[LIMBS - 1] = addc(c, odd[LIMBS - 1], 0);
    }

#if defined(EMULATOR)
    OUTLINED
#else
    DEVICE
#endif
    Field multiply_by_carry_chains(const Field& other) const {
        CARRY_DECLARE(c);
        u32 even[LIMBS];
        u32 odd[LIMBS];
        UNROLL for (int i = 0; i < LIMBS; i += 2) {
            add_limb(c, even, odd, *this, other.limbs[i], i == 0);
            add_limb(c, odd, even, *this, other.limbs[i + 1], false);
        }
        Field result;
        result.limbs[0] = add_cc(c, even[0], odd[1]);
        UNROLL for (int i = 1; i < LIMBS - 1; i++) {
            result.limbs[i] = addc_cc(c, even[i], odd[i + 1]);
        }
        result.limbs[LIMBS - 1] = addc(c, even[LIMBS - 1], 0);
        result.reduce_once();
        return result;
    }

#if defined(EMULATOR)
    // The same in 64-bit limbs: what the host is good at.
    OUTLINED Field multiply_in_wide_limbs(const Field& other) const {
        typedef unsigned __int128 u128;
        constexpr int N = LIMBS / 2;
        uint64_t a[N], b[N], m[N], t[N + 2] = {};
        for (int i = 0; i < N; i++) {
            a[i] = static_cast<uint64_t>(limbs[2 * i + 1]) << 32 | limbs[2 * i];
            b[i] = static_cast<uint64_t>(other.limbs[2 * i + 1]) << 32 | other.limbs[2 * i];
            m[i] = static_cast<uint64_t>(Modulus::limb(2 * i + 1)) << 32 | Modulus::limb(2 * i);
        }
        // −m⁻¹ modulo 2^64 from that modulo 2^32, by one step of Newton's.
        const uint64_t half = 0 - static_cast<uint64_t>(Modulus::INVERSE);
        const uint64_t inverse = 0 - half * (2 - m[0] * half);
        for (int i = 0; i < N; i++) {
            u128 carry = 0;
            for (int j = 0; j < N; j++) {
                carry += static_cast<u128>(a[j]) * b[i] + t[j];
                t[j] = static_cast<uint64_t>(carry);
                carry >>= 64;
            }
            carry += t[N];
            t[N] = static_cast<uint64_t>(carry);
            t[N + 1] = static_cast<uint64_t>(carry >> 64);
            uint64_t factor = t[0] * inverse;
            carry = static_cast<u128>(factor) * m[0] + t[0];
            carry >>= 64;
            for (int j = 1; j < N; j++) {
                carry += static_cast<u128>(factor) * m[j] + t[j];
                t[j - 1] = static_cast<uint64_t>(carry);
                carry >>= 64;
            }
            carry += t[N];
            t[N - 1] = static_cast<uint64_t>(carry);
            t[N] = t[N + 1] + static_cast<uint64_t>(carry >> 64);
        }
        Field result;
        for (int i = 0; i < N; i++) {
            result.limbs[2 * i] = static_cast<u32>(t[i]);
            result.limbs[2 * i + 1] = static_cast<u32>(t[i] >> 32);
        }
        result.reduce_once();
        return result;
    }
#endif

    DEVICE Field multiply(const Field& other) const {
#if defined(EMULATOR) && !defined(CARRY_CHAINS)
        return multiply_in_wide_limbs(other);
#else
        return multiply_by_carry_chains(other);
#endif
    }

    DEVICE Field square() const {
        return multiply(*this);
    }
};

typedef Field<FrModulus> Fr;
typedef Field<FpModulus> Fp;

// An element of Fr lies in memory as two uint4.
DEVICE Fr load_fr(const uint4* at) {
    uint4 low = at[0];
    uint4 high = at[1];
    return {{low.x, low.y, low.z, low.w, high.x, high.y, high.z, high.w}};
}

DEVICE void store_fr(uint4* at, const Fr& value) {
    at[0] = make_uint4(value.limbs[0], value.limbs[1], value.limbs[2], value.limbs[3]);
    at[1] = make_uint4(value.limbs[4], value.limbs[5], value.limbs[6], value.limbs[7]);
}

// The 32 big-endian bytes of a chunk.
DEVICE Fr load_chunk(const uint4* at) {
    Fr reversed = load_fr(at);
    Fr value;
    UNROLL for (int i = 0; i < 8; i++) {
        value.limbs[i] = byte_swap(reversed.limbs[7 - i]);
    }
    return value;
}

DEVICE void store_chunk(uint4* at, const Fr& value) {
    Fr reversed;
    UNROLL for (int i = 0; i < 8; i++) {
        reversed.limbs[i] = byte_swap(value.limbs[7 - i]);
    }
    store_fr(at, reversed);
}

// value^exponent in Montgomery form; the exponent is given by its 32-bit words, the highest first.
template <typename F, int WORDS, typename Word>
OUTLINED F power(const F& value, Word word) {
    F result = F::one();
    for (int i = 0; i < WORDS; i++) {
        u32 bits = word(i);
        for (int bit = 31; bit >= 0; bit--) {
            result = result.square();
            if (bits >> bit & 1) {
                result = result.multiply(value);
            }
        }
    }
    return result;
}

struct FrInversion {
    // r − 2
    DEVICE u32 operator()(int i) const {
        return i == 7 ? 0xFFFFFFFFu : i == 6 ? 0xFFFFFFFEu : FrModulus::limb(7 - i);
    }
};

struct FpInversion {
    // p − 2
    DEVICE u32 operator()(int i) const {
        return i == 11 ? FpModulus::limb(0) - 2 : FpModulus::limb(11 - i);
    }
};

// The inverse of an element in Montgomery form, in Montgomery form; zero for zero.
DEVICE Fr inverse(const Fr& value) {
    return power<Fr, 8>(value, FrInversion());
}

DEVICE Fp inverse(const Fp& value) {
    return power<Fp, 12>(value, FpInversion());
}
