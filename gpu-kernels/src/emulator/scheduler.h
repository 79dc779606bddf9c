// What the emulated driver and the replayer need of the scheduler.
#pragma once
#include <string>
#include <vector>

#include "emulator.h"

namespace emulator {

using Thunk = void (*)(void**);

struct Parameter {
    size_t size;
    bool is_pointer;
};

struct Kernel {
    const char* name;
    Thunk thunk;
    std::vector<Parameter> parameters;
};

// Null if there is none of this name.
const Kernel* find_kernel(const std::string& name);

// Runs all blocks; false if the threads of a block wait for each other for ever.
bool run(const Kernel& kernel, Dimension grid, u32 threads, size_t shared_bytes, void** arguments);

// workers: operating system threads; descending: threads of a block take turns from the last to the first;
// barrier_to_drop: the barrier, counted for each thread from 0, that does nothing (all ones: none).
void configure(int workers, int descending, u32 barrier_to_drop);

}  // namespace emulator
