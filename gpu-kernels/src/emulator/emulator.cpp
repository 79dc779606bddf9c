// The scheduler of the emulated device (see emulator.h).
#include "scheduler.h"

#include <sys/mman.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "kernels.cu"
#include "field_tests.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

namespace emulator {

constexpr size_t STACK_BYTES = 256 * 1024;
constexpr size_t FIRST_FRAMES_BYTES = 8 * 1024;
constexpr u32 NO_BARRIER = ~0u;

thread_local Fiber* current __attribute__((tls_model("initial-exec")));
Dimension block_size;

namespace {

// Order in which the fibers of a block take turns: 0 ascending, 1 descending.
int order = 0;
// The barrier, counted for each thread from 0, that does nothing.
u32 dropped_barrier = NO_BARRIER;
int worker_count = 2;

struct Worker {
    void* scheduler;
    std::vector<Fiber> fibers;
    u8* stacks = nullptr;
    size_t stack_count = 0;
    Thunk thunk = nullptr;
    void** arguments = nullptr;
    bool progressed = false;
#if defined(__SANITIZE_ADDRESS__)
    void* scheduler_fake = nullptr;
    const void* scheduler_bottom = nullptr;
    size_t scheduler_size = 0;
#endif
    ~Worker() {
        if (stacks != nullptr) {
            munmap(stacks, stack_count * STACK_BYTES);
        }
    }
};

thread_local Worker* worker __attribute__((tls_model("initial-exec")));

extern "C" void emulator_switch(void** save, void* load);
#if defined(__x86_64__)
asm(R"(
.text
.globl emulator_switch
.type emulator_switch,@function
emulator_switch:
    pushq %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    movq %rsp, (%rdi)
    movq %rsi, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    ret
.size emulator_switch,.-emulator_switch
)");
#else
#error "the emulator knows how to change stacks on x86-64 only"
#endif

void to_scheduler() {
    Fiber* self = current;
#if defined(__SANITIZE_ADDRESS__)
    void* fake;
    __sanitizer_start_switch_fiber(self->done ? nullptr : &fake, worker->scheduler_bottom, worker->scheduler_size);
#endif
    emulator_switch(&self->stack_pointer, worker->scheduler);
#if defined(__SANITIZE_ADDRESS__)
    __sanitizer_finish_switch_fiber(fake, &worker->scheduler_bottom, &worker->scheduler_size);
#endif
}

void release_if_complete(Block* block) {
    if (block->arrived != 0 && block->arrived == block->live) {
        block->arrived = 0;
        block->generation++;
        worker->progressed = true;
    }
}

void fiber_main() {
#if defined(__SANITIZE_ADDRESS__)
    __sanitizer_finish_switch_fiber(nullptr, &worker->scheduler_bottom, &worker->scheduler_size);
#endif
    worker->thunk(worker->arguments);
    Fiber* self = current;
    self->done = true;
    self->block->live--;
    self->warp->live--;
    worker->progressed = true;
    release_if_complete(self->block);
    if (self->warp->arrived != 0 && self->warp->arrived == self->warp->live) {
        fprintf(stderr, "emulator: a thread ended while the others of its warp exchange values\n");
        abort();
    }
    to_scheduler();
    abort();
}

void prepare(Fiber& fiber, u8* stack) {
#if defined(__SANITIZE_ADDRESS__)
    // The fiber that had this stack before never returned from its first functions.
    __asan_unpoison_memory_region(stack + STACK_BYTES - FIRST_FRAMES_BYTES, FIRST_FRAMES_BYTES);
#endif
    void** top = reinterpret_cast<void**>(stack + STACK_BYTES);
    // The stack as emulator_switch leaves it: six registers, the address to go on at, and a return address of zero that
    // keeps the alignment a call gives.
    *--top = nullptr;
    *--top = reinterpret_cast<void*>(&fiber_main);
    for (int i = 0; i < 6; i++) {
        *--top = nullptr;
    }
    fiber.stack_pointer = top;
}

void resume(Fiber& fiber, const u8* stack) {
    current = &fiber;
#if defined(__SANITIZE_ADDRESS__)
    __sanitizer_start_switch_fiber(&worker->scheduler_fake, stack, STACK_BYTES);
#else
    (void)stack;
#endif
    emulator_switch(&worker->scheduler, fiber.stack_pointer);
#if defined(__SANITIZE_ADDRESS__)
    __sanitizer_finish_switch_fiber(worker->scheduler_fake, nullptr, nullptr);
#endif
}

// Runs one block; false if its threads wait for each other for ever.
bool run_block(Block& block) {
    std::vector<Fiber>& fibers = worker->fibers;
    fibers.assign(block.threads, Fiber{});
    block.live = block.threads;
    block.arrived = 0;
    block.generation = 0;
    memset(block.warps, 0, sizeof block.warps);
    for (u32 i = 0; i < block.threads; i++) {
        Fiber& fiber = fibers[i];
        fiber.block = &block;
        fiber.index = {i % block_size.x, i / block_size.x % block_size.y, i / (block_size.x * block_size.y)};
        fiber.lane = i & 31;
        fiber.warp = &block.warps[i / 32];
        fiber.warp->live++;
        prepare(fiber, worker->stacks + i * STACK_BYTES);
    }
    while (block.live > 0) {
        worker->progressed = false;
        for (u32 i = 0; i < block.threads; i++) {
            u32 turn = order == 0 ? i : block.threads - 1 - i;
            if (!fibers[turn].done) {
                resume(fibers[turn], worker->stacks + turn * STACK_BYTES);
            }
        }
        if (!worker->progressed && block.live > 0) {
            return false;
        }
    }
    return true;
}

struct Launch {
    Thunk thunk;
    void** arguments;
    Dimension grid;
    u32 threads;
    size_t shared_bytes;
    std::atomic<u64> next{0};
    std::atomic<bool> stuck{false};
};

void work(Launch& launch) {
    Worker self;
    worker = &self;
    self.thunk = launch.thunk;
    self.arguments = launch.arguments;
    self.stack_count = launch.threads;
    self.stacks = static_cast<u8*>(mmap(nullptr, launch.threads * STACK_BYTES, PROT_READ | PROT_WRITE,
                                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
    if (self.stacks == MAP_FAILED) {
        perror("emulator: no memory for stacks");
        abort();
    }
    Block block;
    block.grid = launch.grid;
    block.threads = launch.threads;
    void* shared = nullptr;
    if (posix_memalign(&shared, 16, launch.shared_bytes == 0 ? 16 : launch.shared_bytes) != 0) {
        abort();
    }
    block.shared = static_cast<u8*>(shared);
    u64 blocks = static_cast<u64>(launch.grid.x) * launch.grid.y * launch.grid.z;
    for (u64 i = launch.next++; i < blocks && !launch.stuck; i = launch.next++) {
        block.index = {static_cast<u32>(i % launch.grid.x), static_cast<u32>(i / launch.grid.x % launch.grid.y),
                       static_cast<u32>(i / launch.grid.x / launch.grid.y)};
        memset(block.shared, 0xA5, launch.shared_bytes);
        if (!run_block(block)) {
            launch.stuck = true;
        }
    }
    free(shared);
    worker = nullptr;
}

template <typename... Parameters, size_t... Index>
void apply(void (*kernel)(Parameters...), void** arguments, std::index_sequence<Index...>) {
    kernel(*static_cast<Parameters*>(arguments[Index])...);
}

template <auto KERNEL_FUNCTION, typename... Parameters>
void unpack(void** arguments) {
    apply(KERNEL_FUNCTION, arguments, std::index_sequence_for<Parameters...>());
}

template <auto KERNEL_FUNCTION, typename... Parameters>
Kernel describe(const char* name, void (*)(Parameters...)) {
    return {name, &unpack<KERNEL_FUNCTION, Parameters...>, {{sizeof(Parameters), std::is_pointer_v<Parameters>}...}};
}

#define ENTRY(name) {#name, describe<&name>(#name, &name)},
const std::map<std::string, Kernel> KERNELS = {ALL_KERNELS(ENTRY) ENTRY(test_scalars) ENTRY(test_coordinates)};

}  // namespace

void barrier() {
    Fiber* self = current;
    if (self->barriers++ == dropped_barrier) {
        return;
    }
    Block* block = self->block;
    u32 generation = block->generation;
    block->arrived++;
    release_if_complete(block);
    while (block->generation == generation) {
        to_scheduler();
    }
}

const u32* exchange(u32 value) {
    Fiber* self = current;
    Warp* warp = self->warp;
    u32 generation = warp->generation;
    u32* slots = warp->slots[generation & 1];
    slots[self->lane] = value;
    if (++warp->arrived == warp->live) {
        warp->arrived = 0;
        warp->generation++;
        worker->progressed = true;
    } else {
        while (warp->generation == generation) {
            to_scheduler();
        }
    }
    return slots;
}

const Kernel* find_kernel(const std::string& name) {
    auto found = KERNELS.find(name);
    return found == KERNELS.end() ? nullptr : &found->second;
}

bool run(const Kernel& kernel, Dimension grid, u32 threads, size_t shared_bytes, void** arguments) {
    static std::mutex one_at_a_time;
    std::lock_guard<std::mutex> lock(one_at_a_time);
    Launch launch;
    launch.thunk = kernel.thunk;
    launch.arguments = arguments;
    launch.grid = grid;
    launch.threads = threads;
    launch.shared_bytes = shared_bytes;
    block_size = {threads, 1, 1};
    std::vector<std::thread> workers;
    u64 blocks = static_cast<u64>(grid.x) * grid.y;
    for (int i = 1; i < worker_count && static_cast<u64>(i) < blocks; i++) {
        workers.emplace_back([&launch] { work(launch); });
    }
    // Not on the caller's thread: a JVM's threads have handlers and guard pages that know no fibers.
    std::thread first([&launch] { work(launch); });
    first.join();
    for (std::thread& thread : workers) {
        thread.join();
    }
    return !launch.stuck;
}

void configure(int workers, int descending, u32 barrier_to_drop) {
    worker_count = workers;
    order = descending;
    dropped_barrier = barrier_to_drop;
}

}  // namespace emulator
