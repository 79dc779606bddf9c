/**
 * The full-piece cache role: every piece of history, served over the data plane; the source from which sharded caches
 * fill themselves, and the fallback for what they do not have.
 *
 * <p>Each segment is one self-describing file ({@link xyz.autonomys.farmer.cache.fullpiece.SegmentFile} has the layout),
 * so a directory can be written by an export, copied, and served. While a segment is being filled its file ends in
 * {@code .part}; a crash at any byte leaves pieces that are whole or recognised as missing by their checksums.
 */
package xyz.autonomys.farmer.cache.fullpiece;
