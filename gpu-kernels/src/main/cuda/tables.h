// Numbers and layouts that all kernels of the proof-of-space tables share (see tables.cu).
#pragma once
#include "platform.h"

#define ROWS 119
#define COLUMNS 127
#define BUCKET_WIDTH 15113
#define BUCKETS 4441
#define BUCKET_PAIRS 4440
#define BUCKET_CAPACITY 512
#define S_BUCKETS 65536
#define BITMAP_WORDS 2048
#define RECORD_CHUNKS 32768
#define MATCH_CAPACITY 1024

// Flags of a record: the device gives up and the processor computes the record.
enum RecordFlag : u32 { BUCKET_OVERFLOW = 1, MATCH_OVERFLOW = 2, INVALID_SCALAR = 4, MISSING_PROOF = 8 };

// The three numbers of a back pointer: bits 30…18 left bucket, 17…9 rank of the left entry, 8…0 rank of the right one.
DEVICE u32 left_position(u32 back) {
    return (back >> 18) * BUCKET_CAPACITY + (back >> 9 & 511);
}

DEVICE u32 right_position(u32 back) {
    return ((back >> 18) + 1) * BUCKET_CAPACITY + (back & 511);
}
