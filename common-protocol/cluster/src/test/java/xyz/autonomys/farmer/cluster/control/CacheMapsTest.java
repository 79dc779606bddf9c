package xyz.autonomys.farmer.cluster.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Cache maps on a real NATS server and a clock that is set. */
class CacheMapsTest {
    private static final long PATIENCE_SECONDS = 60;
    private static final int READS_BEFORE_THE_START = 8;

    @RegisterExtension
    static final TestNats NATS = new TestNats();

    @Test
    void aMapStartsAlsoWhenTheClockWasSetBackMeanwhile() throws Exception {
        LinkedBlockingQueue<Placement> heard = new LinkedBlockingQueue<>();
        AtomicInteger reads = new AtomicInteger();
        CacheMap map = CacheMap.after(
                Optional.empty(), CacheLayout.pieces(1), Map.of(new MemberId("00000000000000aa"), 100L), 1);
        try (ControlPlane plane =
                        ControlPlane.connect(NatsSettings.of(List.of(NATS.url())), new Subjects("set-back"), "test");
                CacheMaps maps = new CacheMaps(
                        plane, heard::add, () -> reads.getAndIncrement() < READS_BEFORE_THE_START ? 0 : 1)) {
            assertTrue(maps.announce(map));
            Placement started = heard.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertEquals(map, started.map());
        }
    }
}
