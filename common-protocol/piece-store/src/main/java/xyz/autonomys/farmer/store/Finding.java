package xyz.autonomys.farmer.store;

import java.util.BitSet;
import java.util.StringJoiner;

/**
 * What a verification found about the pieces of one segment in one place.
 *
 * @param place where they are: a file, a cache
 * @param segmentIndex the segment (u64)
 * @param bad positions of pieces that are there and wrong
 * @param missing positions of pieces that should be there and are not
 */
public record Finding(String place, long segmentIndex, BitSet bad, BitSet missing) {
    /** Whether every piece is there and right. */
    public boolean isGood() {
        return bad.isEmpty() && missing.isEmpty();
    }

    /** For people: place, segment, pieces by their index in history. */
    @Override
    public String toString() {
        if (isGood()) {
            return place + ": segment " + Long.toUnsignedString(segmentIndex) + " is good";
        }
        StringJoiner text =
                new StringJoiner("; ", place + ": segment " + Long.toUnsignedString(segmentIndex) + ": ", "");
        if (!bad.isEmpty()) {
            text.add("bad pieces " + indexes(bad));
        }
        if (!missing.isEmpty()) {
            text.add("missing pieces " + indexes(missing));
        }
        return text.toString();
    }

    private String indexes(BitSet positions) {
        StringJoiner ranges = new StringJoiner(", ");
        long first = segmentIndex << 8;
        for (int from = positions.nextSetBit(0); from >= 0; from = positions.nextSetBit(from)) {
            int end = positions.nextClearBit(from);
            String begin = Long.toUnsignedString(first + from);
            ranges.add(end == from + 1 ? begin : begin + "-" + Long.toUnsignedString(first + end - 1));
            from = end;
        }
        return ranges.toString();
    }
}
