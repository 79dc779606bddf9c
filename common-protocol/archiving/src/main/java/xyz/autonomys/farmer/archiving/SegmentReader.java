package xyz.autonomys.farmer.archiving;

import static xyz.autonomys.farmer.primitives.ProtocolSizes.RECORDED_HISTORY_SEGMENT_BYTES;

import java.util.ArrayList;
import java.util.List;
import xyz.autonomys.farmer.archiving.SegmentItem.Block;
import xyz.autonomys.farmer.archiving.SegmentItem.BlockContinuation;
import xyz.autonomys.farmer.archiving.SegmentItem.BlockStart;
import xyz.autonomys.farmer.archiving.SegmentItem.Padding;
import xyz.autonomys.farmer.archiving.SegmentItem.ParentSegmentHeader;
import xyz.autonomys.farmer.primitives.SegmentHeader;
import xyz.autonomys.farmer.primitives.scale.SegmentHeaders;

/** Parses the bytes of a segment into its items (spec 03 §4). There is no item count: items run to the end. */
final class SegmentReader {
    /** An encoded segment header: 94 bytes, and 4 more when its last block is partial, which byte 93 tells. */
    private static final int HEADER_BYTES = 94;

    private static final int HEADER_PROGRESS_OFFSET = 93;
    private static final int HEADER_PARTIAL_BYTES = 4;

    private final SegmentBytes segment;
    private int position;

    private SegmentReader(SegmentBytes segment) {
        this.segment = segment;
    }

    /**
     * The items of a full segment in order, padding in a row as one.
     *
     * @throws ReconstructionException naming offset and finding if the bytes are no segment
     */
    static List<SegmentItem> read(SegmentBytes segment) throws ReconstructionException {
        return new SegmentReader(segment).items();
    }

    private List<SegmentItem> items() throws ReconstructionException {
        byte version = next("version");
        if (version != SegmentItem.VERSION) {
            throw new ReconstructionException("the segment has version " + (version & 0xff) + ", expected 0");
        }
        List<SegmentItem> items = new ArrayList<>();
        while (position < RECORDED_HISTORY_SEGMENT_BYTES) {
            int at = position;
            byte index = next("item");
            items.add(
                    switch (index) {
                        case SegmentItem.PADDING -> padding();
                        case SegmentItem.BLOCK -> new Block(payload());
                        case SegmentItem.BLOCK_START -> new BlockStart(payload());
                        case SegmentItem.BLOCK_CONTINUATION -> new BlockContinuation(payload());
                        case SegmentItem.PARENT_SEGMENT_HEADER -> new ParentSegmentHeader(header());
                        default ->
                            throw new ReconstructionException("at byte " + at
                                    + " of the segment an item begins with index " + (index & 0xff)
                                    + ", known are 0 to 4");
                    });
        }
        return items;
    }

    private Padding padding() throws ReconstructionException {
        int bytes = 1;
        while (position < RECORDED_HISTORY_SEGMENT_BYTES && peek() == SegmentItem.PADDING) {
            position++;
            bytes++;
        }
        return new Padding(bytes);
    }

    private byte[] payload() throws ReconstructionException {
        int at = position;
        int size = CompactLength.sizeFrom(peek());
        int length = size == 0 ? -1 : CompactLength.decode(take(size, "length"));
        if (length < 0) {
            throw new ReconstructionException(
                    "at byte " + at + " of the segment stands no shortest compact length below 2^30");
        }
        return take(length, "payload");
    }

    private SegmentHeader header() throws ReconstructionException {
        int at = position;
        byte[] fixed = take(HEADER_BYTES, "parent segment header");
        boolean partial = fixed[HEADER_PROGRESS_OFFSET] == 1;
        position = at;
        byte[] bytes = take(HEADER_BYTES + (partial ? HEADER_PARTIAL_BYTES : 0), "parent segment header");
        try {
            return SegmentHeaders.decode(bytes);
        } catch (RuntimeException e) {
            throw new ReconstructionException("at byte " + at + " of the segment: " + e.getMessage(), e);
        }
    }

    private byte next(String what) throws ReconstructionException {
        return take(1, what)[0];
    }

    private byte peek() throws ReconstructionException {
        byte value = next("length");
        position--;
        return value;
    }

    private byte[] take(int length, String what) throws ReconstructionException {
        if (length > RECORDED_HISTORY_SEGMENT_BYTES - position) {
            throw new ReconstructionException("at byte " + position + " of the segment a " + what + " of " + length
                    + " bytes begins, but only " + (RECORDED_HISTORY_SEGMENT_BYTES - position) + " bytes are left");
        }
        byte[] bytes = new byte[length];
        segment.copy(position, bytes, 0, length);
        position += length;
        return bytes;
    }
}
