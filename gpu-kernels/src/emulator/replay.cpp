// Runs a trace again, in a program of its own, so that a sanitizer can watch and a kernel may go astray:
// replay TRACE [descending] [loose] [BARRIER], without the barrier of this number. Exit code 1 if something comes out that
// is not what was recorded, unless it is loose: then only the sanitizers judge.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "scheduler.h"

namespace {

FILE* file;

void read(void* to, size_t size) {
    if (size != 0 && fread(to, 1, size, file) != size) {
        fprintf(stderr, "replay: the trace ends too early\n");
        exit(2);
    }
}

u64 number() {
    u64 value;
    read(&value, sizeof value);
    return value;
}

std::map<u64, char*> memory;

char* place() {
    u64 id = number();
    u64 offset = number();
    return id == 0 ? nullptr : memory.at(id) + offset;
}

void launch() {
    std::string name(number(), ' ');
    read(&name[0], name.size());
    u32 grid_x = static_cast<u32>(number());
    u32 grid_y = static_cast<u32>(number());
    u32 block = static_cast<u32>(number());
    size_t shared = number();
    const emulator::Kernel* kernel = emulator::find_kernel(name);
    if (kernel == nullptr) {
        fprintf(stderr, "replay: no kernel %s\n", name.c_str());
        exit(2);
    }
    std::vector<std::vector<char>> values;
    for (const emulator::Parameter& parameter : kernel->parameters) {
        values.emplace_back(parameter.size);
        if (parameter.is_pointer) {
            char* address = place();
            memcpy(values.back().data(), &address, sizeof address);
        } else {
            read(values.back().data(), parameter.size);
        }
    }
    std::vector<void*> arguments;
    for (auto& value : values) {
        arguments.push_back(value.data());
    }
    if (!emulator::run(*kernel, {grid_x, grid_y, 1}, block, shared, arguments.data())) {
        fprintf(stderr, "replay: the threads of a block of %s wait for each other\n", name.c_str());
        exit(2);
    }
}

}  // namespace

int main(int count, char** arguments) {
    if (count < 2 || (file = fopen(arguments[1], "rb")) == nullptr) {
        fprintf(stderr, "usage: replay TRACE [descending] [loose] [BARRIER]\n");
        return 2;
    }
    bool descending = false;
    bool loose = false;
    u32 barrier = ~0u;
    for (int i = 2; i < count; i++) {
        if (strcmp(arguments[i], "descending") == 0) {
            descending = true;
        } else if (strcmp(arguments[i], "loose") == 0) {
            loose = true;
        } else {
            barrier = static_cast<u32>(atoi(arguments[i]));
        }
    }
    emulator::configure(2, descending, barrier);
    size_t compared = 0;
    for (int kind = fgetc(file); kind != EOF; kind = fgetc(file)) {
        switch (kind) {
            case 'A': {
                u64 id = number();
                size_t size = number();
                void* address;
                if (posix_memalign(&address, 256, size) != 0) {
                    return 2;
                }
                memset(address, 0xA5, size);
                memory[id] = static_cast<char*>(address);
                break;
            }
            case 'F': {
                u64 id = number();
                free(memory.at(id));
                memory.erase(id);
                break;
            }
            case 'U': {
                char* to = place();
                read(to, number());
                break;
            }
            case 'D': {
                char* from = place();
                std::vector<char> expected(number());
                read(expected.data(), expected.size());
                if (!loose && memcmp(from, expected.data(), expected.size()) != 0) {
                    fprintf(stderr, "replay: %zu bytes differ from those recorded\n", expected.size());
                    return 1;
                }
                compared += expected.size();
                break;
            }
            case 'C': {
                char* to = place();
                char* from = place();
                memmove(to, from, number());
                break;
            }
            case 'S': {
                char* to = place();
                int value = static_cast<int>(number());
                memset(to, value, number());
                break;
            }
            case 'L':
                launch();
                break;
            default:
                fprintf(stderr, "replay: the trace has an entry of kind %d\n", kind);
                return 2;
        }
    }
    for (auto& entry : memory) {
        free(entry.second);
    }
    printf("%zu bytes are as recorded\n", compared);
    return compared == 0;
}
