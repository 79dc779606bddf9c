// The BLAKE3 compression function, with every index known at compile time: message words that are constants cost nothing.
#pragma once
#include "platform.h"

#define BLAKE3_IV0 0x6A09E667u
#define BLAKE3_IV1 0xBB67AE85u
#define BLAKE3_IV2 0x3C6EF372u
#define BLAKE3_IV3 0xA54FF53Au
#define BLAKE3_IV4 0x510E527Fu
#define BLAKE3_IV5 0x9B05688Cu
#define BLAKE3_IV6 0x1F83D9ABu
#define BLAKE3_IV7 0x5BE0CD19u

enum Blake3Flag : u32 { CHUNK_START = 1, CHUNK_END = 2, PARENT = 4, ROOT = 8 };

DEVICE void blake3_mix(u32& a, u32& b, u32& c, u32& d, u32 x, u32 y) {
    a = a + b + x;
    d = rotate_right(d ^ a, 16);
    c = c + d;
    b = rotate_right(b ^ c, 12);
    a = a + b + y;
    d = rotate_right(d ^ a, 8);
    c = c + d;
    b = rotate_right(b ^ c, 7);
}

#define BLAKE3_ROUND(i0, i1, i2, i3, i4, i5, i6, i7, i8, i9, i10, i11, i12, i13, i14, i15) \
    blake3_mix(v[0], v[4], v[8], v[12], m[i0], m[i1]);                                     \
    blake3_mix(v[1], v[5], v[9], v[13], m[i2], m[i3]);                                     \
    blake3_mix(v[2], v[6], v[10], v[14], m[i4], m[i5]);                                    \
    blake3_mix(v[3], v[7], v[11], v[15], m[i6], m[i7]);                                    \
    blake3_mix(v[0], v[5], v[10], v[15], m[i8], m[i9]);                                    \
    blake3_mix(v[1], v[6], v[11], v[12], m[i10], m[i11]);                                  \
    blake3_mix(v[2], v[7], v[8], v[13], m[i12], m[i13]);                                   \
    blake3_mix(v[3], v[4], v[9], v[14], m[i14], m[i15])

DEVICE void blake3_initial(u32 (&chain)[8]) {
    chain[0] = BLAKE3_IV0;
    chain[1] = BLAKE3_IV1;
    chain[2] = BLAKE3_IV2;
    chain[3] = BLAKE3_IV3;
    chain[4] = BLAKE3_IV4;
    chain[5] = BLAKE3_IV5;
    chain[6] = BLAKE3_IV6;
    chain[7] = BLAKE3_IV7;
}

// Replaces the chaining value by that after the block m of `length` bytes. Counters above 32 bits do not occur: a sector
// has about a million chunks.
DEVICE void blake3_compress(u32 (&chain)[8], const u32 (&m)[16], u32 counter, u32 length, u32 flags) {
    u32 v[16] = {chain[0],   chain[1],   chain[2],   chain[3],   chain[4], chain[5], chain[6], chain[7],
                 BLAKE3_IV0, BLAKE3_IV1, BLAKE3_IV2, BLAKE3_IV3, counter,  0,        length,   flags};
    BLAKE3_ROUND(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    BLAKE3_ROUND(2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8);
    BLAKE3_ROUND(3, 4, 10, 12, 13, 2, 7, 14, 6, 5, 9, 0, 11, 15, 8, 1);
    BLAKE3_ROUND(10, 7, 12, 9, 14, 3, 13, 15, 4, 0, 11, 2, 5, 8, 1, 6);
    BLAKE3_ROUND(12, 13, 9, 11, 15, 10, 14, 8, 7, 2, 5, 3, 0, 1, 6, 4);
    BLAKE3_ROUND(9, 14, 11, 5, 8, 12, 15, 1, 13, 3, 0, 10, 2, 6, 4, 7);
    BLAKE3_ROUND(11, 15, 5, 0, 1, 9, 8, 6, 14, 10, 2, 12, 3, 4, 7, 13);
    UNROLL for (int i = 0; i < 8; i++) {
        chain[i] = v[i] ^ v[i + 8];
    }
}
