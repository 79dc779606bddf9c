// What the kernels are written in: CUDA C++ reduced to what nvcc, clang and the host emulator all understand.
//
// Rules that keep the sources testable on a host: dynamic shared memory through SHARED_MEMORY only, no static __shared__;
// no reliance on implicit warp synchrony; warp operations are called by all 32 lanes; no return before a barrier; no
// floating point; every inline PTX statement has a portable twin here or in limbs.h; no internal linkage for device
// variables, because it would make the PTX depend on the path of the sources.
#pragma once

#if defined(EMULATOR)
#include "emulator.h"
#else
#if defined(__clang__)
#include "clang_prelude.h"
#endif
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
#define KERNEL extern "C" __global__ void
#define DEVICE __device__ __forceinline__
// For what is long and seldom called: one copy for all callers.
#define OUTLINED __device__ __noinline__
// Dynamic shared memory, one declaration for the whole file; 16-byte aligned.
extern __shared__ uint4 shared_memory[];
#define SHARED_MEMORY(name) u8* name = reinterpret_cast<u8*>(shared_memory)
#define THREADS_PER_BLOCK(n) __launch_bounds__(n)
#define THREADS_AND_BLOCKS(n, blocks) __launch_bounds__(n, blocks)
#endif

#define ALL_LANES 0xFFFFFFFFu
#define UNROLL _Pragma("unroll")

DEVICE u32 byte_swap(u32 x) {
    return __byte_perm(x, 0, 0x0123);
}

DEVICE u32 rotate_right(u32 x, int n) {
    return __funnelshift_r(x, x, n);
}

// Number of this thread in its grid.
DEVICE u32 global_thread() {
    return blockIdx.x * blockDim.x + threadIdx.x;
}
