// Transforms and the erasure extension of records (specification 02, 08 §7).
//
// Extension: with p the polynomial of degree below 2^15 that has source_i at ω_15^i, parity_i = p(ω_15^i · ω_16).
// Inverse transform, coefficient j times ω_16^j / 2^15, transform, without any change of order in memory:
//
//   extend_begin    chunks ──(far levels, inverse, in frequency)──► work
//   extend_middle   work ──(near levels)──► bit-reversed coefficients · twist ──(near levels, in time)──► work
//   extend_end      work ──(far levels)──► parity chunks
//
// Device memory of a batch of n records: source, work and parity, each u32[n·32768·8]; `flags` u32[n]. Tables of the
// device: roots, inverse_roots u32[32768·8] (ω_16^±k), twist u32[32768·8] (ω_16^j / 2^15 in bit-reversed order), all in
// Montgomery form. Grids: a block of 256 threads for each 1024 elements; shared 32,768 bytes.
#include "tables.h"
#include "transforms.h"

// table[k] = first · base^e, e = k or k bit-reversed. Grid: a thread for each element.
KERNEL fill_powers(uint4* table, Fr base, Fr first, u32 log_count, u32 reversed) {
    u32 k = global_thread();
    if (k >= 1u << log_count) {
        return;
    }
    u32 exponent = reversed ? __brev(k) >> (32 - log_count) : k;
    Fr result = first;
    while (exponent != 0) {
        if (exponent & 1) {
            result = result.multiply(base);
        }
        base = base.square();
        exponent >>= 1;
    }
    store_fr(table + 2 * k, result);
}

KERNEL THREADS_PER_BLOCK(TRANSFORM_THREADS)
    extend_begin(const uint4* source, uint4* work, const uint4* inverse_roots, u32* flags) {
    SHARED_MEMORY(shared);
    u32* planes = reinterpret_cast<u32*>(shared);
    HighPass pass(15);
    for (u32 i = threadIdx.x; i < BLOCK_ELEMENTS; i += TRANSFORM_THREADS) {
        Fr value = load_chunk(source + 2 * (pass.begin + pass.element(i)));
        if (!value.is_canonical()) {
            atomicOr(&flags[pass.begin >> 15], INVALID_SCALAR);
        }
        put(planes, i, value);
    }
    __syncthreads();
    high_levels<false>(planes, 7, pass.column, inverse_roots);
    for (u32 i = threadIdx.x; i < BLOCK_ELEMENTS; i += TRANSFORM_THREADS) {
        store_fr(work + 2 * (pass.begin + pass.element(i)), take(planes, i));
    }
}

KERNEL THREADS_PER_BLOCK(TRANSFORM_THREADS)
    extend_middle(uint4* work, const uint4* inverse_roots, const uint4* twist, const uint4* roots) {
    SHARED_MEMORY(shared);
    u32* planes = reinterpret_cast<u32*>(shared);
    u32 begin = blockIdx.x * BLOCK_ELEMENTS;
    for (u32 i = threadIdx.x; i < BLOCK_ELEMENTS; i += TRANSFORM_THREADS) {
        put(planes, i, load_fr(work + 2 * (begin + i)));
    }
    __syncthreads();
    low_levels<false>(planes, LOW_BITS, inverse_roots);
    for (u32 i = threadIdx.x; i < BLOCK_ELEMENTS; i += TRANSFORM_THREADS) {
        put(planes, i, take(planes, i).multiply(load_fr(twist + 2 * ((begin + i) & (RECORD_CHUNKS - 1)))));
    }
    __syncthreads();
    low_levels<true>(planes, LOW_BITS, roots);
    for (u32 i = threadIdx.x; i < BLOCK_ELEMENTS; i += TRANSFORM_THREADS) {
        store_fr(work + 2 * (begin + i), take(planes, i));
    }
}

KERNEL THREADS_PER_BLOCK(TRANSFORM_THREADS) extend_end(const uint4* work, uint4* parity, const uint4* roots) {
    SHARED_MEMORY(shared);
    u32* planes = reinterpret_cast<u32*>(shared);
    HighPass pass(15);
    for (u32 i = threadIdx.x; i < BLOCK_ELEMENTS; i += TRANSFORM_THREADS) {
        put(planes, i, load_fr(work + 2 * (pass.begin + pass.element(i))));
    }
    __syncthreads();
    high_levels<true>(planes, 7, pass.column, roots);
    for (u32 i = threadIdx.x; i < BLOCK_ELEMENTS; i += TRANSFORM_THREADS) {
        store_chunk(parity + 2 * (pass.begin + pass.element(i)), take(planes, i));
    }
}

template <bool IN_TIME>
DEVICE void transform_low(uint4* data, u32 log_size, const uint4* roots, u32* planes) {
    u32 begin = blockIdx.x * BLOCK_ELEMENTS;
    for (u32 i = threadIdx.x; i < BLOCK_ELEMENTS; i += TRANSFORM_THREADS) {
        put(planes, i, load_fr(data + 2 * (begin + i)));
    }
    __syncthreads();
    low_levels<IN_TIME>(planes, log_size <= 10 ? log_size : LOW_BITS, roots);
    for (u32 i = threadIdx.x; i < BLOCK_ELEMENTS; i += TRANSFORM_THREADS) {
        store_fr(data + 2 * (begin + i), take(planes, i));
    }
}

template <bool IN_TIME>
DEVICE void transform_high(uint4* data, u32 log_size, const uint4* roots, u32* planes) {
    HighPass pass(log_size);
    for (u32 i = threadIdx.x; i < BLOCK_ELEMENTS; i += TRANSFORM_THREADS) {
        put(planes, i, load_fr(data + 2 * (pass.begin + pass.element(i))));
    }
    __syncthreads();
    high_levels<IN_TIME>(planes, log_size - LOW_BITS, pass.column, roots);
    for (u32 i = threadIdx.x; i < BLOCK_ELEMENTS; i += TRANSFORM_THREADS) {
        store_fr(data + 2 * (pass.begin + pass.element(i)), take(planes, i));
    }
}

// In place, for proving. The high passes are for sizes from 2^11 on.
#define TRANSFORM(name, pass, in_time)                                                                            \
    KERNEL THREADS_PER_BLOCK(TRANSFORM_THREADS) name(uint4* data, u32 log_size, const uint4* roots) {              \
        SHARED_MEMORY(shared);                                                                                    \
        pass<in_time>(data, log_size, roots, reinterpret_cast<u32*>(shared));                                     \
    }

TRANSFORM(frequency_high, transform_high, false)
TRANSFORM(frequency_low, transform_low, false)
TRANSFORM(time_low, transform_low, true)
TRANSFORM(time_high, transform_high, true)
