package xyz.autonomys.farmer.archiving;

import java.util.Optional;
import xyz.autonomys.farmer.primitives.LastArchivedBlock;
import xyz.autonomys.farmer.primitives.SegmentHeader;
import xyz.autonomys.farmer.primitives.scale.SegmentHeaders;

/**
 * Packs blocks into segments: which bytes of which block go where. Items are written as soon as they are known to be in
 * the segment, since what is written never depends on what follows; at most one block waits for the next segment.
 *
 * <p>Three rules shape every segment boundary. A segment with at most two bytes of room is closed. A block that does not
 * fit is cut, the number of bytes kept being computed with the length prefix of the <em>whole</em> block although the
 * shorter prefix of the kept part is written; the bytes won stay zero. A block of which not even that prefix fits is
 * left untouched for the next segment.
 *
 * <p>Source: autonomys/subspace, crates/subspace-archiving/src/archiver.rs (spec 03 §5).
 */
final class SegmentPacker {
    /** A segment with this much room or less takes no further item. */
    private static final int CLOSED_ROOM = 2;

    private SegmentBytes segment = new SegmentBytes();
    private long nextBlockNumber;
    private LastArchivedBlock last = new LastArchivedBlock(0, -1);

    /** The block that waits, if any, the first byte of it that is not archived yet, and whether it was cut before. */
    private byte[] waiting;

    private int waitingFrom;
    private boolean waitingContinues;
    private boolean closed;

    /** Begins history with block 0. */
    SegmentPacker() {
        segment.append(new byte[] {SegmentItem.VERSION});
    }

    /**
     * Goes on after {@code parent}.
     *
     * @param lastBlock the encoded bytes of the block with which {@code parent} ends; only looked at if that block was
     *     not archived completely
     * @throws IllegalArgumentException if {@code lastBlock} is not longer than what was archived of it
     */
    SegmentPacker(SegmentHeader parent, byte[] lastBlock) {
        LastArchivedBlock lastArchived = parent.lastArchivedBlock();
        long archived = lastArchived.partialBytes();
        if (archived >= 0) {
            if (lastBlock.length < archived) {
                throw new IllegalArgumentException("block " + lastArchived.number() + " has " + lastBlock.length
                        + " bytes, but segment " + Long.toUnsignedString(parent.segmentIndex()) + " already holds "
                        + archived + " bytes of it: this is not the archived block");
            }
            if (lastBlock.length == archived) {
                throw new IllegalArgumentException("block " + lastArchived.number() + " has " + lastBlock.length
                        + " bytes, all of them in segment " + Long.toUnsignedString(parent.segmentIndex())
                        + ", whose header says that it continues: this is not the archived block");
            }
            waiting = lastBlock;
            waitingFrom = (int) archived;
            waitingContinues = true;
        }
        nextBlockNumber = lastArchived.number() + 1;
        last = lastArchived;
        begin(parent);
        pack();
    }

    /** The number of the block that {@link #add} takes next. */
    long nextBlockNumber() {
        return nextBlockNumber;
    }

    /** Adds the next block. No segment may be closed at this moment. */
    void add(byte[] block) {
        if (closed) {
            throw new IllegalStateException("a closed segment must be taken before the next block");
        }
        if (block.length >= CompactLength.LIMIT) {
            throw new IllegalArgumentException("block " + nextBlockNumber + " has " + block.length
                    + " bytes, history holds blocks below " + CompactLength.LIMIT + " bytes");
        }
        waiting = block;
        waitingFrom = 0;
        waitingContinues = false;
        nextBlockNumber++;
        pack();
    }

    /** The segment that has been closed, if one has. Until {@link #next} the packer stands still. */
    Optional<SegmentBytes> closedSegment() {
        return closed ? Optional.of(segment) : Optional.empty();
    }

    /** The block with which the segment that has been closed ends. */
    LastArchivedBlock lastArchivedBlock() {
        return last;
    }

    /** Begins the segment after the one that has been closed, now that its header is known. */
    void next(SegmentHeader headerOfClosed) {
        if (!closed) {
            throw new IllegalStateException("no segment has been closed");
        }
        begin(headerOfClosed);
        pack();
    }

    private void begin(SegmentHeader parent) {
        segment = new SegmentBytes();
        closed = false;
        segment.append(new byte[] {SegmentItem.VERSION, SegmentItem.PARENT_SEGMENT_HEADER});
        segment.append(SegmentHeaders.encode(parent));
    }

    private void pack() {
        while (!closed) {
            if (segment.room() <= CLOSED_ROOM) {
                close();
            } else if (waiting == null) {
                return;
            } else {
                placeWaiting();
            }
        }
    }

    private void placeWaiting() {
        int length = waiting.length - waitingFrom;
        int overhead = 1 + CompactLength.size(length);
        long number = nextBlockNumber - 1;
        if (overhead + length <= segment.room()) {
            write(waitingContinues ? SegmentItem.BLOCK_CONTINUATION : SegmentItem.BLOCK, length);
            last = new LastArchivedBlock(number, -1);
            waiting = null;
            return;
        }
        if (overhead <= segment.room()) {
            int keep = segment.room() - overhead;
            write(waitingContinues ? SegmentItem.BLOCK_CONTINUATION : SegmentItem.BLOCK_START, keep);
            waitingFrom += keep;
            waitingContinues = true;
            last = new LastArchivedBlock(number, waitingFrom);
        }
        close();
    }

    private void write(int index, int length) {
        segment.append(new byte[] {(byte) index});
        segment.append(CompactLength.encode(length));
        segment.append(waiting, waitingFrom, length);
    }

    private void close() {
        segment.fill();
        closed = true;
    }
}
