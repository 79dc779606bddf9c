/**
 * The named values everything else is made of: hashes, keys, ids, pieces, headers, solutions, and the sizes fixed by the
 * protocol.
 *
 * <p>Integers are unsigned unless said otherwise; 64-bit ones are Java {@code long}s read with {@link
 * java.lang.Long#compareUnsigned} and its family. Byte encodings live in {@code .scale}, hashes in {@code .hash},
 * addresses in {@code .ss58}.
 */
package xyz.autonomys.farmer.primitives;
