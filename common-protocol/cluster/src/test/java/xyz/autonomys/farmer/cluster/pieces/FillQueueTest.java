package xyz.autonomys.farmer.cluster.pieces;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class FillQueueTest {
    private final FillQueue queue = new FillQueue();

    private List<Long> take(int most) throws InterruptedException {
        return List.copyOf(queue.take(most));
    }

    @Test
    void piecesLeaveInAscendingOrderOnceEach() throws Exception {
        for (long index : new long[] {5, -1L, 3, 5, 4}) {
            queue.want(index);
        }
        assertEquals(4, queue.size());
        assertEquals(List.of(3L, 4L), take(2));
        queue.want(3);
        assertEquals(List.of(5L, -1L), take(9), "a piece in work does not leave again; indexes are unsigned");
        assertEquals(4, queue.size());
        queue.done(3);
        queue.want(3);
        assertEquals(List.of(3L), take(1), "unless it is lost after it was had");
    }

    @Test
    void aPieceThatFailedComesBackLater() throws Exception {
        queue.want(7);
        queue.want(8);
        take(1);
        queue.failed(7);
        queue.want(7);
        assertEquals(List.of(8L), take(9), "it does not come back at once");
        assertEquals(List.of(7L), take(9), "but later, by itself");
        assertEquals(2, queue.size());
    }

    @Test
    void aPieceThatIsWantedWhileInWorkIsLookedAtAgainWhenItIsDone() throws Exception {
        queue.want(7);
        queue.want(8);
        take(2);
        queue.want(7);
        queue.want(8);
        queue.retain(index -> index == 7);
        queue.done(7);
        queue.done(8);
        assertEquals(1, queue.size(), "only what is still lacking");
        assertEquals(List.of(7L), take(9));
        queue.done(7);
        assertEquals(0, queue.size(), "once for each time");
        queue.want(7);
        take(1);
        queue.want(7);
        queue.failed(7);
        assertEquals(List.of(7L), take(1));
        queue.done(7);
        assertEquals(0, queue.size(), "another attempt is all that was wanted");
    }

    @Test
    void whatIsNotWantedAnyMoreIsForgotten() throws Exception {
        for (long index = 0; index < 6; index++) {
            queue.want(index);
        }
        assertEquals(List.of(0L, 1L), take(2));
        queue.failed(0);
        queue.retain(index -> index >= 4);
        assertEquals(3, queue.size());
        queue.failed(1);
        assertEquals(2, queue.size(), "what was in work is forgotten when its attempt fails");
        assertEquals(List.of(4L, 5L), take(9));
        queue.done(4);
        queue.done(5);
        assertEquals(0, queue.size());
    }

    @Test
    void theRateIsThatOfTheLastHalfMinuteOfWork() {
        AtomicLong clock = new AtomicLong();
        RateMeter meter = new RateMeter(clock::get);
        assertEquals(0, meter.perSecond());
        clock.addAndGet(100_000_000_000L);
        for (int i = 0; i < 60; i++) {
            meter.add(4);
            clock.addAndGet(1_000_000_000L);
        }
        assertTrue(Math.abs(meter.perSecond() - 4) < 0.2, () -> "" + meter.perSecond());
        clock.addAndGet(30_000_000_000L);
        assertEquals(0, meter.perSecond());
    }
}
