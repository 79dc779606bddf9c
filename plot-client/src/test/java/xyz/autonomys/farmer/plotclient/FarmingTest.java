package xyz.autonomys.farmer.plotclient;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import xyz.autonomys.farmer.cluster.control.MemberId;
import xyz.autonomys.farmer.cluster.control.SlotAnnouncement;
import xyz.autonomys.farmer.farm.Farm;
import xyz.autonomys.farmer.farm.FarmOptions;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.GenesisHash;
import xyz.autonomys.farmer.primitives.PublicKey;
import xyz.autonomys.farmer.primitives.SlotInfo;
import xyz.autonomys.farmer.telemetry.Meters;
import xyz.autonomys.farmer.telemetry.Telemetry;

/** Slots and the farms of one process. */
class FarmingTest {
    private static final MemberId CONTROLLER = new MemberId("0000000000000001");

    @TempDir
    private Path directory;

    private static SlotAnnouncement slot(long number, long timeoutMillis) {
        return new SlotAnnouncement(
                CONTROLLER, new SlotInfo(number, Blake3Hash.fromHex("ab".repeat(32)), 1, 2), timeoutMillis);
    }

    private Farm farm(String name) throws Exception {
        return Farm.openOrCreate(
                directory.resolve(name),
                FarmOptions.of(GenesisHash.of(new byte[32]), 1).withSectors(1));
    }

    /** As with a disk that does not answer: what asks it does not come back. */
    @Test
    @Timeout(60)
    void aFarmThatHangsStopsNoOther() throws Exception {
        CountDownLatch hangs = new CountDownLatch(1);
        CountDownLatch repaired = new CountDownLatch(1);
        try (Farm good = farm("good");
                Farm bad = farm("bad");
                Meters meters = Telemetry.unread().meters("plot-client", "test")) {
            FarmWorker.FarmingRules rules = new FarmWorker.FarmingRules(
                    farm -> {
                        if (farm == bad) {
                            hangs.countDown();
                            awaitUninterrupted(repaired);
                        }
                        return true;
                    },
                    sector -> false,
                    PublicKey.fromHex("4a".repeat(32)),
                    1);
            try (Farming farming = new Farming(rules, null, null, meters)) {
                farming.add(good, new FarmFigures(meters, "good"));
                farming.add(bad, new FarmFigures(meters, "bad"));
                for (int number = 0; number < 10; number++) {
                    farming.slot(slot(number, 60_000));
                    while (farming.audits() <= number) {
                        TimeUnit.MILLISECONDS.sleep(1);
                    }
                }
                assertTrue(hangs.await(20, TimeUnit.SECONDS));
                assertTrue(farming.missed() >= 10 - 3, "the bad farm has one slot in work and two waiting");
                repaired.countDown();
            }
        }
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        boolean interrupted = false;
        while (latch.getCount() > 0) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void allFarmsTogetherSubmitNoMoreThanANodeTakes() {
        FarmingSlot slot = new FarmingSlot(slot(1, 60_000));
        for (int place = 0; place < 8; place++) {
            assertFalse(slot.isOver());
            assertTrue(slot.takePlace());
        }
        assertTrue(slot.isOver());
        assertFalse(slot.takePlace());
    }

    @Test
    void aSlotWithoutTimeIsOverAtOnce() {
        FarmingSlot slot = new FarmingSlot(slot(1, 0));
        assertTrue(slot.isHalfOver());
        assertEquals(1, slot.untilDeadline().toNanos());
        assertFalse(new FarmingSlot(slot(1, 60_000)).isHalfOver());
    }
}
