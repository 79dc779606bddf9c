package xyz.autonomys.farmer.archiving;

import xyz.autonomys.farmer.primitives.SegmentHeader;

/**
 * One item of a segment. A segment is the version byte 0, items, and zero bytes up to its full size, which read as
 * {@link Padding}. The index byte of each kind is {@link #index()}.
 *
 * <p>Source: autonomys/subspace, crates/subspace-archiving/src/archiver.rs (spec 03 §4).
 */
sealed interface SegmentItem {
    /** Version byte every segment begins with. */
    byte VERSION = 0;

    int PADDING = 0;
    int BLOCK = 1;
    int BLOCK_START = 2;
    int BLOCK_CONTINUATION = 3;
    int PARENT_SEGMENT_HEADER = 4;

    /** The first byte of the item's encoding. */
    int index();

    /** The zero bytes at the end of a segment, {@code bytes} of them in a row. */
    record Padding(int bytes) implements SegmentItem {
        @Override
        public int index() {
            return PADDING;
        }
    }

    /** A whole encoded block. */
    record Block(byte[] bytes) implements SegmentItem {
        @Override
        public int index() {
            return BLOCK;
        }
    }

    /** The first bytes of a block, possibly none. */
    record BlockStart(byte[] bytes) implements SegmentItem {
        @Override
        public int index() {
            return BLOCK_START;
        }
    }

    /** The next bytes of a block begun in an earlier segment. */
    record BlockContinuation(byte[] bytes) implements SegmentItem {
        @Override
        public int index() {
            return BLOCK_CONTINUATION;
        }
    }

    /** The header of the segment before. */
    record ParentSegmentHeader(SegmentHeader header) implements SegmentItem {
        @Override
        public int index() {
            return PARENT_SEGMENT_HEADER;
        }
    }
}
