// Stands in for the CUDA headers when clang compiles the kernels without an SDK.
#pragma once
#include <__clang_cuda_builtin_vars.h>

#define __global__ __attribute__((global))
#define __device__ __attribute__((device))
#define __shared__ __attribute__((shared))
#define __forceinline__ __attribute__((always_inline)) inline
#define __noinline__ __attribute__((noinline))
#define __launch_bounds__(...) __attribute__((launch_bounds(__VA_ARGS__)))

struct alignas(8) uint2 {
    unsigned int x, y;
};
struct alignas(16) uint4 {
    unsigned int x, y, z, w;
};

__device__ __forceinline__ uint2 make_uint2(unsigned int x, unsigned int y) {
    return {x, y};
}
__device__ __forceinline__ uint4 make_uint4(unsigned int x, unsigned int y, unsigned int z, unsigned int w) {
    return {x, y, z, w};
}
__device__ __forceinline__ unsigned int __byte_perm(unsigned int a, unsigned int b, unsigned int selector) {
    return __nvvm_prmt(a, b, selector);
}
__device__ __forceinline__ unsigned int __funnelshift_r(unsigned int low, unsigned int high, unsigned int n) {
    unsigned int result;
    asm("shf.r.wrap.b32 %0, %1, %2, %3;" : "=r"(result) : "r"(low), "r"(high), "r"(n));
    return result;
}
__device__ __forceinline__ unsigned int __funnelshift_l(unsigned int low, unsigned int high, unsigned int n) {
    unsigned int result;
    asm("shf.l.wrap.b32 %0, %1, %2, %3;" : "=r"(result) : "r"(low), "r"(high), "r"(n));
    return result;
}
__device__ __forceinline__ int __clz(unsigned int x) {
    return x == 0 ? 32 : __builtin_clz(x);
}
__device__ __forceinline__ int __popc(unsigned int x) {
    return __builtin_popcount(x);
}
__device__ __forceinline__ unsigned int __brev(unsigned int x) {
    return __builtin_bitreverse32(x);
}
__device__ __forceinline__ unsigned int __shfl_sync(unsigned int mask, unsigned int value, int lane) {
    return __nvvm_shfl_sync_idx_i32(mask, value, lane, 31);
}
__device__ __forceinline__ unsigned int __shfl_up_sync(unsigned int mask, unsigned int value, unsigned int delta) {
    return __nvvm_shfl_sync_up_i32(mask, value, delta, 0);
}
__device__ __forceinline__ unsigned int __ballot_sync(unsigned int mask, int predicate) {
    return __nvvm_vote_ballot_sync(mask, predicate);
}
__device__ __forceinline__ void __syncwarp() {
    __nvvm_bar_warp_sync(0xFFFFFFFFu);
}
__device__ __forceinline__ unsigned int atomicAdd(unsigned int* address, unsigned int value) {
    return __nvvm_atom_add_gen_i(reinterpret_cast<int*>(address), value);
}
__device__ __forceinline__ unsigned int atomicOr(unsigned int* address, unsigned int value) {
    return __nvvm_atom_or_gen_i(reinterpret_cast<int*>(address), value);
}
__device__ __forceinline__ unsigned long long atomicMin(unsigned long long* address, unsigned long long value) {
    return __nvvm_atom_min_gen_ull(address, value);
}
