// Proof-of-space tables T1 … T7 of one record (specification 01 §3 to §8).
//
// Nothing is sorted as a whole. Entries are scattered into the bucket of their y; the kernel that makes the next table
// orders the two buckets it works on in shared memory. "Position" of an entry = bucket · 512 + rank in its bucket, so
// the order (y, rank of the left parent, rank of the right parent) is that of (bucket, residue, back pointer).
//
// Device memory of a record:
//
//   counts[t], t = 1…6    u32[4441]         entries in each bucket of table t; zero before the record
//   entries[1]            u32[4441·512]     residue << 14 | low 14 bits of x; the upper six are the low six of y
//   entries[t], t = 2…6   uint4[4441·512]   x: back pointer (31 bits)
//      (two, in turn)                       y: residue in bits 0…13, metadata bits 64…79 in bits 14…29
//                                           z: metadata bits 32…63     w: metadata bits 0…31
//   backs[1]              u32[4441·512]     x by position
//   backs[t], t = 2…6     u32[4441·512]     back pointer by position
//   slots                 u64[65536]        best entry of T7 of an s-bucket: (y & 63) << 31 | back; all ones before
//   flags                 u32               RecordFlag; zero before the record
//
// Shared memory of grow_*, the block of buckets b (left) and b + 1 (right):
//
//       0   u16[512]    residues of the left bucket, by rank        while the buckets are put in order, from 8720 on:
//    1024   u16[512]    residues of the right bucket                   0   u32[2][512]  ties: back pointer or low bits of x
//    2048   u16[512]    where the left entries lie, by rank         4096   u16[2][512]  residues as they lie
//    3072   u16[512]    where the right entries lie                 6144   u16[2][512]  entries by bin
//    4096   u32[1024]   matches: left rank << 9 | right rank        8192   u32[2][240]  entries in each bin
//    8192   u16[240]    bins of 64 residues, right bucket: first rank
//    8672   u16[…]      (padding)                                  10112   u16[240]     bins of the left bucket: first rank
//    8704   u32         number of matches
//    8720   u8[…]       map of the right bucket
//
// Map: byte (row, column) is 1 where the right bucket has an entry with residue row · 127 + column. Rows beyond 119 repeat
// the first 63, so that 64 steps need no modulo. The wide map repeats the columns as well (182 · 256 bytes); the narrow
// one (182 · 128 bytes), for devices with little shared memory, takes the column modulo 127 at each probe.
#include "blake3.h"
#include "tables.h"

#define MAP_ROWS (ROWS + 63)
#define BINS 237
#define BIN_SLOTS 240
#define PAIR_THREADS 256
#define PAIR_SHARED_BYTES 8720

#define KEY_STREAM_THREADS 160
#define VALUES_PER_GROUP 4096

DEVICE void quarter_round(u32& a, u32& b, u32& c, u32& d) {
    a += b;
    d = rotate_right(d ^ a, 16);
    c += d;
    b = rotate_right(b ^ c, 20);
    a += b;
    d = rotate_right(d ^ a, 24);
    c += d;
    b = rotate_right(b ^ c, 25);
}

// T1. Grid 256, block 160, shared 10,244 bytes. 160 ChaCha8 blocks are 4096 values of 20 bits exactly.
KERNEL THREADS_PER_BLOCK(KEY_STREAM_THREADS)
    first_table(const u32* seed, u32* counts, u32* entries, u32* flags) {
    SHARED_MEMORY(shared);
    u32* stream = reinterpret_cast<u32*>(shared);
    u32 thread = threadIdx.x;
    u32 initial[16] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574, seed[0], seed[1], seed[2], seed[3],
                       seed[4],    seed[5],    seed[6],    seed[7],    0,       0,       0,       0};
    initial[12] = blockIdx.x * KEY_STREAM_THREADS + thread;
    u32 v[16];
    UNROLL for (int i = 0; i < 16; i++) {
        v[i] = initial[i];
    }
    UNROLL for (int round = 0; round < 4; round++) {
        quarter_round(v[0], v[4], v[8], v[12]);
        quarter_round(v[1], v[5], v[9], v[13]);
        quarter_round(v[2], v[6], v[10], v[14]);
        quarter_round(v[3], v[7], v[11], v[15]);
        quarter_round(v[0], v[5], v[10], v[15]);
        quarter_round(v[1], v[6], v[11], v[12]);
        quarter_round(v[2], v[7], v[8], v[13]);
        quarter_round(v[3], v[4], v[9], v[14]);
    }
    UNROLL for (int i = 0; i < 16; i++) {
        stream[16 * thread + i] = byte_swap(v[i] + initial[i]);
    }
    if (thread == 0) {
        stream[16 * KEY_STREAM_THREADS] = 0;
    }
    __syncthreads();
    for (u32 i = thread; i < VALUES_PER_GROUP; i += KEY_STREAM_THREADS) {
        u32 bit = 20 * i;
        u32 k = __funnelshift_l(stream[(bit >> 5) + 1], stream[bit >> 5], bit & 31) >> 12;
        u32 x = blockIdx.x * VALUES_PER_GROUP + i;
        u32 y = k << 6 | x >> 14;
        u32 bucket = y / BUCKET_WIDTH;
        u32 residue = y - bucket * BUCKET_WIDTH;
        u32 at = atomicAdd(&counts[bucket], 1);
        if (at < BUCKET_CAPACITY) {
            entries[bucket * BUCKET_CAPACITY + at] = residue << 14 | (x & 0x3FFF);
        } else {
            atomicOr(flags, BUCKET_OVERFLOW);
        }
    }
}

// Up to 80 bits, right-aligned: bits 64…79 in high.
struct Metadata {
    u32 high, middle, low;
};

// Width in bits of the metadata of table t.
constexpr int METADATA_BITS[8] = {0, 20, 40, 80, 80, 60, 40, 0};

template <int BITS>
struct Place {
    // Adds `bits` wide metadata to a big-endian bit string so that its last bit is bit END − 1.
    template <int END>
    static DEVICE void at(u32 (&words)[16], const Metadata& meta) {
        constexpr int last = (END - 1) / 32;
        constexpr int shift = 31 - (END - 1) % 32;
        words[last] |= meta.low << shift;
        if (last >= 1) {
            words[last >= 1 ? last - 1 : 0] |= upper(meta.low, meta.middle, shift);
        }
        if (BITS + shift > 64 && last >= 2) {
            words[last >= 2 ? last - 2 : 0] |= upper(meta.middle, meta.high, shift);
        }
        if (BITS + shift > 96 && last >= 3) {
            words[last >= 3 ? last - 3 : 0] |= upper(meta.high, 0, shift);
        }
    }

    static DEVICE u32 upper(u32 low, u32 high, int shift) {
        return shift == 0 ? high : high << shift | low >> (32 - shift);
    }
};

// Bits 26 … 26 + BITS − 1 of a digest given as big-endian words.
template <int BITS>
DEVICE Metadata after_y(const u32 (&digest)[4]) {
    constexpr int last = (26 + BITS - 1) / 32;
    constexpr int shift = 31 - (26 + BITS - 1) % 32;
    u32 low = __funnelshift_r(digest[last], digest[last - 1], shift);
    u32 middle = last >= 2 ? __funnelshift_r(digest[last - 1], digest[last >= 2 ? last - 2 : 0], shift) : 0;
    u32 high = last >= 3 ? __funnelshift_r(digest[last >= 2 ? last - 2 : 0], digest[last >= 3 ? last - 3 : 0], shift) : 0;
    if (BITS <= 64) {
        return {0, middle & (BITS == 64 ? ~0u : (1u << (BITS & 31)) - 1), low};
    }
    return {high & ((1u << (BITS & 31)) - 1), middle, low};
}

// The node function of table T: y and metadata of a child from y of its left parent and the parents' metadata.
template <int T>
DEVICE u32 node(u32 y_left, const Metadata& left, const Metadata& right, Metadata& child) {
    constexpr int bits = METADATA_BITS[T - 1];
    constexpr int length = (26 + 2 * bits + 7) / 8;
    u32 message[16] = {y_left << 6};
    Place<bits>::template at<26 + bits>(message, left);
    Place<bits>::template at<26 + 2 * bits>(message, right);
    UNROLL for (int i = 0; i < 6; i++) {
        message[i] = byte_swap(message[i]);
    }
    u32 chain[8];
    blake3_initial(chain);
    blake3_compress(chain, message, 0, length, CHUNK_START | CHUNK_END | ROOT);
    u32 digest[4] = {byte_swap(chain[0]), byte_swap(chain[1]), byte_swap(chain[2]), byte_swap(chain[3])};
    if (T == 2) {
        child = {0, left.low >> 12, left.low << 20 | right.low};
    } else if (T == 3) {
        child = {left.middle << 8 | left.low >> 24, left.low << 8 | right.middle, right.low};
    } else if (T < 7) {
        child = after_y<METADATA_BITS[T] == 0 ? 40 : METADATA_BITS[T]>(digest);
    }
    return digest[0] >> 6;
}

// Which of the steps FROM … FROM + 31 have an entry in the map; step FROM is the highest bit. `cell` is the byte of the
// left entry's residue, `row` that of its row's beginning.
template <bool WIDE, int PARITY, int FROM>
DEVICE u32 probe(const u8* row, u32 column) {
    u32 found = 0;
    const u8* cell = row + column;
    UNROLL for (int i = 0; i < 32; i++) {
        constexpr int width = WIDE ? 256 : 128;
        const int odd = 2 * (FROM + i) + PARITY;
        const u32 step = odd * odd % COLUMNS;
        u32 bit;
        if (WIDE) {
            bit = cell[(FROM + i) * width + step];
        } else {
            u32 moved = column + step;
            u32 wrapped = moved - COLUMNS;
            bit = row[(FROM + i) * width + (moved < wrapped ? moved : wrapped)];
        }
        found = 2 * found + bit;
    }
    return found;
}

struct Pair {
    u16* residues[2];
    u16* places[2];
    u32* matches;
    u16* bins[2];
    u32* match_count;
    u8* map;
    u32* ties;
    u16* unordered;
    u16* by_bin;
    u32* bin_counts;

    DEVICE explicit Pair(u8* shared) {
        u16* halves = reinterpret_cast<u16*>(shared);
        residues[0] = halves;
        residues[1] = halves + 512;
        places[0] = halves + 1024;
        places[1] = halves + 1536;
        matches = reinterpret_cast<u32*>(shared + 4096);
        bins[1] = reinterpret_cast<u16*>(shared + 8192);
        match_count = reinterpret_cast<u32*>(shared + 8704);
        map = shared + PAIR_SHARED_BYTES;
        ties = reinterpret_cast<u32*>(map);
        unordered = reinterpret_cast<u16*>(map + 4096);
        by_bin = reinterpret_cast<u16*>(map + 6144);
        bin_counts = reinterpret_cast<u32*>(map + 8192);
        bins[0] = reinterpret_cast<u16*>(map + 10112);
    }
};

// Puts the two buckets in order and stores what the left one (of the last pair, both) leads back to.
template <int T>
DEVICE void order_buckets(const Pair& pair, const u32 (&sizes)[2], u32 bucket, const void* entries, u32* backs) {
    u32 thread = threadIdx.x;
    for (u32 i = thread; i < 2 * BIN_SLOTS; i += PAIR_THREADS) {
        pair.bin_counts[i] = 0;
    }
    if (thread == 0) {
        *pair.match_count = 0;
    }
    __syncthreads();
    u32 slot[2][2];
    UNROLL for (int side = 0; side < 2; side++) {
        UNROLL for (int k = 0; k < 2; k++) {
            u32 i = thread + k * PAIR_THREADS;
            if (i < sizes[side]) {
                u32 at = (bucket + side) * BUCKET_CAPACITY + i;
                u32 residue;
                u32 tie;
                if (T == 2) {
                    u32 entry = static_cast<const u32*>(entries)[at];
                    residue = entry >> 14;
                    tie = entry & 0x3FFF;
                } else {
                    uint2 head = *reinterpret_cast<const uint2*>(static_cast<const uint4*>(entries) + at);
                    residue = head.y & 0x3FFF;
                    tie = head.x;
                }
                pair.ties[side * 512 + i] = tie;
                pair.unordered[side * 512 + i] = residue;
                slot[side][k] = atomicAdd(&pair.bin_counts[side * BIN_SLOTS + (residue >> 6)], 1);
            }
        }
    }
    __syncthreads();
    if (thread < 64) {
        // One warp for each bucket, eight bins for each lane. The last bins do not exist; their first rank is the size.
        u32 side = thread >> 5;
        u32 lane = thread & 31;
        u32 sum = 0;
        u32 before[8];
        UNROLL for (int i = 0; i < 8; i++) {
            before[i] = sum;
            u32 bin = 8 * lane + i;
            sum += bin < BINS ? pair.bin_counts[side * BIN_SLOTS + bin] : 0;
        }
        u32 start = sum;
        UNROLL for (u32 distance = 1; distance < 32; distance *= 2) {
            u32 other = __shfl_up_sync(ALL_LANES, start, distance);
            start += lane >= distance ? other : 0;
        }
        start -= sum;
        u16* bins = pair.bins[side];
        UNROLL for (int i = 0; i < 8; i++) {
            if (8 * lane + i < BIN_SLOTS) {
                bins[8 * lane + i] = start + before[i];
            }
        }
    }
    __syncthreads();
    UNROLL for (int side = 0; side < 2; side++) {
        UNROLL for (int k = 0; k < 2; k++) {
            u32 i = thread + k * PAIR_THREADS;
            if (i < sizes[side]) {
                u32 bin = pair.unordered[side * 512 + i] >> 6;
                pair.by_bin[side * 512 + pair.bins[side][bin] + slot[side][k]] = i;
            }
        }
    }
    __syncthreads();
    UNROLL for (int side = 0; side < 2; side++) {
        UNROLL for (int k = 0; k < 2; k++) {
            u32 i = thread + k * PAIR_THREADS;
            if (i < sizes[side]) {
                u32 residue = pair.unordered[side * 512 + i];
                u32 tie = pair.ties[side * 512 + i];
                u32 first = pair.bins[side][residue >> 6];
                u32 end = pair.bins[side][(residue >> 6) + 1];
                u32 rank = first;
                for (u32 j = first; j < end; j++) {
                    u32 other = pair.by_bin[side * 512 + j];
                    u32 other_residue = pair.unordered[side * 512 + other];
                    rank += other_residue < residue || (other_residue == residue && pair.ties[side * 512 + other] < tie);
                }
                pair.residues[side][rank] = residue;
                pair.places[side][rank] = i;
                if (side == 0 || bucket == BUCKET_PAIRS - 1) {
                    u32 y = (bucket + side) * BUCKET_WIDTH + residue;
                    backs[(bucket + side) * BUCKET_CAPACITY + rank] = T == 2 ? (y & 63) << 14 | tie : tie;
                }
            }
        }
    }
    __syncthreads();
}

template <bool WIDE>
DEVICE void map_right_bucket(const Pair& pair, u32 size) {
    constexpr int width = WIDE ? 256 : 128;
    uint4* clear = reinterpret_cast<uint4*>(pair.map);
    for (u32 i = threadIdx.x; i < MAP_ROWS * width / 16; i += PAIR_THREADS) {
        clear[i] = make_uint4(0, 0, 0, 0);
    }
    __syncthreads();
    for (u32 i = threadIdx.x; i < size; i += PAIR_THREADS) {
        u32 residue = pair.residues[1][i];
        u32 row = residue / COLUMNS;
        u8* cell = pair.map + row * width + (residue - row * COLUMNS);
        cell[0] = 1;
        if (WIDE) {
            cell[COLUMNS] = 1;
        }
        if (row < MAP_ROWS - ROWS) {
            cell[ROWS * width] = 1;
            if (WIDE) {
                cell[ROWS * width + COLUMNS] = 1;
            }
        }
    }
    __syncthreads();
}

// Appends the matches of a left entry with the steps in `found`, of which the highest bit is step `from`.
DEVICE void collect(const Pair& pair, u32 left_rank, u32 row, u32 column, u32 parity, u32 found, u32 from) {
    while (found != 0) {
        u32 bit = __clz(found);
        found ^= 0x80000000u >> bit;
        u32 m = from + bit;
        u32 target_row = row + m;
        target_row -= target_row >= ROWS ? ROWS : 0;
        u32 shift = 2 * m + parity;
        u32 target = target_row * COLUMNS + (column + shift * shift) % COLUMNS;
        u32 end = pair.bins[1][(target >> 6) + 1];
        for (u32 rank = pair.bins[1][target >> 6]; rank < end; rank++) {
            if (pair.residues[1][rank] == target) {
                u32 at = atomicAdd(pair.match_count, 1);
                if (at < MATCH_CAPACITY) {
                    pair.matches[at] = left_rank << 9 | rank;
                }
            }
        }
    }
}

template <bool WIDE, int PARITY>
DEVICE void match(const Pair& pair, u32 size) {
    for (u32 i = threadIdx.x; i < size; i += PAIR_THREADS) {
        u32 residue = pair.residues[0][i];
        u32 row = residue / COLUMNS;
        u32 column = residue - row * COLUMNS;
        const u8* map_row = pair.map + row * (WIDE ? 256 : 128);
        u32 low = probe<WIDE, PARITY, 0>(map_row, column);
        u32 high = probe<WIDE, PARITY, 32>(map_row, column);
        collect(pair, i, row, column, PARITY, low, 0);
        collect(pair, i, row, column, PARITY, high, 32);
    }
}

template <int T>
DEVICE Metadata metadata(const void* entries, u32 at, u32 y) {
    if (T == 2) {
        return {0, 0, (y & 63) << 14 | (static_cast<const u32*>(entries)[at] & 0x3FFF)};
    }
    uint4 entry = static_cast<const uint4*>(entries)[at];
    return {entry.y >> 14, entry.z, entry.w};
}

// Table T. Grid 4440, block 256, shared 8,720 bytes and the map.
template <int T, bool WIDE>
DEVICE void grow(
    const u32* counts, const void* entries, u32* backs, u32* child_counts, uint4* child_entries, u64* slots, u32* flags) {
    SHARED_MEMORY(shared);
    Pair pair(shared);
    u32 bucket = blockIdx.x;
    u32 sizes[2];
    UNROLL for (int side = 0; side < 2; side++) {
        u32 count = counts[bucket + side];
        sizes[side] = count < BUCKET_CAPACITY ? count : BUCKET_CAPACITY;
    }
    order_buckets<T>(pair, sizes, bucket, entries, backs);
    map_right_bucket<WIDE>(pair, sizes[1]);
    if (bucket & 1) {
        match<WIDE, 1>(pair, sizes[0]);
    } else {
        match<WIDE, 0>(pair, sizes[0]);
    }
    __syncthreads();
    u32 count = *pair.match_count;
    if (count > MATCH_CAPACITY) {
        count = MATCH_CAPACITY;
        if (threadIdx.x == 0) {
            atomicOr(flags, MATCH_OVERFLOW);
        }
    }
    for (u32 i = threadIdx.x; i < count; i += PAIR_THREADS) {
        u32 ranks = pair.matches[i];
        u32 left = ranks >> 9;
        u32 right = ranks & 511;
        u32 y_left = bucket * BUCKET_WIDTH + pair.residues[0][left];
        u32 y_right = (bucket + 1) * BUCKET_WIDTH + pair.residues[1][right];
        Metadata left_metadata = metadata<T>(entries, bucket * BUCKET_CAPACITY + pair.places[0][left], y_left);
        Metadata right_metadata = metadata<T>(entries, (bucket + 1) * BUCKET_CAPACITY + pair.places[1][right], y_right);
        u32 back = bucket << 18 | ranks;
        Metadata child;
        u32 y = node<T>(y_left, left_metadata, right_metadata, child);
        if (T == 7) {
            u32 prefix = y >> 6;
            if ((prefix & 15) == 0) {
                u32 s_bucket = prefix >> 12 | (prefix >> 4 & 255) << 8;
                atomicMin(&slots[s_bucket], static_cast<u64>(y & 63) << 31 | back);
            }
        } else {
            u32 child_bucket = y / BUCKET_WIDTH;
            u32 residue = y - child_bucket * BUCKET_WIDTH;
            u32 at = atomicAdd(&child_counts[child_bucket], 1);
            if (at < BUCKET_CAPACITY) {
                child_entries[child_bucket * BUCKET_CAPACITY + at] =
                    make_uint4(back, residue | child.high << 14, child.middle, child.low);
            } else {
                atomicOr(flags, BUCKET_OVERFLOW);
            }
        }
    }
}

#define GROW(name, table, wide)                                                                                   \
    KERNEL THREADS_AND_BLOCKS(PAIR_THREADS, 4)                                                                    \
        name(const u32* counts, const void* entries, u32* backs, u32* child_counts, uint4* child_entries, u64* slots, \
             u32* flags) {                                                                                        \
        grow<table, wide>(counts, entries, backs, child_counts, child_entries, slots, flags);                     \
    }

GROW(grow_2_wide, 2, true)
GROW(grow_3_wide, 3, true)
GROW(grow_4_wide, 4, true)
GROW(grow_5_wide, 5, true)
GROW(grow_6_wide, 6, true)
GROW(grow_7_wide, 7, true)
GROW(grow_2_narrow, 2, false)
GROW(grow_3_narrow, 3, false)
GROW(grow_4_narrow, 4, false)
GROW(grow_5_narrow, 5, false)
GROW(grow_6_narrow, 6, false)
GROW(grow_7_narrow, 7, false)
