// A CUDA device on the host, for tests: the kernels compile against this header instead of CUDA's.
//
// Every CUDA thread is a fiber with a stack of its own; the fibers of a block take turns on one operating system thread
// and change only at barriers and warp operations. Blocks are spread over operating system threads. So a fiber runs as far
// as it can before any other of its block does, and what a missing barrier lets go wrong does go wrong. Global atomics are
// those of the processor. Dynamic shared memory is a heap block of exactly the launch's size, filled with 0xA5 before each
// block.
#pragma once
#include <cstddef>
#include <cstdint>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef unsigned long long u64;

#define KERNEL extern "C" void
#define DEVICE inline __attribute__((always_inline))
#define OUTLINED inline __attribute__((noinline))
#define THREADS_PER_BLOCK(n)
#define THREADS_AND_BLOCKS(n, blocks)
#define SHARED_MEMORY(name) u8* name = emulator::current->block->shared
#define __restrict__ __restrict

struct alignas(8) uint2 {
    u32 x, y;
};
struct alignas(16) uint4 {
    u32 x, y, z, w;
};
inline uint2 make_uint2(u32 x, u32 y) {
    return {x, y};
}
inline uint4 make_uint4(u32 x, u32 y, u32 z, u32 w) {
    return {x, y, z, w};
}

namespace emulator {

struct Dimension {
    u32 x, y, z;
};

// The 32 threads that exchange values. Two rounds of slots: a lane may be in its next exchange while others still read.
struct Warp {
    u32 slots[2][32];
    u32 arrived;
    u32 live;
    u32 generation;
};

struct Block {
    u8* shared;
    Dimension index;
    Dimension grid;
    u32 threads;
    u32 live;
    u32 arrived;
    u32 generation;
    Warp warps[32];
};

struct Fiber {
    void* stack_pointer;
    Block* block;
    Dimension index;
    u32 lane;
    Warp* warp;
    u32 barriers;
    bool done;
};

extern thread_local Fiber* current __attribute__((tls_model("initial-exec")));
extern Dimension block_size;

void barrier();
// Gives every lane's value to every lane of the warp; returns the 32 slots.
const u32* exchange(u32 value);

}  // namespace emulator

#define threadIdx (emulator::current->index)
#define blockIdx (emulator::current->block->index)
#define gridDim (emulator::current->block->grid)
#define blockDim (emulator::block_size)

inline void __syncthreads() {
    emulator::barrier();
}
inline void __syncwarp() {
    emulator::exchange(0);
}
inline u32 __shfl_sync(u32, u32 value, int lane) {
    return emulator::exchange(value)[lane & 31];
}
inline u32 __shfl_up_sync(u32, u32 value, u32 delta) {
    u32 lane = emulator::current->lane;
    return emulator::exchange(value)[lane < delta ? lane : lane - delta];
}
inline u32 __ballot_sync(u32, int predicate) {
    const u32* all = emulator::exchange(predicate != 0);
    u32 ballot = 0;
    for (int i = 0; i < 32; i++) {
        ballot |= all[i] << i;
    }
    return ballot;
}
inline u32 atomicAdd(u32* address, u32 value) {
    return __atomic_fetch_add(address, value, __ATOMIC_RELAXED);
}
inline u32 atomicOr(u32* address, u32 value) {
    return __atomic_fetch_or(address, value, __ATOMIC_RELAXED);
}
inline u64 atomicMin(u64* address, u64 value) {
    u64 seen = __atomic_load_n(address, __ATOMIC_RELAXED);
    while (value < seen && !__atomic_compare_exchange_n(address, &seen, value, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
    }
    return seen;
}
DEVICE u32 __funnelshift_r(u32 low, u32 high, u32 n) {
    return static_cast<u32>(((static_cast<u64>(high) << 32) | low) >> (n & 31));
}
DEVICE u32 __funnelshift_l(u32 low, u32 high, u32 n) {
    return static_cast<u32>((((static_cast<u64>(high) << 32) | low) << (n & 31)) >> 32);
}
DEVICE u32 __byte_perm(u32 a, u32 b, u32 selector) {
    u64 bytes = static_cast<u64>(b) << 32 | a;
    u32 result = 0;
    for (int i = 0; i < 4; i++) {
        result |= static_cast<u32>(bytes >> (8 * (selector >> 4 * i & 7)) & 0xFF) << 8 * i;
    }
    return result;
}
DEVICE int __clz(u32 x) {
    return x == 0 ? 32 : __builtin_clz(x);
}
DEVICE int __popc(u32 x) {
    return __builtin_popcount(x);
}
DEVICE u32 __brev(u32 x) {
    u32 result = 0;
    for (int i = 0; i < 32; i++) {
        result |= (x >> i & 1) << (31 - i);
    }
    return result;
}
