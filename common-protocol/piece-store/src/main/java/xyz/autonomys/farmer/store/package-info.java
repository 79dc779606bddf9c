/**
 * Pieces on disk, whoever writes or serves them. Every directory with pieces is used by one process
 * ({@link xyz.autonomys.farmer.store.DirectoryLock}) and belongs to one chain
 * ({@link xyz.autonomys.farmer.store.ChainMark}).
 *
 * <p>A directory of segments ({@link xyz.autonomys.farmer.store.SegmentDirectory}) has one self-describing file for each
 * segment ({@link xyz.autonomys.farmer.store.SegmentFile} has the layout), so it can be written by an export, copied, and
 * served. While a segment is being filled its file ends in {@code .part}; a crash at any byte leaves pieces that are whole
 * or recognised as missing by their checksums. {@link xyz.autonomys.farmer.store.DirectoryVerification} checks every piece
 * against the commitment of its segment.
 */
package xyz.autonomys.farmer.store;
