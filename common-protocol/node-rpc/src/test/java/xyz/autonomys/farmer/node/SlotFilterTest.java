package xyz.autonomys.farmer.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SlotFilterTest {
    private static final long SECOND = 1_000_000_000L;

    private final SlotFilter filter = new SlotFilter(Duration.ofSeconds(60));

    private void delivered(long number, long at, long connection) {
        assertEquals(new SlotFilter.Verdict(true, Optional.empty()), filter.slot(number, at * SECOND, connection));
    }

    private void delivered(NodeEvent before, long number, long at, long connection) {
        assertEquals(new SlotFilter.Verdict(true, Optional.of(before)), filter.slot(number, at * SECOND, connection));
    }

    private void dropped(long number, long at, long connection) {
        assertFalse(filter.slot(number, at * SECOND, connection).deliver());
    }

    @Test
    void theFirstSlotMissesNothing() {
        delivered(1000, 1, 1);
        assertEquals(0, filter.missed());
    }

    @Test
    void eachGapHasItsCause() {
        delivered(10, 1, 1);
        delivered(new NodeEvent.SlotsMissed(11, 12, NodeEvent.SlotGap.SKIPPED_BY_NODE), 13, 2, 1);
        delivered(new NodeEvent.SlotsMissed(14, 14, NodeEvent.SlotGap.CONNECTION_LOST), 15, 3, 2);
        filter.malformed(4 * SECOND);
        delivered(new NodeEvent.SlotsMissed(16, 16, NodeEvent.SlotGap.MALFORMED), 17, 5, 2);
        delivered(new NodeEvent.SlotsMissed(18, 19, NodeEvent.SlotGap.SKIPPED_BY_NODE), 20, 6, 2);
        assertEquals(6, filter.missed());
        assertEquals(5, filter.delivered());
    }

    @Test
    void repeatedSlotsOfARestartedNodeAreDropped() {
        delivered(10, 1, 1);
        dropped(10, 2, 1);
        dropped(6, 100, 2);
        dropped(7, 101, 2);
        dropped(10, 200, 2);
        delivered(11, 201, 2);
    }

    @Test
    void aChainThatStaysBelowForLongIsANewOne() {
        delivered(1000, 1, 1);
        for (long second = 10; second < 70; second++) {
            dropped(second - 9, second, 2);
        }
        delivered(new NodeEvent.ChainRestarted(1000, 61), 61, 70, 2);
        delivered(62, 71, 2);
    }

    @Test
    void oneLateRepetitionIsNoNewChain() {
        delivered(1000, 1, 1);
        dropped(999, 2, 1);
        dropped(999, 100, 1);
        delivered(1001, 101, 1);
        dropped(1000, 300, 1);
    }

    @Test
    void theSameOldSlotsOverAndOverAreNoNewChain() {
        delivered(1000, 1, 1);
        for (long second = 10; second < 500; second++) {
            dropped(900 + second % 5, second, 2);
        }
        delivered(1001, 500, 2);
    }

    @Test
    void numbersAreUnsigned() {
        delivered(Long.MAX_VALUE, 1, 1);
        delivered(Long.MIN_VALUE, 2, 1);
        dropped(1, 3, 1);
        delivered(new NodeEvent.SlotsMissed(Long.MIN_VALUE + 1, -2, NodeEvent.SlotGap.SKIPPED_BY_NODE), -1, 4, 1);
    }

    @Test
    void silenceCountsFromTheLaterOfSlotAndExpectation() {
        filter.slot(1, 100 * SECOND, 1);
        assertEquals(Duration.ofSeconds(10), filter.silence(110 * SECOND, 50 * SECOND));
        assertEquals(Duration.ofSeconds(2), filter.silence(110 * SECOND, 108 * SECOND));
        // A slot that is not delivered shows that the subscription lives.
        filter.slot(1, 109 * SECOND, 1);
        assertEquals(Duration.ofSeconds(1), filter.silence(110 * SECOND, 50 * SECOND));
    }

    /** Whatever a node does, what is delivered and what is reported as missed are together all slots, each once. */
    @Test
    void everySlotIsDeliveredOrReported() {
        Random random = new Random(3);
        for (int round = 0; round < 200; round++) {
            SlotFilter fresh = new SlotFilter(Duration.ofHours(1));
            List<Long> seen = new ArrayList<>();
            long number = 100;
            long connection = 1;
            for (int i = 0; i < 200; i++) {
                number += random.nextInt(6) - 1;
                connection += random.nextInt(20) == 0 ? 1 : 0;
                SlotFilter.Verdict verdict = fresh.slot(number, i * SECOND, connection);
                if (verdict.before().orElse(null) instanceof NodeEvent.SlotsMissed(long first, long last, var cause)) {
                    LongStream.rangeClosed(first, last).forEach(seen::add);
                    assertTrue(cause != NodeEvent.SlotGap.MALFORMED);
                }
                if (verdict.deliver()) {
                    seen.add(number);
                }
            }
            assertEquals(
                    LongStream.rangeClosed(seen.getFirst(), seen.getLast())
                            .boxed()
                            .toList(),
                    seen,
                    "round " + round);
        }
    }
}
