// A record of what happened to device memory, so that it can happen again under a sanitizer.
//
// A sequence of entries, each a byte for its kind and then, in the machine's byte order:
//   A id:u64 size:u64 · F id:u64 · U place size bytes · D place size bytes (what must be there) · C place place size ·
//   S place value:u64 size · L name:u64 length and bytes, grid_x grid_y block shared:u64, then for each parameter a place
//   or its bytes; a place is id:u64 offset:u64.
#pragma once
#include <cstdio>
#include <cstring>
#include <map>
#include <vector>

#include "scheduler.h"

namespace emulator {

class Trace {
    FILE* file = nullptr;
    std::map<char*, std::pair<u64, size_t>> places;
    u64 next = 1;

    void number(u64 value) {
        fwrite(&value, sizeof value, 1, file);
    }

    void place(const void* address) {
        char* at = static_cast<char*>(const_cast<void*>(address));
        auto above = places.upper_bound(at);
        if (address == nullptr || above == places.begin()) {
            number(0);
            number(0);
            return;
        }
        --above;
        number(above->second.first);
        number(at - above->first);
    }

public:
    bool begin(const char* path) {
        end();
        file = fopen(path, "wb");
        return file != nullptr;
    }

    void end() {
        if (file != nullptr) {
            fclose(file);
            file = nullptr;
            places.clear();
        }
    }

    void allocated(void* address, size_t size) {
        if (file != nullptr) {
            places[static_cast<char*>(address)] = {next, size};
            fputc('A', file);
            number(next++);
            number(size);
        }
    }

    void freed(void* address) {
        if (file != nullptr) {
            fputc('F', file);
            number(places[static_cast<char*>(address)].first);
            places.erase(static_cast<char*>(address));
        }
    }

    void uploaded(const void* to, const void* from, size_t size) {
        bytes('U', to, from, size);
    }

    void downloaded(const void* from, size_t size) {
        bytes('D', from, from, size);
    }

    void bytes(char kind, const void* where, const void* data, size_t size) {
        if (file != nullptr) {
            fputc(kind, file);
            place(where);
            number(size);
            fwrite(data, 1, size, file);
        }
    }

    void copied(const void* to, const void* from, size_t size) {
        if (file != nullptr) {
            fputc('C', file);
            place(to);
            place(from);
            number(size);
        }
    }

    void filled(const void* to, unsigned char value, size_t size) {
        if (file != nullptr) {
            fputc('S', file);
            place(to);
            number(value);
            number(size);
        }
    }

    void launched(const Kernel& kernel, u64 grid_x, u64 grid_y, u64 block, u64 shared, const std::vector<void*>& arguments) {
        if (file == nullptr) {
            return;
        }
        fputc('L', file);
        number(strlen(kernel.name));
        fwrite(kernel.name, 1, strlen(kernel.name), file);
        for (u64 value : {grid_x, grid_y, block, shared}) {
            number(value);
        }
        for (size_t i = 0; i < arguments.size(); i++) {
            if (kernel.parameters[i].is_pointer) {
                void* address;
                memcpy(&address, arguments[i], sizeof address);
                place(address);
            } else {
                fwrite(arguments[i], 1, kernel.parameters[i].size, file);
            }
        }
    }
};

}  // namespace emulator
