// Number-theoretic transforms over Fr, 1024 elements to a block.
//
// A transform of n = 2^L elements, L ≤ 16, takes one pass over memory if L ≤ 10, else two: the low pass does the eight
// levels between elements less than 256 apart, on 1024 consecutive elements; the high pass does the rest, on L − 8 bits'
// worth of rows of 1024 / 2^(L−8) neighbours each, 256 elements apart. Decimation in frequency (natural order in,
// bit-reversed out) goes from far to near, decimation in time the other way round. Several transforms lie one after
// another, a block for each 1024 elements of all of them.
//
// Elements are canonical, roots in Montgomery form: ω^k for k < 2^15 with ω of order 2^16, or their inverses.
//
// Shared memory: 8 planes of 1024 words, plane i limb i of all elements: 32,768 bytes.
#pragma once
#include "fields.h"

#define TRANSFORM_THREADS 256
#define BLOCK_ELEMENTS 1024
#define LOW_BITS 8
#define LOG_ROOTS 15

DEVICE Fr take(const u32* planes, u32 index) {
    Fr value;
    UNROLL for (int i = 0; i < 8; i++) {
        value.limbs[i] = planes[i * BLOCK_ELEMENTS + index];
    }
    return value;
}

DEVICE void put(u32* planes, u32 index, const Fr& value) {
    UNROLL for (int i = 0; i < 8; i++) {
        planes[i * BLOCK_ELEMENTS + index] = value.limbs[i];
    }
}

// (a, b) → (a + b·root, a − b·root) in time, (a + b, (a − b)·root) in frequency.
template <bool IN_TIME>
DEVICE void butterfly(u32* planes, u32 first, u32 second, const Fr& root) {
    Fr a = take(planes, first);
    Fr b = take(planes, second);
    if (IN_TIME) {
        b = b.multiply(root);
        put(planes, first, a.add(b));
        put(planes, second, a.subtract(b));
    } else {
        put(planes, first, a.add(b));
        put(planes, second, a.subtract(b).multiply(root));
    }
}

// Levels 0 … levels − 1 (partners 1, 2, … apart) between consecutive elements.
template <bool IN_TIME>
DEVICE void low_levels(u32* planes, u32 levels, const uint4* roots) {
    for (u32 i = 0; i < levels; i++) {
        u32 level = IN_TIME ? i : levels - 1 - i;
        u32 half = 1u << level;
        UNROLL for (u32 k = 0; k < BLOCK_ELEMENTS / 2 / TRANSFORM_THREADS; k++) {
            u32 index = threadIdx.x + k * TRANSFORM_THREADS;
            u32 position = index & (half - 1);
            u32 first = 2 * index - position;
            butterfly<IN_TIME>(planes, first, first + half, load_fr(roots + 2 * (position << (LOG_ROOTS - level))));
        }
        __syncthreads();
    }
}

// Levels 8 … 8 + row_bits − 1 between rows of columns = 1024 >> row_bits neighbours, the first of which is element `column`
// of the transform.
template <bool IN_TIME>
DEVICE void high_levels(u32* planes, u32 row_bits, u32 column, const uint4* roots) {
    u32 column_bits = 10 - row_bits;
    for (u32 i = 0; i < row_bits; i++) {
        u32 level = IN_TIME ? i : row_bits - 1 - i;
        u32 half = 1u << level;
        UNROLL for (u32 k = 0; k < BLOCK_ELEMENTS / 2 / TRANSFORM_THREADS; k++) {
            u32 index = threadIdx.x + k * TRANSFORM_THREADS;
            u32 across = index & ((1u << column_bits) - 1);
            u32 row = index >> column_bits;
            u32 position = row & (half - 1);
            u32 first = ((2 * row - position) << column_bits) + across;
            u32 exponent = (position << LOW_BITS) + column + across;
            butterfly<IN_TIME>(planes, first, first + (half << column_bits),
                               load_fr(roots + 2 * (exponent << (LOG_ROOTS - LOW_BITS - level))));
        }
        __syncthreads();
    }
}

// Where element `index` of the block lies in memory, in the high pass.
struct HighPass {
    u32 column_bits;
    u32 column;
    u32 begin;

    DEVICE HighPass(u32 log_size) {
        u32 row_bits = log_size - LOW_BITS;
        u32 blocks_of_transform = 1u << (log_size - 10);
        column_bits = 10 - row_bits;
        column = (blockIdx.x & (blocks_of_transform - 1)) << column_bits;
        begin = (blockIdx.x >> (log_size - 10)) << log_size;
    }

    // Inside its transform.
    DEVICE u32 element(u32 index) const {
        return ((index >> column_bits) << LOW_BITS) + column + (index & ((1u << column_bits) - 1));
    }
};
