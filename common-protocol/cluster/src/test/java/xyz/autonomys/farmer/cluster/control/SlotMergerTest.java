package xyz.autonomys.farmer.cluster.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
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
        assertTrue(merger.accept(slot(1, 10, 5), 0).isPresent());
        assertEquals(Optional.empty(), merger.accept(slot(2, 10, 5), 0));
        assertEquals(Optional.empty(), merger.accept(slot(2, 9, 5), 0));
        assertEquals(slot(2, 12, 6), merger.accept(slot(2, 12, 6), 0).orElseThrow());
        assertEquals(Optional.empty(), merger.accept(slot(1, 11, 7), 0));
        assertEquals(0, merger.differingChallenges());
    }

    @Test
    void numbersAreUnsignedAndAForkIsCounted() {
        SlotMerger merger = new SlotMerger();
        assertTrue(merger.accept(slot(1, Long.MAX_VALUE, 1), 0).isPresent());
        assertTrue(merger.accept(slot(1, Long.MIN_VALUE, 1), 0).isPresent());
        assertEquals(Optional.empty(), merger.accept(slot(2, Long.MIN_VALUE, 2), 0));
        assertEquals(1, merger.differingChallenges());
    }

    private static final long SECOND = 1_000_000_000;

    private static MemberId id(int controller) {
        return new MemberId(String.format("%016x", controller));
    }

    @Test
    void theSubmitterStaysTheSameUntilItIsNotWell() {
        SlotMerger merger = new SlotMerger();
        for (int controller : new int[] {2, 1, 3}) {
            merger.accept(slot(controller, 10, 5), 0);
        }
        assertEquals(List.of(id(2), id(1), id(3)), merger.route(10, any -> true, 0));
        for (int controller : new int[] {1, 3, 2}) {
            merger.accept(slot(controller, 11, 5), SECOND);
        }
        assertEquals(id(2), merger.route(11, any -> true, SECOND).getFirst(), "not the first to announce");
        assertEquals(
                List.of(id(1), id(3)), merger.route(11, any -> !any.equals(id(2)), SECOND), "its node is not well");
        assertEquals(id(1), merger.route(11, any -> true, SECOND).getFirst(), "the next one stays then");
        assertEquals(id(1), merger.submitter().orElseThrow());
    }

    @Test
    void oneThatIsBehindOrSilentOrOnAForkTakesNothing() {
        SlotMerger merger = new SlotMerger();
        merger.accept(slot(1, 10, 5), 0);
        merger.accept(slot(2, 10, 5), 0);
        merger.accept(slot(3, 10, 6), 0);
        assertEquals(List.of(id(1), id(2)), merger.route(10, any -> true, 0), "3 has another challenge");
        for (int second = 1; second <= 3; second++) {
            merger.accept(slot(2, 10 + second, 5), second * SECOND);
        }
        merger.accept(slot(1, 10, 5), 3 * SECOND);
        assertEquals(2, merger.route(10, any -> true, 3 * SECOND).size());
        assertEquals(List.of(id(2)), merger.route(10, any -> true, 3 * SECOND + 1), "1 is three slots behind");
        merger.accept(slot(1, 13, 5), 3 * SECOND);
        assertEquals(2, merger.route(13, any -> true, 3 * SECOND + 1).size());
        merger.accept(slot(1, 14, 5), 3 * SECOND);
        merger.accept(slot(2, 14, 5), 3 * SECOND);
        merger.accept(slot(2, 15, 5), 5 * SECOND);
        assertEquals(
                List.of(id(2)), merger.route(14, any -> true, 5 * SECOND + 1), "1 was not heard of for two seconds");
        assertEquals(List.of(id(2)), merger.route(15, any -> false, 9 * SECOND), "the slot's own, if none is well");
        assertEquals(List.of(), merger.route(16, any -> true, 9 * SECOND));
    }

    @Test
    void slotsUpToTheOneFarmedBeforeAreDropped() {
        SlotMerger merger = new SlotMerger(OptionalLong.of(10));
        assertEquals(Optional.empty(), merger.accept(slot(1, 9, 5), 0));
        assertEquals(Optional.empty(), merger.accept(slot(1, 10, 5), 0));
        assertTrue(merger.accept(slot(1, 11, 5), 0).isPresent());
    }

    @Test
    void aChainThatWasBegunAnewIsFollowedAfterAMinute() {
        SlotMerger merger = new SlotMerger(OptionalLong.of(1000));
        for (int second = 0; second < 60; second++) {
            assertEquals(Optional.empty(), merger.accept(slot(1, 1 + second, 5), second * SECOND));
            assertEquals(
                    Optional.empty(), merger.accept(slot(2, 500, 5), second * SECOND), "the same again is no rise");
        }
        assertEquals(Optional.empty(), merger.accept(slot(2, 500, 5), 61 * SECOND));
        assertTrue(merger.accept(slot(1, 62, 5), 61 * SECOND).isPresent());
        assertTrue(merger.accept(slot(1, 63, 5), 62 * SECOND).isPresent());
    }
}
