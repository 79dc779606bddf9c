package xyz.autonomys.farmer.cluster.data;

import java.util.Arrays;
import java.util.Objects;

/**
 * Everything that can be asked of a peer. The bytes of each kind are in {@link DataRequestCodec}.
 *
 * <p>Arrays inside requests are handed over: whoever makes a request does not write to them again.
 */
public sealed interface DataRequest {
    /** The most bytes an encoded request may have: a record's chunks for a proof and some room beside them. */
    int MAX_BYTES = 2 << 20;

    /** The most pieces one request may name. */
    int MAX_PIECES = 4096;

    /** Whether the peer should keep room for this request before others. */
    default boolean highPriority() {
        return false;
    }

    /**
     * Pieces from a cache. One item for each index, in any order; the key is the index, a piece that the peer does not
     * have is a missing item.
     *
     * @param itemType what to send for each index
     * @param highPriority see {@link #highPriority()}
     * @param indices piece indices (u64), at most {@value #MAX_PIECES}
     */
    record Pieces(ItemType itemType, @Override boolean highPriority, long... indices) implements DataRequest {
        /** Checks the number of indices. */
        public Pieces {
            Objects.requireNonNull(itemType);
            checkCount(indices);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Pieces that
                    && itemType == that.itemType
                    && highPriority == that.highPriority
                    && Arrays.equals(indices, that.indices);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(indices);
        }

        @Override
        public String toString() {
            return indices.length + (highPriority ? " pieces with priority" : " pieces");
        }
    }

    /**
     * Which pieces a cache holds as its share says. One item with key 0: a bit for each index, the first in the lowest
     * bit of the first byte; missing if the cache goes by another cache map.
     *
     * @param epoch number of the cache map that says what the share is (u64)
     * @param indices piece indices (u64), at most {@value #MAX_PIECES}
     */
    record Holdings(long epoch, long... indices) implements DataRequest {
        /** Checks the number of indices. */
        public Holdings {
            checkCount(indices);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Holdings that && epoch == that.epoch && Arrays.equals(indices, that.indices);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(indices);
        }

        @Override
        public String toString() {
            return "whether " + indices.length + " pieces are held";
        }
    }

    /**
     * Pieces of recent segments, from a controller that has them from its node. Answered as {@link Pieces}.
     *
     * @param indices piece indices (u64), at most {@value #MAX_PIECES}
     */
    record FreshPieces(long... indices) implements DataRequest {
        /** Checks the number of indices. */
        public FreshPieces {
            checkCount(indices);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof FreshPieces that && Arrays.equals(indices, that.indices);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(indices);
        }

        @Override
        public String toString() {
            return indices.length + " fresh pieces";
        }
    }

    /**
     * A part of a file that the peer staged: a finished sector. One item with key 0, missing if there is no such file.
     *
     * @param fileId the name under which it was staged, at most 256 bytes of UTF-8
     * @param offset first byte wanted, not negative
     * @param length most bytes wanted, positive; the answer ends with the file at the latest
     */
    record FileRange(String fileId, long offset, long length) implements DataRequest {
        static final int MAX_ID_BYTES = 256;

        /** Checks the range. */
        public FileRange {
            if (offset < 0 || length <= 0) {
                throw new IllegalArgumentException(
                        "a file range has an offset from 0 and a length from 1, got " + offset + " and " + length);
            }
            if (fileId.isEmpty() || fileId.getBytes(java.nio.charset.StandardCharsets.UTF_8).length > MAX_ID_BYTES) {
                throw new IllegalArgumentException("a file id has 1 to " + MAX_ID_BYTES + " bytes");
            }
        }

        @Override
        public String toString() {
            return "file " + fileId + " from offset " + offset;
        }
    }

    /**
     * A proof for the chunks of a record. One item with key 0: the reply of the proof server. Both bodies are those of
     * the proving messages.
     *
     * @param body at most {@value #MAX_BYTES} bytes
     */
    record Proof(byte[] body) implements DataRequest {
        /** Checks the length. */
        public Proof {
            checkBody(body);
        }

        /** Slots do not wait. */
        @Override
        public boolean highPriority() {
            return true;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Proof that && Arrays.equals(body, that.body);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(body);
        }

        @Override
        public String toString() {
            return "a proof";
        }
    }

    /** How the process is. One item with key 0: UTF-8 text for humans and {@code doctor}. */
    record Health() implements DataRequest {}

    /**
     * The same bytes back, one item with key 0: checks a path in both directions.
     *
     * @param body at most {@value #MAX_BYTES} bytes
     */
    record Echo(byte[] body) implements DataRequest {
        /** Checks the length. */
        public Echo {
            checkBody(body);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Echo that && Arrays.equals(body, that.body);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(body);
        }

        @Override
        public String toString() {
            return "an echo of " + body.length + " bytes";
        }
    }

    private static void checkCount(long... indices) {
        if (indices.length == 0 || indices.length > MAX_PIECES) {
            throw new IllegalArgumentException("a request names 1 to " + MAX_PIECES + " pieces, got " + indices.length);
        }
    }

    private static void checkBody(byte... body) {
        if (body.length > MAX_BYTES) {
            throw new IllegalArgumentException("a request has at most " + MAX_BYTES + " bytes, got " + body.length);
        }
    }
}
