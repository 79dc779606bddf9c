// libcuda.so.1 for tests: the part of NVIDIA's driver interface that the program uses, on the emulated device.
//
// Streams are lazy: an operation runs when somebody waits for it, or asks whether it is done, or waits for a later one of
// its stream. So an operation that another stream must wait for and does not, or a host buffer that is used again too
// early, shows. Device memory is a heap block of exactly the asked size, filled with 0xA5.
//
// Environment: EMULATED_DEVICES (1), EMULATED_DRIVER (12000), EMULATED_INIT (result of cuInit), EMULATED_MEMORY (bytes of a
// device), CUDA_VISIBLE_DEVICES (a list of numbers).
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <vector>

#include "scheduler.h"
#include "trace.h"

namespace {

using emulator::Kernel;

enum Result {
    SUCCESS = 0,
    INVALID_VALUE = 1,
    OUT_OF_MEMORY = 2,
    NOT_INITIALIZED = 3,
    NO_DEVICE = 100,
    INVALID_DEVICE = 101,
    INVALID_IMAGE = 200,
    INVALID_CONTEXT = 201,
    UNSUPPORTED_PTX = 222,
    INVALID_HANDLE = 400,
    NOT_FOUND = 500,
    NOT_READY = 600,
    ILLEGAL_ADDRESS = 700,
    LAUNCH_FAILED = 719
};

struct Device {
    int sticky = SUCCESS;
    size_t used = 0;
};

struct Event {
    struct Stream* stream = nullptr;
    u64 recorded = 0;
    u64 done = 0;
};

struct Operation {
    std::function<void()> run;
    std::shared_ptr<Event> wait = nullptr;
    u64 wait_for = 0;
};

struct Stream {
    Device* device;
    std::deque<Operation> operations;
};

struct Function {
    const Kernel* kernel;
    int shared_limit;
};

struct Link {
    std::string input;
    std::string output;
};

std::recursive_mutex lock;
std::vector<Device> devices;
bool initialized = false;
thread_local Device* current_device = nullptr;
std::set<Stream*> streams;
// An event may be destroyed while streams still wait for it: they hold it as well.
std::map<void*, std::shared_ptr<Event>> events;
struct Allocation {
    size_t size;
    Device* device;
};
std::map<char*, Allocation> memory;
std::map<char*, size_t> pinned;
std::map<std::string, std::unique_ptr<Function>> functions;
int launches_until_failure = -1;
int failure = SUCCESS;
int failing_device = 0;
std::string spoiled_kernel;
int spoiled_flags = 0;
int spoiled_value = 0;
int spoiled_slots = 0;
emulator::Trace trace;

size_t from_environment(const char* name, size_t otherwise) {
    const char* value = getenv(name);
    return value == nullptr ? otherwise : strtoull(value, nullptr, 0);
}

bool in_device_memory(const void* address, size_t size) {
    char* at = static_cast<char*>(const_cast<void*>(address));
    auto above = memory.upper_bound(at);
    if (above == memory.begin()) {
        return false;
    }
    --above;
    return at + size <= above->first + above->second.size;
}

bool in_pinned_memory(const void* address, size_t size) {
    char* at = static_cast<char*>(const_cast<void*>(address));
    auto above = pinned.upper_bound(at);
    if (above == pinned.begin()) {
        return false;
    }
    --above;
    return at + size <= above->first + above->second;
}

void run_first(Stream* stream);

void drain_until(Stream* stream, const Event* event, u64 number) {
    while (event->done < number && !stream->operations.empty()) {
        run_first(stream);
    }
}

void run_first(Stream* stream) {
    Operation operation = std::move(stream->operations.front());
    stream->operations.pop_front();
    if (operation.wait != nullptr && operation.wait->stream != nullptr) {
        drain_until(operation.wait->stream, operation.wait.get(), operation.wait_for);
    } else if (operation.run && stream->device->sticky == SUCCESS) {
        operation.run();
    } else if (operation.run) {
        // After an error nothing has an effect any more, but events fire.
        if (operation.wait_for == ~0ull) {
            operation.run();
        }
    }
}

void drain(Stream* stream) {
    while (!stream->operations.empty()) {
        run_first(stream);
    }
}

int error_of_current() {
    if (!initialized) {
        return NOT_INITIALIZED;
    }
    return current_device == nullptr ? INVALID_CONTEXT : current_device->sticky;
}

#define CHECK_CONTEXT()                              \
    std::lock_guard<std::recursive_mutex> hold(lock); \
    if (int error = error_of_current()) {            \
        return error;                                \
    }

int enqueue(Stream* stream, std::function<void()> run) {
    if (streams.count(stream) == 0) {
        return INVALID_HANDLE;
    }
    stream->operations.push_back({std::move(run), nullptr, 0});
    return SUCCESS;
}

}  // namespace

extern "C" {

int cuInit(unsigned) {
    std::lock_guard<std::recursive_mutex> hold(lock);
    if (size_t result = from_environment("EMULATED_INIT", 0)) {
        return static_cast<int>(result);
    }
    if (!initialized) {
        size_t count = from_environment("EMULATED_DEVICES", 1);
        if (const char* visible = getenv("CUDA_VISIBLE_DEVICES")) {
            size_t seen = 0;
            for (const char* at = visible; *at != 0;) {
                char* end;
                size_t number = strtoul(at, &end, 10);
                if (end == at || number >= count) {
                    break;
                }
                seen++;
                at = *end == ',' ? end + 1 : end;
            }
            count = seen;
        }
        if (count == 0) {
            return NO_DEVICE;
        }
        devices.resize(count);
        initialized = true;
    }
    return SUCCESS;
}

int cuDriverGetVersion(int* version) {
    *version = static_cast<int>(from_environment("EMULATED_DRIVER", 12000));
    return SUCCESS;
}

int cuDeviceGetCount(int* count) {
    *count = static_cast<int>(devices.size());
    return initialized ? SUCCESS : NOT_INITIALIZED;
}

int cuDeviceGet(int* device, int ordinal) {
    *device = ordinal;
    return ordinal >= 0 && ordinal < static_cast<int>(devices.size()) ? SUCCESS : INVALID_DEVICE;
}

int cuDeviceGetName(char* name, int length, int device) {
    snprintf(name, length, "Emulated device %d", device);
    return SUCCESS;
}

int cuDeviceTotalMem_v2(size_t* bytes, int) {
    *bytes = from_environment("EMULATED_MEMORY", size_t{8} << 30);
    return SUCCESS;
}

int cuDeviceGetAttribute(int* value, int attribute, int) {
    switch (attribute) {
        case 13:  // clock rate, kHz
            *value = 1000000;
            return SUCCESS;
        case 16:  // multiprocessors
            *value = 2;
            return SUCCESS;
        case 38:  // L2 bytes
            *value = 1 << 20;
            return SUCCESS;
        case 75:  // compute capability
            *value = 9;
            return SUCCESS;
        case 76:
            *value = 0;
            return SUCCESS;
        case 81:  // shared memory of a multiprocessor
            *value = static_cast<int>(from_environment("EMULATED_SHARED", 228 * 1024));
            return SUCCESS;
        case 97:  // largest shared memory of a block
            *value = static_cast<int>(from_environment("EMULATED_SHARED", 228 * 1024)) - 1024;
            return SUCCESS;
        default:
            *value = 0;
            return SUCCESS;
    }
}

int cuDeviceGetPCIBusId(char* id, int length, int device) {
    snprintf(id, length, "ffff:%02x:00.0", device);
    return SUCCESS;
}

int cuDevicePrimaryCtxRetain(void** context, int device) {
    std::lock_guard<std::recursive_mutex> hold(lock);
    if (device < 0 || device >= static_cast<int>(devices.size())) {
        return INVALID_DEVICE;
    }
    *context = &devices[device];
    return devices[device].sticky;
}

int cuDevicePrimaryCtxRelease_v2(int device) {
    return device >= 0 && device < static_cast<int>(devices.size()) ? SUCCESS : INVALID_DEVICE;
}

int cuCtxSetCurrent(void* context) {
    current_device = static_cast<Device*>(context);
    return SUCCESS;
}

int cuCtxSynchronize() {
    CHECK_CONTEXT();
    for (Stream* stream : streams) {
        if (stream->device == current_device) {
            drain(stream);
        }
    }
    return current_device->sticky;
}

int cuModuleLoadData(void** module, const void* image) {
    CHECK_CONTEXT();
    const char* text = static_cast<const char*>(image);
    if (strncmp(text, "EMULATED CUBIN", 14) == 0) {
        *module = current_device;
        return SUCCESS;
    }
    const char* version = strstr(text, ".version ");
    if (version == nullptr) {
        return INVALID_IMAGE;
    }
    int major = 0;
    int minor = 0;
    sscanf(version, ".version %d.%d", &major, &minor);
    if (major > 8 || (major == 8 && minor > 0)) {
        return UNSUPPORTED_PTX;
    }
    *module = current_device;
    return SUCCESS;
}

int cuModuleLoadDataEx(void** module, const void* image, unsigned, void*, void*) {
    return cuModuleLoadData(module, image);
}

int cuModuleUnload(void*) {
    return SUCCESS;
}

int cuModuleGetFunction(void** function, void*, const char* name) {
    CHECK_CONTEXT();
    const Kernel* kernel = emulator::find_kernel(name);
    if (kernel == nullptr) {
        return NOT_FOUND;
    }
    auto& entry = functions[name];
    if (entry == nullptr) {
        entry.reset(new Function{kernel, 48 * 1024});
    }
    *function = entry.get();
    return SUCCESS;
}

int cuFuncSetAttribute(void* function, int attribute, int value) {
    CHECK_CONTEXT();
    if (attribute == 8) {
        if (value > static_cast<int>(from_environment("EMULATED_SHARED", 228 * 1024)) - 1024) {
            return INVALID_VALUE;
        }
        static_cast<Function*>(function)->shared_limit = value;
    }
    return SUCCESS;
}

int cuLinkCreate_v2(unsigned, void*, void*, void** state) {
    CHECK_CONTEXT();
    *state = new Link;
    return SUCCESS;
}

int cuLinkAddData_v2(void* state, int, void* data, size_t size, const char*, unsigned, void*, void*) {
    CHECK_CONTEXT();
    static_cast<Link*>(state)->input.assign(static_cast<char*>(data), size);
    return static_cast<Link*>(state)->input.find(".version") == std::string::npos ? INVALID_IMAGE : SUCCESS;
}

int cuLinkComplete(void* state, void** cubin, size_t* size) {
    CHECK_CONTEXT();
    Link* link = static_cast<Link*>(state);
    link->output = "EMULATED CUBIN of " + std::to_string(link->input.size()) + " bytes";
    *cubin = &link->output[0];
    *size = link->output.size() + 1;
    return SUCCESS;
}

int cuLinkDestroy(void* state) {
    delete static_cast<Link*>(state);
    return SUCCESS;
}

int cuMemGetInfo_v2(size_t* available, size_t* total) {
    CHECK_CONTEXT();
    cuDeviceTotalMem_v2(total, 0);
    *available = *total - current_device->used;
    return SUCCESS;
}

int cuMemAlloc_v2(void** address, size_t size) {
    CHECK_CONTEXT();
    size_t total;
    cuDeviceTotalMem_v2(&total, 0);
    if (size == 0) {
        return INVALID_VALUE;
    }
    if (current_device->used + size > total) {
        return OUT_OF_MEMORY;
    }
    if (posix_memalign(address, 256, size) != 0) {
        return OUT_OF_MEMORY;
    }
    memset(*address, 0xA5, size);
    current_device->used += size;
    memory[static_cast<char*>(*address)] = {size, current_device};
    trace.allocated(*address, size);
    return SUCCESS;
}

int cuMemFree_v2(void* address) {
    std::lock_guard<std::recursive_mutex> hold(lock);
    auto found = memory.find(static_cast<char*>(address));
    if (found == memory.end()) {
        return INVALID_VALUE;
    }
    for (Stream* stream : streams) {
        drain(stream);
    }
    found->second.device->used -= found->second.size;
    memory.erase(found);
    trace.freed(address);
    free(address);
    return SUCCESS;
}

int cuMemHostAlloc(void** address, size_t size, unsigned) {
    CHECK_CONTEXT();
    if (posix_memalign(address, 4096, size) != 0) {
        return OUT_OF_MEMORY;
    }
    memset(*address, 0xA5, size);
    pinned[static_cast<char*>(*address)] = size;
    return SUCCESS;
}

int cuMemFreeHost(void* address) {
    std::lock_guard<std::recursive_mutex> hold(lock);
    if (pinned.erase(static_cast<char*>(address)) == 0) {
        return INVALID_VALUE;
    }
    free(address);
    return SUCCESS;
}

int cuMemcpyHtoDAsync_v2(void* to, const void* from, size_t size, void* stream) {
    CHECK_CONTEXT();
    if (!in_device_memory(to, size) || !in_pinned_memory(from, size)) {
        return INVALID_VALUE;
    }
    return enqueue(static_cast<Stream*>(stream), [=] {
        memcpy(to, from, size);
        trace.uploaded(to, from, size);
    });
}

int cuMemcpyDtoHAsync_v2(void* to, const void* from, size_t size, void* stream) {
    CHECK_CONTEXT();
    if (!in_pinned_memory(to, size) || !in_device_memory(from, size)) {
        return INVALID_VALUE;
    }
    return enqueue(static_cast<Stream*>(stream), [=] {
        memcpy(to, from, size);
        trace.downloaded(from, size);
    });
}

int cuMemcpyDtoDAsync_v2(void* to, const void* from, size_t size, void* stream) {
    CHECK_CONTEXT();
    if (!in_device_memory(to, size) || !in_device_memory(from, size)) {
        return INVALID_VALUE;
    }
    return enqueue(static_cast<Stream*>(stream), [=] {
        memmove(to, from, size);
        trace.copied(to, from, size);
    });
}

int cuMemsetD8Async(void* to, unsigned char value, size_t size, void* stream) {
    CHECK_CONTEXT();
    if (!in_device_memory(to, size)) {
        return INVALID_VALUE;
    }
    return enqueue(static_cast<Stream*>(stream), [=] {
        memset(to, value, size);
        trace.filled(to, value, size);
    });
}

int cuStreamCreate(void** stream, unsigned) {
    CHECK_CONTEXT();
    Stream* created = new Stream{current_device, {}};
    streams.insert(created);
    *stream = created;
    return SUCCESS;
}

int cuStreamDestroy_v2(void* stream) {
    std::lock_guard<std::recursive_mutex> hold(lock);
    Stream* found = static_cast<Stream*>(stream);
    if (streams.count(found) == 0) {
        return INVALID_HANDLE;
    }
    drain(found);
    streams.erase(found);
    delete found;
    return SUCCESS;
}

int cuStreamSynchronize(void* stream) {
    CHECK_CONTEXT();
    if (streams.count(static_cast<Stream*>(stream)) == 0) {
        return INVALID_HANDLE;
    }
    drain(static_cast<Stream*>(stream));
    return current_device->sticky;
}

int cuStreamWaitEvent(void* stream, void* event, unsigned) {
    CHECK_CONTEXT();
    if (streams.count(static_cast<Stream*>(stream)) == 0) {
        return INVALID_HANDLE;
    }
    auto awaited = events.find(event);
    if (awaited == events.end()) {
        return INVALID_HANDLE;
    }
    static_cast<Stream*>(stream)->operations.push_back({nullptr, awaited->second, awaited->second->recorded});
    return SUCCESS;
}

int cuEventCreate(void** event, unsigned) {
    CHECK_CONTEXT();
    auto created = std::make_shared<Event>();
    *event = created.get();
    events[*event] = created;
    return SUCCESS;
}

int cuEventDestroy_v2(void* event) {
    std::lock_guard<std::recursive_mutex> hold(lock);
    return events.erase(event) == 1 ? SUCCESS : INVALID_HANDLE;
}

int cuEventRecord(void* event, void* stream) {
    CHECK_CONTEXT();
    Stream* in = static_cast<Stream*>(stream);
    auto found = events.find(event);
    if (streams.count(in) == 0 || found == events.end()) {
        return INVALID_HANDLE;
    }
    std::shared_ptr<Event> recorded = found->second;
    recorded->stream = in;
    u64 number = ++recorded->recorded;
    in->operations.push_back({[=] { recorded->done = number; }, nullptr, ~0ull});
    return SUCCESS;
}

int cuEventQuery(void* event) {
    CHECK_CONTEXT();
    auto found = events.find(event);
    if (found == events.end()) {
        return INVALID_HANDLE;
    }
    std::shared_ptr<Event> asked = found->second;
    if (asked->done == asked->recorded) {
        return SUCCESS;
    }
    if (!asked->stream->operations.empty()) {
        run_first(asked->stream);
    }
    return asked->done == asked->recorded ? current_device->sticky : NOT_READY;
}

int cuEventSynchronize(void* event) {
    CHECK_CONTEXT();
    auto found = events.find(event);
    if (found == events.end()) {
        return INVALID_HANDLE;
    }
    std::shared_ptr<Event> awaited = found->second;
    if (awaited->stream != nullptr) {
        drain_until(awaited->stream, awaited.get(), awaited->recorded);
    }
    return current_device->sticky;
}

int cuLaunchKernel(void* function, unsigned grid_x, unsigned grid_y, unsigned grid_z, unsigned block_x, unsigned block_y,
                   unsigned block_z, unsigned shared_bytes, void* stream, void** parameters, void**) {
    CHECK_CONTEXT();
    Function* called = static_cast<Function*>(function);
    if (grid_x < 1 || grid_y < 1 || grid_z != 1 || block_x < 1 || block_x > 1024 || block_y != 1 || block_z != 1 ||
        static_cast<int>(shared_bytes) > called->shared_limit) {
        return INVALID_VALUE;
    }
    const Kernel* kernel = called->kernel;
    auto values = std::make_shared<std::vector<std::vector<char>>>();
    for (size_t i = 0; i < kernel->parameters.size(); i++) {
        const char* value = static_cast<const char*>(parameters[i]);
        values->emplace_back(value, value + kernel->parameters[i].size);
    }
    Stream* in = static_cast<Stream*>(stream);
    return enqueue(in, [=] {
        if (launches_until_failure >= 0 && in->device == &devices[failing_device] && launches_until_failure-- == 0) {
            in->device->sticky = failure;
            return;
        }
        std::vector<void*> arguments;
        for (size_t i = 0; i < values->size(); i++) {
            if (kernel->parameters[i].is_pointer) {
                void* address;
                memcpy(&address, (*values)[i].data(), sizeof address);
                if (address != nullptr && !in_device_memory(address, 1)) {
                    fprintf(stderr, "emulator: parameter %zu of %s is no address of device memory\n", i, kernel->name);
                    in->device->sticky = ILLEGAL_ADDRESS;
                    return;
                }
            }
            arguments.push_back((*values)[i].data());
        }
        trace.launched(*kernel, grid_x, grid_y, block_x, shared_bytes, arguments);
        if (!emulator::run(*kernel, {grid_x, grid_y, 1}, block_x, shared_bytes, arguments.data())) {
            fprintf(stderr, "emulator: the threads of a block of %s wait for each other\n", kernel->name);
            in->device->sticky = LAUNCH_FAILED;
        }
        if (spoiled_kernel == kernel->name) {
            spoiled_kernel.clear();
            **static_cast<u32**>(arguments[spoiled_flags]) |= spoiled_value;
            memset(*static_cast<char**>(arguments[spoiled_slots]), 0xFF, 65536 * 8);
        }
    });
}

// For tests.

// The next launch of a table kernel raises flags of its record, and loses the record's slots.
void emulator_spoil(const char* kernel, int flags_parameter, int value, int slots_parameter) {
    std::lock_guard<std::recursive_mutex> hold(lock);
    spoiled_kernel = kernel;
    spoiled_flags = flags_parameter;
    spoiled_value = value;
    spoiled_slots = slots_parameter;
}

void emulator_configure(int workers, int descending) {
    emulator::configure(workers, descending, ~0u);
}

// The launch after `after` others fails with `result`, for good.
void emulator_fail(int device, int after, int result) {
    std::lock_guard<std::recursive_mutex> hold(lock);
    failing_device = device;
    launches_until_failure = after;
    failure = result;
}

// Heals a device, as a new process would find it.
void emulator_heal(int device) {
    std::lock_guard<std::recursive_mutex> hold(lock);
    devices[device].sticky = SUCCESS;
    launches_until_failure = -1;
}

unsigned long long emulator_used(int device) {
    return devices[device].used;
}

// Records everything that happens to device memory from now on, for the replayer; null ends it. Allocations made before
// are recorded with what they hold.
int emulator_trace(const char* path) {
    std::lock_guard<std::recursive_mutex> hold(lock);
    if (path == nullptr) {
        trace.end();
        return 0;
    }
    if (!trace.begin(path)) {
        return 1;
    }
    for (auto& entry : memory) {
        trace.allocated(entry.first, entry.second.size);
        trace.uploaded(entry.first, entry.first, entry.second.size);
    }
    return 0;
}

}  // extern "C"
