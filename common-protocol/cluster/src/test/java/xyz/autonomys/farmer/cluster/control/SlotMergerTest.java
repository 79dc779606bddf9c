package xyz.autonomys.farmer.cluster.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.SlotInfo;

class SlotMergerTest {
    private static SlotAnnouncement slot(int controller, long number, int challenge) {
        return new SlotAnnouncement(
                new MemberId(String.format("%016x", controller)),
                new SlotInfo(number, Blake3Hash.fromHex(String.format("%064x", challenge)), 1, 1),
                4000);
    }

    @Test
    void theFirstAnnouncementOfANumberCounts() {
        SlotMerger merger = new SlotMerger();
        assertTrue(merger.accept(slot(1, 10, 5)).isPresent());
        assertEquals(Optional.empty(), merger.accept(slot(2, 10, 5)));
        assertEquals(Optional.empty(), merger.accept(slot(2, 9, 5)));
        assertEquals(slot(2, 12, 6), merger.accept(slot(2, 12, 6)).orElseThrow());
        assertEquals(Optional.empty(), merger.accept(slot(1, 11, 7)));
        assertEquals(0, merger.differingChallenges());
    }

    @Test
    void numbersAreUnsignedAndAForkIsCounted() {
        SlotMerger merger = new SlotMerger();
        assertTrue(merger.accept(slot(1, Long.MAX_VALUE, 1)).isPresent());
        assertTrue(merger.accept(slot(1, Long.MIN_VALUE, 1)).isPresent());
        assertEquals(Optional.empty(), merger.accept(slot(2, Long.MIN_VALUE, 2)));
        assertEquals(1, merger.differingChallenges());
    }
}
