package xyz.autonomys.farmer.devnode;

import java.util.ArrayList;
import java.util.List;
import xyz.autonomys.farmer.primitives.SegmentCommitment;
import xyz.autonomys.farmer.primitives.SegmentHeader;

/** What a faulty node announces instead of an archived segment. Nothing is wrong at first. Thread-safe. */
final class HeaderFaults {
    private int duplicates;
    private int again;
    private int gap;
    private int swaps;
    private int conflicts;
    private SegmentHeader held;

    /** Announces each of the next headers twice. */
    synchronized void duplicate(int count) {
        duplicates = count;
    }

    /** Announces each of the next headers once more after it was acknowledged. */
    synchronized void repeatAcknowledged(int count) {
        again = count;
    }

    /** Leaves out the next headers. */
    synchronized void leaveOut(int count) {
        gap = count;
    }

    /** Holds the next header back until after the one that follows it. */
    synchronized void swap(int count) {
        swaps = count;
    }

    /** Announces behind each of the next headers another one with the same index. */
    synchronized void contradict(int count) {
        conflicts = count;
    }

    /** What is announced for a segment, in order; nobody is expected to acknowledge what is left out. */
    synchronized List<SegmentHeader> announce(SegmentHeader header) {
        if (gap > 0) {
            gap--;
            return List.of();
        }
        if (swaps > 0 && held == null) {
            swaps--;
            held = header;
            return List.of();
        }
        List<SegmentHeader> now = new ArrayList<>();
        now.add(header);
        if (held != null) {
            now.add(held);
            held = null;
        }
        if (duplicates > 0) {
            duplicates--;
            now.add(header);
        }
        if (conflicts > 0) {
            conflicts--;
            now.add(contradiction(header));
        }
        return now;
    }

    /** Whether a header is announced again after its acknowledgement. */
    synchronized boolean takeAgain() {
        boolean wanted = again > 0;
        if (wanted) {
            again--;
        }
        return wanted;
    }

    private static SegmentHeader contradiction(SegmentHeader header) {
        byte[] commitment = header.segmentCommitment().toBytes();
        commitment[commitment.length - 1] ^= 1;
        return new SegmentHeader(
                header.segmentIndex(),
                SegmentCommitment.of(commitment),
                header.prevSegmentHeaderHash(),
                header.lastArchivedBlock());
    }
}
