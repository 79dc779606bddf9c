package xyz.autonomys.farmer.plotclient;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static xyz.autonomys.farmer.cluster.control.Eventually.eventually;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import xyz.autonomys.farmer.cluster.control.ChainInfo;
import xyz.autonomys.farmer.cluster.control.ChainInfos;
import xyz.autonomys.farmer.cluster.control.FarmLeases;
import xyz.autonomys.farmer.cluster.control.Member;
import xyz.autonomys.farmer.cluster.control.MemberId;
import xyz.autonomys.farmer.cluster.control.MemberRole;
import xyz.autonomys.farmer.cluster.control.PlottingQueue;
import xyz.autonomys.farmer.cluster.control.SlotAnnouncement;
import xyz.autonomys.farmer.cluster.control.TestNats;
import xyz.autonomys.farmer.cluster.member.ClusterMember;
import xyz.autonomys.farmer.cluster.pieces.TestController;
import xyz.autonomys.farmer.cluster.pieces.TestHistory;
import xyz.autonomys.farmer.farm.Farm;
import xyz.autonomys.farmer.farm.FarmOptions;
import xyz.autonomys.farmer.farm.TestSectors;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.FarmerProtocolInfo;
import xyz.autonomys.farmer.primitives.PublicKey;
import xyz.autonomys.farmer.primitives.SlotInfo;

/** How a plot-client fills its farms, with a real NATS server, data plane and farm. */
class PlottingTest {
    private static final long PATIENCE_SECONDS = 120;
    private static final Duration PULL = Duration.ofSeconds(60);
    private static final int PIECES = 4;

    @RegisterExtension
    static final TestNats NATS = new TestNats();

    private static int clusters;

    @TempDir
    private Path directory;

    private String cluster;
    /** What the clock of the client's waits is ahead of the system's. */
    private final AtomicLong ahead = new AtomicLong();

    @BeforeEach
    void newCluster() {
        cluster = "plotting" + clusters++;
    }

    private TestController controller() throws Exception {
        TestController controller = new TestController(NATS.url(), cluster, 1);
        try (ChainInfos infos = new ChainInfos(controller.member().control())) {
            infos.publish(new ChainInfo(new FarmerProtocolInfo(1, PIECES, 5, 1, 10, 4), 4000));
        }
        return controller;
    }

    private PlotClient client(int sectors) throws Exception {
        return client(List.of(new PlotClientSettings.FarmPlace(farm(), OptionalInt.of(sectors), OptionalLong.empty())));
    }

    private PlotClient client(List<PlotClientSettings.FarmPlace> places) throws Exception {
        return PlotClient.start(
                new PlotClientSettings(
                        TestController.options(NATS.url(), cluster, MemberRole.PLOT_CLIENT)
                                .withWaitClock(() -> System.nanoTime() + ahead.get()),
                        PublicKey.of(new byte[32]),
                        places,
                        OptionalInt.empty(),
                        2,
                        false),
                TestHistory.kzg());
    }

    private Path farm() {
        return directory.resolve("farm");
    }

    /** Whether the last bytes before {@code end} of the first sector are in the plot; a new plot holds zeros. */
    private boolean hasArrived(int end) throws IOException {
        byte[] last = new byte[4096];
        try (RandomAccessFile plot =
                new RandomAccessFile(farm().resolve("plot.bin").toFile(), "r")) {
            plot.seek(end - last.length);
            plot.readFully(last);
        }
        for (byte value : last) {
            if (value != 0) {
                return true;
            }
        }
        return false;
    }

    private void assertStored(TestSectors... sectors) throws Exception {
        try (Farm farm = Farm.open(farm(), FarmOptions.existing().forReading())) {
            for (TestSectors sector : sectors) {
                int index = sector.metadata().sectorIndex();
                assertEquals(sector.metadata(), farm.readMetadata(index));
                byte[] bytes = new byte[sector.bytes().length];
                farm.sectorReader(index).readAt(0, bytes, 0, bytes.length);
                assertArrayEquals(sector.bytes(), bytes);
            }
        }
    }

    @Test
    void sectorsGoStraightIntoThePlot() throws Exception {
        try (TestController controller = controller();
                TestPlotServer server = new TestPlotServer(NATS.url(), cluster, directory.resolve("staging"))) {
            List<TestSectors> made = new ArrayList<>();
            try (PlotClient client = client(3)) {
                PlottingQueue.Pulled first = server.pull(PULL).orElseThrow();
                PlottingQueue.Pulled second = server.pull(PULL).orElseThrow();
                assertTrue(server.pull(Duration.ofSeconds(3)).isEmpty(), "no more than the disk is known to store");
                made.add(server.stage(first));
                made.add(server.stage(second));
                assertEquals(first.task().taskId(), server.taken.poll(PATIENCE_SECONDS, TimeUnit.SECONDS));
                made.add(server.stage(server.pull(PULL).orElseThrow()));
                server.taken.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
                server.taken.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
                assertTrue(server.announcements().all().isEmpty());
                assertTrue(server.pull(Duration.ofSeconds(2)).isEmpty(), "the farm is full");
                assertEquals(3, client.sectorsStored());
            }
            TreeSet<Integer> indexes = new TreeSet<>();
            made.forEach(sector -> indexes.add(sector.metadata().sectorIndex()));
            assertEquals(List.of(0, 1, 2), List.copyOf(indexes));
            assertStored(made.toArray(new TestSectors[0]));
            try (var files = Files.walk(farm())) {
                assertEquals(
                        List.of("plot.bin"),
                        files.filter(file ->
                                        file.toFile().isFile() && file.toFile().length() > 2_000_000)
                                .map(file -> file.getFileName().toString())
                                .toList(),
                        "no second copy anywhere");
            }
        }
    }

    private static void announce(TestController controller, long slot) {
        ClusterMember member = controller.member();
        member.control()
                .publish(
                        member.control().subjects().slots(member.id()),
                        new SlotAnnouncement(member.id(), new SlotInfo(slot, Blake3Hash.of(new byte[32]), 1, 1), 4000));
    }

    private static String waitingFor(TestController reader) {
        return reader.member().membership().present(MemberRole.PLOT_CLIENT).stream()
                .map(Member::waitingFor)
                .findFirst()
                .orElse("not there");
    }

    /** Whether this is said of the client when an hour more has passed by the clock of its waits. */
    private boolean anHourLaterWaitsFor(TestController reader, String what) {
        ahead.addAndGet(TimeUnit.HOURS.toNanos(1));
        return waitingFor(reader).contains("plot-client waits for " + what);
    }

    @Test
    void sectorsThatNobodyTakesUpAndSlotsThatDoNotComeAreWaits() throws Exception {
        try (TestController controller = controller();
                PlotClient client = client(1)) {
            eventually(
                    "the wait for a plot-server",
                    () -> anHourLaterWaitsFor(controller, "a plot-server to take up sectors (1 are asked for)"));
            assertTrue(waitingFor(controller).contains("no plot-server is there"), waitingFor(controller));
            eventually("the wait for a slot", () -> anHourLaterWaitsFor(controller, "the next slot"));
            try (TestPlotServer server = new TestPlotServer(NATS.url(), cluster, directory.resolve("staging"))) {
                PlottingQueue.Pulled pulled = server.pull(PULL).orElseThrow();
                server.link().allow(0);
                server.stage(pulled);
                eventually(
                        "the wait for the staged sector",
                        () -> anHourLaterWaitsFor(
                                controller, "staged sector " + pulled.task().taskId() + " from plot-server"));
                server.link().allow(Long.MAX_VALUE);
                eventually("the sector", () -> client.sectorsStored() == 1);
                AtomicLong slot = new AtomicLong();
                eventually("nothing to wait for", () -> {
                    announce(controller, slot.incrementAndGet());
                    return waitingFor(controller).isEmpty();
                });
            }
        }
    }

    @Test
    void aLeaseIsWaitedForWhileAnotherHasItAndWhileJetStreamDoesNotAnswer() throws Exception {
        try (TestController controller = controller();
                TestPlotServer server = new TestPlotServer(NATS.url(), cluster, directory.resolve("staging"))) {
            String farmId;
            try (PlotClient client = client(1)) {
                farmId = server.pull(PULL).orElseThrow().task().farmId();
            }
            try (FarmLeases elsewhere = new FarmLeases(controller.member().control(), MemberId.random(), "elsewhere")) {
                assertEquals(Optional.empty(), elsewhere.take(farmId, Path.of("/elsewhere")));
                FutureTask<PlotClient> starting = new FutureTask<>(() -> client(1));
                Thread.ofVirtual().start(starting);
                eventually("the wait for the lease", () -> anHourLaterWaitsFor(controller, "the lease of farm"));
                NATS.freeze();
                try {
                    assertThrows(TimeoutException.class, () -> starting.get(10, TimeUnit.SECONDS));
                } finally {
                    NATS.thaw();
                }
                elsewhere.release(farmId);
                starting.get(PATIENCE_SECONDS, TimeUnit.SECONDS).close();
            }
        }
    }

    @Test
    void aFarmThatCannotBeOpenedKeepsNoOtherFromPlotting() throws Exception {
        Files.createDirectories(directory.resolve("broken"));
        Files.writeString(directory.resolve("broken/plot.bin"), "what is this");
        List<PlotClientSettings.FarmPlace> places = List.of(
                new PlotClientSettings.FarmPlace(directory.resolve("broken"), OptionalInt.of(1), OptionalLong.empty()),
                new PlotClientSettings.FarmPlace(farm(), OptionalInt.of(1), OptionalLong.empty()));
        try (TestController controller = controller();
                TestPlotServer server = new TestPlotServer(NATS.url(), cluster, directory.resolve("staging"));
                PlotClient client = client(places)) {
            server.stage(server.pull(PULL).orElseThrow());
            eventually("the sector", () -> client.sectorsStored() == 1);
            eventually("the broken one", () -> anHourLaterWaitsFor(controller, "the farm at " + directory));
            assertTrue(waitingFor(controller).contains("single_disk_farm.json is missing"), waitingFor(controller));
        }
        try (TestController controller = controller()) {
            IOException refused = assertThrows(IOException.class, () -> client(places.subList(0, 1)));
            assertTrue(refused.getMessage().contains("single_disk_farm.json is missing"), refused.getMessage());
        }
    }

    @Test
    void aTransferThatWasCutGoesOnAtTheNextStart() throws Exception {
        try (TestController controller = controller();
                TestPlotServer server = new TestPlotServer(NATS.url(), cluster, directory.resolve("staging"))) {
            PlottingQueue.Pulled pulled;
            TestSectors sector;
            try (PlotClient client = client(1)) {
                pulled = server.pull(PULL).orElseThrow();
                server.link().allow(4_200_000);
                sector = server.stage(pulled);
                eventually("the cut", () -> server.link().isCut());
                eventually("the arrival of two mebibytes", () -> hasArrived(2 << 20));
                assertEquals(0, client.sectorsStored());
            }
            assertTrue(Files.exists(farm().resolve(PlotClient.STATE_DIRECTORY).resolve("incoming.json")));
            server.requests.clear();
            server.link().allow(Long.MAX_VALUE);
            try (PlotClient client = client(1)) {
                assertEquals(pulled.task().taskId(), server.taken.poll(PATIENCE_SECONDS, TimeUnit.SECONDS));
                assertTrue(server.requests.poll() >= 1 << 20, "not from the first byte again");
                assertEquals(1, client.sectorsStored());
            }
            assertStored(sector);
        }
    }

    @Test
    void aPlotServerThatCannotBeReachedKeepsNoOtherSectorFromTheDisk() throws Exception {
        try (TestController controller = controller();
                TestPlotServer far = new TestPlotServer(NATS.url(), cluster, directory.resolve("far"));
                TestPlotServer near = new TestPlotServer(NATS.url(), cluster, directory.resolve("near"));
                PlotClient client = client(2)) {
            far.link().allow(0);
            PlottingQueue.Pulled behind = far.pull(PULL).orElseThrow();
            PlottingQueue.Pulled next = near.pull(PULL).orElseThrow();
            TestSectors second = far.stage(behind);
            eventually("an attempt", () -> far.link().isCut());
            TestSectors first = near.stage(next);
            eventually("the sector that can be had", () -> client.sectorsStored() == 1);
            eventually(
                    "the wait for the other",
                    () -> anHourLaterWaitsFor(
                            controller, "staged sector " + behind.task().taskId() + " from plot-server"));
            far.link().allow(Long.MAX_VALUE);
            eventually("the other", () -> client.sectorsStored() == 2);
            assertEquals(next.task().taskId(), near.taken.poll(PATIENCE_SECONDS, TimeUnit.SECONDS));
            assertStored(first, second);
        }
    }

    @Test
    void whatIsLostOrDamagedIsAskedForAgain() throws Exception {
        try (TestController controller = controller();
                TestPlotServer server = new TestPlotServer(NATS.url(), cluster, directory.resolve("staging"));
                PlotClient client = client(1)) {
            PlottingQueue.Pulled lost = server.pull(PULL).orElseThrow();
            server.link().allow(0);
            TestSectors never = server.stage(lost);
            server.lose(lost.task().taskId());
            server.link().allow(Long.MAX_VALUE);
            PlottingQueue.Pulled damaged = server.pull(PULL).orElseThrow();
            assertNotEquals(lost.task().taskId(), damaged.task().taskId());
            assertEquals(never.metadata().sectorIndex(), damaged.task().sectorIndex());
            server.stage(damaged, 1_000_000);
            Optional<PlottingQueue.Pulled> again = server.pull(PULL);
            TestSectors right = server.stage(again.orElseThrow());
            eventually("the third one", () -> client.sectorsStored() == 1);
            assertEquals(3, again.get().task().generation() - lost.task().generation() + 1);
            assertStored(right);
        }
    }

    @Test
    void aTaskThatIsNowhereIsAskedForAgainAndOneThatWaitsIsNot() throws Exception {
        try (TestController controller = controller();
                TestPlotServer server = new TestPlotServer(NATS.url(), cluster, directory.resolve("staging"));
                PlotClient client = client(2)) {
            PlottingQueue.Pulled waits = server.pull(PULL).orElseThrow();
            PlottingQueue.Pulled vanishes = server.pull(PULL).orElseThrow();
            vanishes.done();
            PlottingQueue.Pulled again = null;
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            while (again == null && System.nanoTime() < deadline) {
                waits.stillAtIt();
                again = server.pull(Duration.ofSeconds(5)).orElse(null);
            }
            assertEquals(vanishes.task().sectorIndex(), again.task().sectorIndex());
            assertTrue(again.task().generation() > vanishes.task().generation());
            assertTrue(waits.stillAtIt());
            assertTrue(server.pull(Duration.ofSeconds(2)).isEmpty());
        }
    }
}
