// Kernels that exist for tests only: both ways of multiplying, and the rest of field arithmetic, on arrays of elements.
#pragma once
#include "fields.h"

template <typename F>
DEVICE void test_field(const F* left, const F* right, u32 count, F* results) {
    u32 i = global_thread();
    if (i < count) {
        results[5 * i] = left[i].multiply_by_carry_chains(right[i]);
        results[5 * i + 1] = left[i].multiply_in_wide_limbs(right[i]);
        results[5 * i + 2] = left[i].add(right[i]);
        results[5 * i + 3] = left[i].subtract(right[i]);
        results[5 * i + 4] = inverse(left[i]);
    }
}

KERNEL test_scalars(const Fr* left, const Fr* right, u32 count, Fr* results) {
    test_field(left, right, count, results);
}

KERNEL test_coordinates(const Fp* left, const Fp* right, u32 count, Fp* results) {
    test_field(left, right, count, results);
}
