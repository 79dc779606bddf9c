/**
 * Pieces in fragments: {@code ReedSolomon} over GF(2^8) makes parity of the parts of a piece and rebuilds the piece from
 * any sufficient set; {@code PieceFragment} is one part with what is needed to put it back. Knows nothing of caches.
 *
 * <p>The arithmetic runs over rows of bytes behind {@code RowArithmetic}: in vectors, sixteen products at a time out of
 * two tables of nibbles, where the processor can do that, else in plain Java with the same result.
 */
package xyz.autonomys.farmer.cluster.parity;
