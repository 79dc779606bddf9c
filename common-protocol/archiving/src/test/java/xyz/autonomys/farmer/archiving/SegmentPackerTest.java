package xyz.autonomys.farmer.archiving;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.LastArchivedBlock;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.primitives.SegmentCommitment;
import xyz.autonomys.farmer.primitives.SegmentHeader;
import xyz.autonomys.farmer.primitives.scale.SegmentHeaders;

class SegmentPackerTest {
    private static final int S = ProtocolSizes.RECORDED_HISTORY_SEGMENT_BYTES;
    private static final HexFormat HEX = HexFormat.of();

    @Test
    void packsTheRecordedHistoryIntoTheRecordedSegments() throws Exception {
        SegmentPacker packer = new SegmentPacker();
        int segment = 0;
        for (int number = 0; number < 14; number++) {
            byte[] block = GoldenHistory.block(number);
            JsonNode recorded = GoldenHistory.vectors().get("blocks").get(number);
            assertEquals(recorded.get("sha256").asText(), HEX.formatHex(sha256(block)), "block " + number);
            assertEquals(number, packer.nextBlockNumber());
            packer.add(block);
            int closed = 0;
            while (packer.closedSegment().isPresent()) {
                SegmentHeader header = GoldenHistory.header(segment);
                assertEquals(header.lastArchivedBlock(), packer.lastArchivedBlock(), "segment " + segment);
                check(GoldenHistory.segment(segment), packer.closedSegment().get());
                packer.next(header);
                segment++;
                closed++;
            }
            assertEquals(recorded.get("segments_closed").asInt(), closed, "segments closed by block " + number);
        }
        assertEquals(6, segment);
    }

    private static void check(JsonNode recorded, SegmentBytes segment) throws Exception {
        byte[] bytes = bytes(segment);
        assertEquals(recorded.get("segment_sha256").asText(), HEX.formatHex(sha256(bytes)));
        assertEquals(recorded.get("segment_first_16").asText(), HEX.formatHex(bytes, 0, 16));
        assertEquals(recorded.get("segment_last_16").asText(), HEX.formatHex(bytes, S - 16, S));
        List<String> items = new ArrayList<>();
        recorded.get("items")
                .forEach(item -> items.add(item.properties().iterator().next().toString()));
        items.remove("Padding=0");
        assertEquals(
                items,
                SegmentReader.read(segment).stream()
                        .map(SegmentPackerTest::describe)
                        .toList());
    }

    private static String describe(SegmentItem item) {
        return switch (item) {
            case SegmentItem.Padding it -> "Padding=" + it.bytes();
            case SegmentItem.Block it -> "Block=" + it.bytes().length;
            case SegmentItem.BlockStart it -> "BlockStart=" + it.bytes().length;
            case SegmentItem.BlockContinuation it -> "BlockContinuation=" + it.bytes().length;
            case SegmentItem.ParentSegmentHeader it ->
                "ParentSegmentHeader=" + SegmentHeaders.encode(it.header()).length;
        };
    }

    /** Spec 03 §5: the first block fills all but {@code room} bytes of segment 0, then a block of n bytes is added. */
    @ParameterizedTest
    @CsvSource({
        "2, 20000, 0, -1, 2, -1",
        "3, 20000, 0, -1, 3, -1",
        "4, 20000, 0, -1, 4, -1",
        "5, 20000, 1, 0, 3, 20000",
        "6, 20000, 1, 1, 3, 19999",
        "70, 20000, 1, 65, 2, 19935",
        "16388, 20000, 1, 16383, 2, 3617",
        "16389, 20000, 1, 16384, 0, 3616",
        "3, 100, 1, 0, 1, 100",
        "66, 100, 1, 63, 1, 37",
        "67, 100, 1, 64, 0, 36",
    })
    void cutsAtTheBoundaryAsUpstreamDoes(int room, int n, int number, long partial, int fill, int continuation)
            throws Exception {
        SegmentPacker packer = new SegmentPacker();
        packer.add(new byte[S - room - 6]);
        assertEquals(room == 2, packer.closedSegment().isPresent());
        if (room > 2) {
            packer.add(GoldenHistory.keyStream(1, n));
        }
        SegmentBytes segment = packer.closedSegment().orElseThrow();
        assertEquals(new LastArchivedBlock(number, partial), packer.lastArchivedBlock());
        List<SegmentItem> items = SegmentReader.read(segment);
        int padding = items.getLast() instanceof SegmentItem.Padding it ? it.bytes() : 0;
        assertEquals(fill, padding);
        packer.next(header(0, packer.lastArchivedBlock()));
        assertFalse(packer.closedSegment().isPresent());
        if (room == 2) {
            packer.add(new byte[n]);
        }
        // What waits is written into the next segment at once: header item, then the rest or the whole block.
        packer.add(new byte[S]);
        List<SegmentItem> next = SegmentReader.read(packer.closedSegment().orElseThrow());
        switch (next.get(1)) {
            case SegmentItem.BlockContinuation it -> assertEquals(continuation, it.bytes().length);
            case SegmentItem.Block it -> assertEquals(n, it.bytes().length);
            default -> throw new AssertionError(next.get(1));
        }
        assertEquals(continuation < 0, next.get(1) instanceof SegmentItem.Block);
    }

    @Test
    void aBlockMayFillSeveralSegments() {
        SegmentPacker packer = new SegmentPacker();
        packer.add(new byte[S / 2]);
        packer.add(new byte[2 * (S / 3)]);
        assertEquals(new LastArchivedBlock(1, 65011701), packer.lastArchivedBlock());
        packer.next(header(0, packer.lastArchivedBlock()));
        packer.add(new byte[2 * S]);
        assertEquals(new LastArchivedBlock(2, 108352733), packer.lastArchivedBlock());
        packer.next(header(1, packer.lastArchivedBlock()));
        assertEquals(new LastArchivedBlock(2, 238376052), packer.lastArchivedBlock());
        packer.next(header(2, packer.lastArchivedBlock()));
        assertFalse(packer.closedSegment().isPresent());
        packer.add(new byte[S - 21_670_908]);
        assertTrue(packer.closedSegment().isPresent());
        assertEquals(new LastArchivedBlock(3, -1), packer.lastArchivedBlock());
    }

    @Test
    void aSegmentClosesWithTwoBytesLeftButNotWithThree() {
        SegmentPacker closing = new SegmentPacker();
        closing.add(new byte[S - 8]);
        assertTrue(closing.closedSegment().isPresent());
        SegmentPacker open = new SegmentPacker();
        open.add(new byte[S - 9]);
        assertFalse(open.closedSegment().isPresent());
    }

    @Test
    void goesOnAfterARestartAsIfItHadNotStopped() throws Exception {
        SegmentPacker packer = new SegmentPacker(GoldenHistory.header(0), GoldenHistory.block(0));
        packer.add(GoldenHistory.block(1));
        packer.add(GoldenHistory.block(2));
        check(GoldenHistory.segment(1), packer.closedSegment().orElseThrow());

        packer = new SegmentPacker(GoldenHistory.header(2), GoldenHistory.block(3));
        packer.add(GoldenHistory.block(4));
        packer.add(GoldenHistory.block(5));
        packer.add(GoldenHistory.block(6));
        check(GoldenHistory.segment(3), packer.closedSegment().orElseThrow());
    }

    @Test
    void refusesALastBlockThatCannotBeTheArchivedOne() {
        SegmentHeader header = GoldenHistory.header(0);
        assertTrue(assertThrows(IllegalArgumentException.class, () -> new SegmentPacker(header, new byte[130_023_417]))
                .getMessage()
                .contains("has 130023417 bytes, but segment 0 already holds 130023418"));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> new SegmentPacker(header, new byte[130_023_418]))
                .getMessage()
                .contains("whose header says that it continues"));
        assertEquals(1, new SegmentPacker(header, new byte[130_023_419]).nextBlockNumber());
    }

    @Test
    void compactLengthsTakeTheShortestForm() {
        assertArrayEquals(HEX.parseHex("00"), CompactLength.encode(0));
        assertArrayEquals(HEX.parseHex("18"), CompactLength.encode(6));
        assertArrayEquals(HEX.parseHex("fc"), CompactLength.encode(63));
        assertArrayEquals(HEX.parseHex("0101"), CompactLength.encode(64));
        assertArrayEquals(HEX.parseHex("490c"), CompactLength.encode(786));
        assertArrayEquals(HEX.parseHex("fdff"), CompactLength.encode(16383));
        assertArrayEquals(HEX.parseHex("02000100"), CompactLength.encode(16384));
        assertArrayEquals(HEX.parseHex("eaffff1e"), CompactLength.encode(130023418));
        for (int length : new int[] {0, 63, 64, 16383, 16384, CompactLength.LIMIT - 1}) {
            assertEquals(length, CompactLength.decode(CompactLength.encode(length)));
        }
        assertEquals(-1, CompactLength.decode(HEX.parseHex("0100")));
        assertEquals(0, CompactLength.sizeFrom((byte) 3));
    }

    private static SegmentHeader header(long index, LastArchivedBlock last) {
        return new SegmentHeader(index, SegmentCommitment.of(new byte[48]), Blake3Hash.of(new byte[32]), last);
    }

    private static byte[] bytes(SegmentBytes segment) {
        byte[] bytes = new byte[S];
        segment.copy(0, bytes, 0, S);
        return bytes;
    }

    private static byte[] sha256(byte[] bytes) throws Exception {
        return MessageDigest.getInstance("SHA-256").digest(bytes);
    }
}
