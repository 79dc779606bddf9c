package xyz.autonomys.farmer.archiving;

import static xyz.autonomys.farmer.primitives.ProtocolSizes.CHUNK_BYTES;
import static xyz.autonomys.farmer.primitives.ProtocolSizes.PIECE_BYTES;
import static xyz.autonomys.farmer.primitives.ProtocolSizes.RAW_RECORD_BYTES;
import static xyz.autonomys.farmer.primitives.ProtocolSizes.RECORDED_HISTORY_SEGMENT_BYTES;
import static xyz.autonomys.farmer.primitives.ProtocolSizes.RECORD_BYTES;
import static xyz.autonomys.farmer.primitives.ProtocolSizes.SAFE_CHUNK_BYTES;
import static xyz.autonomys.farmer.primitives.ProtocolSizes.SOURCE_RECORDS;

import java.util.Objects;

/**
 * The bytes of a segment, kept where they belong: 31 of every 32-byte chunk of its 128 source records, the first byte
 * of a chunk being zero so that it is a canonical scalar.
 *
 * <pre>
 * segment byte o  =  source record o div 1,015,808, chunk (o mod 1,015,808) div 31, byte 1 + (o mod 1,015,808) mod 31
 * </pre>
 *
 * <p>Source pieces are allocated when the first byte of their record is written, so a segment being filled takes about
 * as much memory as it has bytes. Unwritten bytes are zero. Not thread-safe.
 *
 * <p>Source: autonomys/subspace, crates/subspace-archiving/src/archiver.rs (spec 03 §6).
 */
final class SegmentBytes {
    private final byte[][] sourcePieces = new byte[SOURCE_RECORDS][];
    private int size;

    SegmentBytes() {}

    /**
     * A full segment over the arrays of its source pieces, which stay shared.
     *
     * @throws ReconstructionException if a chunk does not begin with a zero byte: it is not history
     */
    static SegmentBytes of(byte[][] sourcePieces) throws ReconstructionException {
        SegmentBytes segment = new SegmentBytes();
        for (int i = 0; i < SOURCE_RECORDS; i++) {
            byte[] piece = Objects.requireNonNull(sourcePieces[i]);
            for (int chunk = 0; chunk < RECORD_BYTES; chunk += CHUNK_BYTES) {
                if (piece[chunk] != 0) {
                    throw new ReconstructionException("chunk " + chunk / CHUNK_BYTES + " of source record " + i
                            + " does not begin with a zero byte, so it is not recorded history");
                }
            }
            segment.sourcePieces[i] = piece;
        }
        segment.size = RECORDED_HISTORY_SEGMENT_BYTES;
        return segment;
    }

    /** Bytes written so far. */
    int size() {
        return size;
    }

    /** Bytes that still fit. */
    int room() {
        return RECORDED_HISTORY_SEGMENT_BYTES - size;
    }

    /** Appends {@code length} bytes, which must fit. */
    void append(byte[] source, int offset, int length) {
        Objects.checkFromIndexSize(size, length, RECORDED_HISTORY_SEGMENT_BYTES);
        int from = offset;
        int left = length;
        while (left > 0) {
            byte[] piece = record(size / RAW_RECORD_BYTES);
            int inRecord = size % RAW_RECORD_BYTES;
            int inChunk = inRecord % SAFE_CHUNK_BYTES;
            int count = Math.min(left, SAFE_CHUNK_BYTES - inChunk);
            System.arraycopy(source, from, piece, inRecord / SAFE_CHUNK_BYTES * CHUNK_BYTES + 1 + inChunk, count);
            size += count;
            from += count;
            left -= count;
        }
    }

    void append(byte[] source) {
        append(source, 0, source.length);
    }

    /** Fills the rest with zeros. */
    void fill() {
        for (int i = size / RAW_RECORD_BYTES; i < SOURCE_RECORDS; i++) {
            record(i);
        }
        size = RECORDED_HISTORY_SEGMENT_BYTES;
    }

    /** Copies {@code length} bytes from {@code position} of the segment on. */
    void copy(int position, byte[] target, int offset, int length) {
        Objects.checkFromIndexSize(position, length, size);
        int at = position;
        int to = offset;
        int left = length;
        while (left > 0) {
            int inRecord = at % RAW_RECORD_BYTES;
            int inChunk = inRecord % SAFE_CHUNK_BYTES;
            int count = Math.min(left, SAFE_CHUNK_BYTES - inChunk);
            System.arraycopy(
                    sourcePieces[at / RAW_RECORD_BYTES],
                    inRecord / SAFE_CHUNK_BYTES * CHUNK_BYTES + 1 + inChunk,
                    target,
                    to,
                    count);
            at += count;
            to += count;
            left -= count;
        }
    }

    /** The array of a whole piece, of which the record of source position {@code i} is filled in. */
    byte[] sourcePiece(int i) {
        return Objects.requireNonNull(sourcePieces[i]);
    }

    private byte[] record(int i) {
        byte[] piece = sourcePieces[i];
        if (piece == null) {
            piece = new byte[PIECE_BYTES];
            sourcePieces[i] = piece;
        }
        return piece;
    }
}
