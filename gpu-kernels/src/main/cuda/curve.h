// Points of y² = x³ + 4 over Fp, coordinates in Montgomery form.
//
// In memory an affine point is x, y (6 uint4; all zero: infinity), an extended one X, Y, ZZ, ZZZ with x = X / ZZ,
// y = Y / ZZZ, ZZ³ = ZZZ² (12 uint4; ZZ zero: infinity). Formulas: "XYZZ" of the explicit-formulas database.
#pragma once
#include "fields.h"

struct Affine {
    Fp x, y;

    DEVICE bool is_infinity() const {
        return x.is_zero() && y.is_zero();
    }
};

struct Extended {
    Fp x, y, zz, zzz;

    static DEVICE Extended infinity() {
        return {Fp::zero(), Fp::zero(), Fp::zero(), Fp::zero()};
    }

    DEVICE bool is_infinity() const {
        return zz.is_zero();
    }

    static DEVICE Extended of(const Affine& point) {
        return point.is_infinity() ? infinity() : Extended{point.x, point.y, Fp::one(), Fp::one()};
    }

    OUTLINED Extended twice() const {
        Fp u = y.add(y);
        Fp v = u.square();
        Fp w = u.multiply(v);
        Fp s = x.multiply(v);
        Fp m = x.square();
        m = m.add(m).add(m);
        Fp x3 = m.square().subtract(s).subtract(s);
        Fp y3 = m.multiply(s.subtract(x3)).subtract(w.multiply(y));
        return {x3, y3, v.multiply(zz), w.multiply(zzz)};
    }

    // The sum with a point whose u = x·zz of this one's denominators, and so on, are given.
    DEVICE Extended chord(const Fp& u1, const Fp& s1, const Fp& p, const Fp& r, const Fp& zz12, const Fp& zzz12) const {
        Fp pp = p.square();
        Fp ppp = p.multiply(pp);
        Fp q = u1.multiply(pp);
        Fp x3 = r.square().subtract(ppp).subtract(q).subtract(q);
        Fp y3 = r.multiply(q.subtract(x3)).subtract(s1.multiply(ppp));
        return {x3, y3, zz12.multiply(pp), zzz12.multiply(ppp)};
    }

    DEVICE Extended add(const Affine& other) const {
        if (other.is_infinity()) {
            return *this;
        }
        if (is_infinity()) {
            return of(other);
        }
        Fp p = other.x.multiply(zz).subtract(x);
        Fp r = other.y.multiply(zzz).subtract(y);
        if (p.is_zero()) {
            return r.is_zero() ? twice() : infinity();
        }
        return chord(x, y, p, r, zz, zzz);
    }

    OUTLINED Extended add(const Extended& other) const {
        if (other.is_infinity()) {
            return *this;
        }
        if (is_infinity()) {
            return other;
        }
        Fp u1 = x.multiply(other.zz);
        Fp s1 = y.multiply(other.zzz);
        Fp p = other.x.multiply(zz).subtract(u1);
        Fp r = other.y.multiply(zzz).subtract(s1);
        if (p.is_zero()) {
            return r.is_zero() ? twice() : infinity();
        }
        return chord(u1, s1, p, r, zz.multiply(other.zz), zzz.multiply(other.zzz));
    }

    OUTLINED Affine to_affine() const {
        if (is_infinity()) {
            return {Fp::zero(), Fp::zero()};
        }
        Fp inverse_zzz = inverse(zzz);
        Fp inverse_z = zz.multiply(inverse_zzz);
        return {x.multiply(inverse_z.square()), y.multiply(inverse_zzz)};
    }
};

DEVICE Fp load_fp(const uint4* at) {
    Fp value;
    UNROLL for (int i = 0; i < 3; i++) {
        uint4 part = at[i];
        value.limbs[4 * i] = part.x;
        value.limbs[4 * i + 1] = part.y;
        value.limbs[4 * i + 2] = part.z;
        value.limbs[4 * i + 3] = part.w;
    }
    return value;
}

DEVICE void store_fp(uint4* at, const Fp& value) {
    UNROLL for (int i = 0; i < 3; i++) {
        at[i] = make_uint4(
            value.limbs[4 * i], value.limbs[4 * i + 1], value.limbs[4 * i + 2], value.limbs[4 * i + 3]);
    }
}

DEVICE Affine load_affine(const uint4* at) {
    return {load_fp(at), load_fp(at + 3)};
}

DEVICE void store_affine(uint4* at, const Affine& point) {
    store_fp(at, point.x);
    store_fp(at + 3, point.y);
}

DEVICE Extended load_extended(const uint4* at) {
    return {load_fp(at), load_fp(at + 3), load_fp(at + 6), load_fp(at + 9)};
}

DEVICE void store_extended(uint4* at, const Extended& point) {
    store_fp(at, point.x);
    store_fp(at + 3, point.y);
    store_fp(at + 6, point.zz);
    store_fp(at + 9, point.zzz);
}
