package xyz.autonomys.farmer.cluster.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.FarmerProtocolInfo;
import xyz.autonomys.farmer.primitives.PublicKey;
import xyz.autonomys.farmer.primitives.SlotInfo;

class ControlCodecTest {
    private static final MemberId ID = new MemberId("0011223344556677");

    private static final String SLOT_GOLDEN = "{\"v\":1,\"controller\":\"0011223344556677\",\"slot\":{"
            + "\"slotNumber\":18446744073709551615,\"globalChallenge\":\"" + "ab".repeat(32) + "\","
            + "\"solutionRange\":6148914691236495,\"votingSolutionRange\":9223372036854775808},"
            + "\"farmingTimeoutMillis\":4000}";

    private static SlotAnnouncement slot() {
        return new SlotAnnouncement(
                ID, new SlotInfo(-1, Blake3Hash.fromHex("ab".repeat(32)), 6148914691236495L, Long.MIN_VALUE), 4000);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void aSlotHasTheseBytes() throws ControlFormatException {
        assertEquals(SLOT_GOLDEN, new String(ControlCodec.encode(slot()), StandardCharsets.UTF_8));
        assertEquals(slot(), ControlCodec.decode(utf8(SLOT_GOLDEN), SlotAnnouncement.class, "test"));
    }

    @Test
    void everyKindComesBackAsItWas() throws ControlFormatException {
        PlotTask task = new PlotTask(
                ID,
                "01M88EBPR2WKMCEW3ZYQTRA0GK",
                PublicKey.fromHex("4a".repeat(32)),
                65_533,
                7,
                1000,
                new FarmerProtocolInfo(312, 1000, 5, 1, 10, 4));
        for (Record message : List.of(
                task,
                new StagedSector(task, ID, "sector-1", 1_057_027_180L, Blake3Hash.fromHex("0f".repeat(32))),
                new CacheMap(
                        3,
                        1_700_000_000_000L,
                        CacheLayout.SPLIT_PARITY_PIECE,
                        1,
                        2,
                        1,
                        List.of(new CacheMap.Holder(ID, 1000, 2)),
                        List.of(new CacheMap.Holder(new MemberId("8899aabbccddeeff"), 7, 1))),
                new Member(
                        ID,
                        MemberRole.FULL_PIECE_CACHE,
                        "0.1.0",
                        "10.0.0.1:4000",
                        "cache-1",
                        1L << 40,
                        0,
                        500,
                        true,
                        "pieces of segment 3",
                        List.of(new Member.Detail("coverage", "98 %"))),
                new SubmissionAnswer(SubmissionAnswer.Outcome.UNKNOWN, "connection lost"))) {
            assertEquals(message, ControlCodec.decode(ControlCodec.encode(message), message.getClass(), "test"));
        }
    }

    @Test
    void anotherVersionIsRefusedAndBothAreNamed() {
        ControlFormatException refused = assertThrows(
                ControlFormatException.class,
                () -> ControlCodec.decode(
                        utf8(SLOT_GOLDEN.replace("\"v\":1", "\"v\":3")), SlotAnnouncement.class, "a.v1.slots.x"));
        assertTrue(
                refused.getMessage().contains("version 3")
                        && refused.getMessage().contains("speaks 2"),
                refused.getMessage());
        assertTrue(refused.getMessage().startsWith("a.v1.slots.x:"), refused.getMessage());
    }

    @Test
    void whatIsMissingUnknownOrOutOfRangeIsRefused() {
        for (String bad : List.of(
                "",
                "null",
                "[]",
                "{",
                SLOT_GOLDEN.replace("\"v\":1,", ""),
                SLOT_GOLDEN.replace(",\"farmingTimeoutMillis\":4000", ""),
                SLOT_GOLDEN.replace("4000", "-1"),
                SLOT_GOLDEN.replace("4000", "18446744073709551616"),
                SLOT_GOLDEN.replace("4000", "\"4000\""),
                SLOT_GOLDEN.replace("4000", "4000.5"),
                SLOT_GOLDEN.replace("abab", "ab"),
                SLOT_GOLDEN.replace("abab", "zzzz"),
                SLOT_GOLDEN.replace("00112233", "0011223G"),
                SLOT_GOLDEN.replace("\"v\":1", "\"v\":1,\"surprise\":1"))) {
            ControlFormatException refused = assertThrows(
                    ControlFormatException.class,
                    () -> ControlCodec.decode(utf8(bad), SlotAnnouncement.class, "origin"),
                    bad);
            assertTrue(refused.getMessage().startsWith("origin:"), refused.getMessage());
        }
    }

    @Test
    void nothingAboveTheLimitIsSentOrRead() {
        Member large = new Member(
                ID,
                MemberRole.CONTROLLER,
                "0.1.0",
                "",
                "h",
                0,
                0,
                0,
                true,
                "x".repeat(ControlCodec.MAX_MESSAGE_BYTES),
                List.of());
        assertThrows(IllegalArgumentException.class, () -> ControlCodec.encode(large));
        byte[] padded = Arrays.copyOf(utf8(SLOT_GOLDEN), ControlCodec.MAX_MESSAGE_BYTES + 1);
        Arrays.fill(padded, SLOT_GOLDEN.length(), padded.length, (byte) ' ');
        assertThrows(ControlFormatException.class, () -> ControlCodec.decode(padded, SlotAnnouncement.class, "origin"));
    }

    @Test
    @Tag("long")
    void mutatedMessagesAreDecodedOrRefusedButNeverBreakAnything() {
        byte[] golden = utf8(SLOT_GOLDEN);
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int refused = 0;
        for (int i = 0; i < 200_000; i++) {
            byte[] mutated = Arrays.copyOf(golden, 1 + random.nextInt(golden.length + 4));
            for (int m = random.nextInt(5); m >= 0; m--) {
                mutated[random.nextInt(mutated.length)] = (byte) random.nextInt(256);
            }
            try {
                ControlCodec.decode(mutated, SlotAnnouncement.class, "fuzz, seed " + seed);
            } catch (ControlFormatException e) {
                refused++;
            }
        }
        assertTrue(refused > 100_000, "most mutations are refused, seed " + seed);
    }
}
