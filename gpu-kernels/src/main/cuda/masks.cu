// From the tables of a record to its stored chunks: which s-buckets, their proofs, masking (specification 08 §5.5).
//
// Device memory of a record:
//
//   slots      u64[65536]   from the tables; all ones: no proof
//   used       u32[2048]    bit s & 31 of word s >> 5: s-bucket s has one of the first 32,768 proofs
//   present    u32[2048]    the same for the s-buckets whose chunk is stored, masked or not
//   before     u16[2048]    bits of used before the word
//   order      u16[32768]   s-bucket of each stored chunk: the used ones, then, where there are fewer, the first others
//   encoded    u32          number of used ones
//   source     u32[32768·8] chunks of the record as bytes in memory order: value 2i of the extended record is chunk i
//   parity     u32[32768·8] value 2i + 1
//   chunks     u32[32768·8] stored chunks: the values in `order`, the first `encoded` of them masked
#include "blake3.h"
#include "tables.h"

#define SELECT_THREADS 1024
#define EXPAND_THREADS 128
// Words of a proof in shared memory: one more than it has, so that 32 proofs begin in 32 banks.
#define PROOF_STRIDE 41

// Inclusive sum over the 1024 threads of a block; `sums` are 32 words of shared memory.
DEVICE u32 block_sum_inclusive(u32 value, u32* sums) {
    u32 lane = threadIdx.x & 31;
    u32 warp = threadIdx.x >> 5;
    UNROLL for (u32 distance = 1; distance < 32; distance *= 2) {
        u32 other = __shfl_up_sync(ALL_LANES, value, distance);
        value += lane >= distance ? other : 0;
    }
    if (lane == 31) {
        sums[warp] = value;
    }
    __syncthreads();
    if (warp == 0) {
        u32 sum = sums[lane];
        UNROLL for (u32 distance = 1; distance < 32; distance *= 2) {
            u32 other = __shfl_up_sync(ALL_LANES, sum, distance);
            sum += lane >= distance ? other : 0;
        }
        sums[lane] = sum;
    }
    __syncthreads();
    value += warp > 0 ? sums[warp - 1] : 0;
    __syncthreads();
    return value;
}

// Chooses the s-buckets. Grid 1, block 1024, shared 8,320 bytes.
KERNEL THREADS_PER_BLOCK(SELECT_THREADS)
    select_s_buckets(const u64* slots, u32* used, u32* present, u16* before, u16* order, u32* encoded) {
    SHARED_MEMORY(shared);
    u32* words = reinterpret_cast<u32*>(shared);
    u32* sums = words + BITMAP_WORDS;
    u32 thread = threadIdx.x;
    u32 lane = thread & 31;
    for (u32 word = thread >> 5; word < BITMAP_WORDS; word += SELECT_THREADS / 32) {
        u32 ballot = __ballot_sync(ALL_LANES, slots[32 * word + lane] != ~0ull);
        if (lane == 0) {
            words[word] = ballot;
        }
    }
    __syncthreads();
    // Two words for each thread. First the used ones, then from those left over what fills the record up.
    u32 kept[2];
    u32 count = __popc(words[2 * thread]) + __popc(words[2 * thread + 1]);
    u32 end = block_sum_inclusive(count, sums);
    u32 rank = end - count;
    u32 total = sums[31];
    total = total < RECORD_CHUNKS ? total : RECORD_CHUNKS;
    UNROLL for (int i = 0; i < 2; i++) {
        u32 word = 2 * thread + i;
        before[word] = rank < RECORD_CHUNKS ? rank : RECORD_CHUNKS;
        u32 bits = words[word];
        u32 keep = 0;
        while (bits != 0 && rank < RECORD_CHUNKS) {
            u32 bit = bits & (0 - bits);
            keep |= bit;
            order[rank++] = 32 * word + (31 - __clz(bit));
            bits ^= bit;
        }
        kept[i] = keep;
        used[word] = keep;
    }
    u32 unused = 64 - __popc(kept[0]) - __popc(kept[1]);
    u32 position = total + block_sum_inclusive(unused, sums) - unused;
    UNROLL for (int i = 0; i < 2; i++) {
        u32 word = 2 * thread + i;
        u32 bits = ~kept[i];
        u32 fill = 0;
        while (bits != 0 && position < RECORD_CHUNKS) {
            u32 bit = bits & (0 - bits);
            fill |= bit;
            order[position++] = 32 * word + (31 - __clz(bit));
            bits ^= bit;
        }
        present[word] = kept[i] | fill;
    }
    if (thread == 0) {
        *encoded = total;
    }
}

// The five bytes of a proof that belong to a lane of a warp: the lane's bits choose the way down, left before right.
DEVICE void expand_lane(u64 slot, const u32* backs, u32 lane, u8* proof) {
    u32 back = static_cast<u32>(slot) & 0x7FFFFFFF;
    UNROLL for (int table = 6; table >= 2; table--) {
        u32 position = lane >> (table - 2) & 1 ? right_position(back) : left_position(back);
        back = backs[(table - 1) * BUCKETS * BUCKET_CAPACITY + position];
    }
    u64 both = static_cast<u64>(backs[left_position(back)]) << 20 | backs[right_position(back)];
    UNROLL for (int i = 0; i < 5; i++) {
        proof[5 * lane + i] = static_cast<u8>(both >> (32 - 8 * i));
    }
}

// BLAKE3 of a proof of 40 words.
DEVICE void hash_proof(const u32* proof, u32 (&mask)[8]) {
    u32 message[16];
    blake3_initial(mask);
    UNROLL for (int block = 0; block < 3; block++) {
        UNROLL for (int i = 0; i < 16; i++) {
            message[i] = 16 * block + i < 40 ? proof[16 * block + i] : 0;
        }
        blake3_compress(mask, message, 0, block < 2 ? 64 : 32,
                        block == 0 ? CHUNK_START : block == 1 ? 0 : CHUNK_END | ROOT);
    }
}

// Masks of the proofs of 128 positions of `order`; positions from `encoded` on have none. `proofs`: shared, 20,992 bytes.
DEVICE void masks_of_block(const u64* slots, const u32* backs, const u16* order, u32 encoded, u32* proofs, u32 (&mask)[8]) {
    u32 lane = threadIdx.x & 31;
    u32 first = threadIdx.x & ~31u;
    for (u32 i = 0; i < 32; i++) {
        u32 position = blockIdx.x * EXPAND_THREADS + first + i;
        if (position < encoded) {
            expand_lane(slots[order[position]], backs, lane, reinterpret_cast<u8*>(proofs + (first + i) * PROOF_STRIDE));
        }
    }
    __syncwarp();
    hash_proof(proofs + threadIdx.x * PROOF_STRIDE, mask);
}

// Stored chunks. Grid 256, block 128, shared 20,992 bytes. `backs` are those of T1 to T6, one after another.
KERNEL THREADS_PER_BLOCK(EXPAND_THREADS)
    mask_chunks(const u64* slots, const u32* backs, const u16* order, const u32* encoded, const uint4* source,
                const uint4* parity, uint4* chunks) {
    SHARED_MEMORY(shared);
    u32 mask[8];
    masks_of_block(slots, backs, order, *encoded, reinterpret_cast<u32*>(shared), mask);
    u32 position = blockIdx.x * EXPAND_THREADS + threadIdx.x;
    u32 s_bucket = order[position];
    const uint4* value = (s_bucket & 1 ? parity : source) + 2 * (s_bucket >> 1);
    u32 keep = position < *encoded ? ~0u : 0;
    UNROLL for (int half = 0; half < 2; half++) {
        uint4 v = value[half];
        chunks[2 * position + half] =
            make_uint4(v.x ^ (mask[4 * half] & keep), v.y ^ (mask[4 * half + 1] & keep),
                       v.z ^ (mask[4 * half + 2] & keep), v.w ^ (mask[4 * half + 3] & keep));
    }
}

// The 160 bytes of the proof of one s-bucket, or MISSING_PROOF. Grid 1, block 32.
KERNEL THREADS_PER_BLOCK(32) expand_proof(const u64* slots, const u32* backs, u32 s_bucket, u8* proof, u32* flags) {
    u64 slot = slots[s_bucket];
    if (slot != ~0ull) {
        expand_lane(slot, backs, threadIdx.x, proof);
    } else if (threadIdx.x == 0) {
        atomicOr(flags, MISSING_PROOF);
    }
}
