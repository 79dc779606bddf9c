/** Hash functions of the protocol: BLAKE3, BLAKE2b and XXH64. */
package xyz.autonomys.farmer.primitives.hash;
