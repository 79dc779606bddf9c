// From encoded records to the bytes of a sector (specification 04 §8, 08 §5.6).
//
// A sector is made in slabs, so that neither it nor its records are twice in device memory: a slab is a run of s-buckets
// with the chunks of all records. Its bytes lie in `slab` behind what the slab before left over of its last KiB; whole
// KiB are hashed and go to the host.
//
// Device memory of a sector of n records:
//
//   present    u32[n][2048]        from masks.cu, likewise
//   used       u32[n][2048]        and the first n · 8192 bytes of the sector
//   before     u16[n][2048]
//   encoded    u32[n]
//   chunks     u32[n][32768·8]     stored chunks of each record
//   starts     u32[65537]          first chunk of each s-bucket in the sector, then the number of all
//   hashes     u32[…][8]           chaining values of the KiB of the sector, then of their parents
#include "blake3.h"
#include "tables.h"

#define SCAN_THREADS 1024

// sizes[s] = records that have s. Grid 256, block 256: a warp for each word of the bitmaps, a lane for each s-bucket.
KERNEL count_s_buckets(const u32* present, u32 records, u32* sizes) {
    u32 word = global_thread() >> 5;
    u32 lane = threadIdx.x & 31;
    u32 count = 0;
    for (u32 record = 0; record < records; record++) {
        count += present[record * BITMAP_WORDS + word] >> lane & 1;
    }
    sizes[32 * word + lane] = count;
}

// Exclusive sums in place, the whole sum behind them. Grid 1, block 1024, shared 128 bytes.
KERNEL THREADS_PER_BLOCK(SCAN_THREADS) sum_exclusive(u32* values, u32 count) {
    SHARED_MEMORY(shared);
    u32* sums = reinterpret_cast<u32*>(shared);
    u32 each = (count + SCAN_THREADS - 1) / SCAN_THREADS;
    u32 from = threadIdx.x * each;
    u32 to = from + each < count ? from + each : count;
    u32 sum = 0;
    for (u32 i = from; i < to; i++) {
        sum += values[i];
    }
    u32 next = block_sum_inclusive(sum, sums) - sum;
    for (u32 i = from; i < to; i++) {
        u32 value = values[i];
        values[i] = next;
        next += value;
    }
    if (threadIdx.x == 0) {
        values[count] = sums[31];
    }
}

// The chunks of s-buckets first_s_bucket … to slab, at byte `lead`. Grid: a warp for each s-bucket, 8 in a block of 256.
KERNEL THREADS_PER_BLOCK(256)
    gather_chunks(const u32* present, const u32* used, const u16* before, const u32* encoded, const uint4* chunks,
                  u32 records, const u32* starts, u32 first_s_bucket, u32 lead, u8* slab) {
    u32 s_bucket = first_s_bucket + (global_thread() >> 5);
    u32 lane = threadIdx.x & 31;
    u32 word = s_bucket >> 5;
    u32 bit = s_bucket & 31;
    uint4* target = reinterpret_cast<uint4*>(slab + lead) + 2 * (starts[s_bucket] - starts[first_s_bucket]);
    for (u32 first = 0; first < records; first += 32) {
        u32 record = first + lane;
        u32 at = record * BITMAP_WORDS + word;
        bool here = record < records && (present[at] >> bit & 1) != 0;
        u32 ballot = __ballot_sync(ALL_LANES, here);
        if (here) {
            u32 below = (1u << bit) - 1;
            u32 used_before = before[at] + __popc(used[at] & below);
            bool masked = used[at] >> bit & 1;
            u32 position = masked ? used_before : encoded[record] + s_bucket - used_before;
            const uint4* chunk = chunks + 2 * (static_cast<u64>(record) * RECORD_CHUNKS + position);
            uint4* to = target + 2 * __popc(ballot & ((1u << lane) - 1));
            to[0] = chunk[0];
            to[1] = chunk[1];
        }
        target += 2 * __popc(ballot);
    }
}

// Chaining values of `count` KiB from `bytes` on; the last has `last` bytes (1 to 1024; bytes behind it are zero up to the
// next multiple of 64). A thread for each.
KERNEL THREADS_PER_BLOCK(128)
    hash_kibibytes(const uint4* bytes, u32 count, u32 last, u32 first_counter, u32* hashes, u32 flags_of_last) {
    u32 i = global_thread();
    if (i >= count) {
        return;
    }
    u32 length = i == count - 1 ? last : 1024;
    u32 blocks = (length + 63) / 64;
    u32 extra = i == count - 1 ? flags_of_last : 0;
    const uint4* from = bytes + 64 * static_cast<u64>(i);
    u32 chain[8];
    blake3_initial(chain);
    for (u32 block = 0; block < blocks; block++) {
        u32 message[16];
        UNROLL for (int k = 0; k < 4; k++) {
            uint4 v = from[4 * block + k];
            message[4 * k] = v.x;
            message[4 * k + 1] = v.y;
            message[4 * k + 2] = v.z;
            message[4 * k + 3] = v.w;
        }
        bool end = block == blocks - 1;
        blake3_compress(chain, message, first_counter + i, end ? length - 64 * block : 64,
                        (block == 0 ? CHUNK_START : 0) | (end ? CHUNK_END | extra : 0));
    }
    UNROLL for (int k = 0; k < 8; k++) {
        hashes[8 * i + k] = chain[k];
    }
}

// One level of the tree: ⌈count / 2⌉ parents of `count` children; one without a partner moves up as it is. A thread for
// each parent.
KERNEL THREADS_PER_BLOCK(128) hash_parents(const u32* children, u32 count, u32* parents) {
    u32 i = global_thread();
    u32 pairs = count / 2;
    if (i > pairs || (i == pairs && count % 2 == 0)) {
        return;
    }
    u32 chain[8];
    if (i < pairs) {
        u32 message[16];
        UNROLL for (int k = 0; k < 16; k++) {
            message[k] = children[16 * i + k];
        }
        blake3_initial(chain);
        blake3_compress(chain, message, 0, 64, PARENT | (count == 2 ? ROOT : 0));
    } else {
        UNROLL for (int k = 0; k < 8; k++) {
            chain[k] = children[16 * i + k];
        }
    }
    UNROLL for (int k = 0; k < 8; k++) {
        parents[8 * i + k] = chain[k];
    }
}
