package xyz.autonomys.farmer.plotserver;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static xyz.autonomys.farmer.cluster.control.Eventually.eventually;

import io.nats.client.Connection;
import io.nats.client.Nats;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import xyz.autonomys.farmer.cluster.control.ControlException;
import xyz.autonomys.farmer.cluster.control.Member;
import xyz.autonomys.farmer.cluster.control.MemberId;
import xyz.autonomys.farmer.cluster.control.MemberRole;
import xyz.autonomys.farmer.cluster.control.PlotTask;
import xyz.autonomys.farmer.cluster.control.PlottingQueue;
import xyz.autonomys.farmer.cluster.control.StagedSector;
import xyz.autonomys.farmer.cluster.control.StagedSectors;
import xyz.autonomys.farmer.cluster.control.TestNats;
import xyz.autonomys.farmer.cluster.data.FileDownload;
import xyz.autonomys.farmer.cluster.data.PeerAddress;
import xyz.autonomys.farmer.cluster.member.ClusterMember;
import xyz.autonomys.farmer.cluster.member.MemberOptions;
import xyz.autonomys.farmer.cluster.member.MemberStatus;
import xyz.autonomys.farmer.cluster.pieces.TestController;
import xyz.autonomys.farmer.cluster.pieces.TestHistory;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.FarmerProtocolInfo;
import xyz.autonomys.farmer.primitives.PublicKey;
import xyz.autonomys.farmer.primitives.hash.Blake3;

/** A plot-server between a real NATS server, a controller that serves pieces, and a plot-client that asks. */
class PlotServerTest {
    private static final long PATIENCE_SECONDS = 300;
    private static final String FARM = "01M88EBPR2WKMCEW3ZYQTRA0GK";

    @RegisterExtension
    static final TestNats NATS = new TestNats();

    private static int clusters;

    @TempDir
    private Path directory;

    private String cluster;
    /** What the clock of the server's waits is ahead of the system's. */
    private final AtomicLong ahead = new AtomicLong();

    @BeforeEach
    void newCluster() {
        cluster = "plotserver" + clusters++;
    }

    /** The asking end. */
    private static final class Owner implements AutoCloseable {
        private final ClusterMember member;
        private final PlottingQueue queue;
        private final LinkedBlockingQueue<StagedSector> staged = new LinkedBlockingQueue<>();
        private final StagedSectors announcements;

        Owner(String cluster) throws Exception {
            this.member = ClusterMember.join(TestController.options(NATS.url(), cluster, MemberRole.PLOT_CLIENT));
            member.announce(() -> MemberStatus.working(0, List.of()));
            this.queue = new PlottingQueue(member.control());
            this.announcements = new StagedSectors(member.control(), staged::add, id -> {});
        }

        PlotTask post(int sectorIndex, int pieces) throws Exception {
            PlotTask task = new PlotTask(
                    member.id(),
                    FARM,
                    PublicKey.fromHex("4a".repeat(32)),
                    sectorIndex,
                    7,
                    pieces,
                    new FarmerProtocolInfo(1, 1000, 5, 1, 10, 4));
            queue.post(task);
            return task;
        }

        StagedSector awaitStaged() throws Exception {
            StagedSector sector = staged.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertTrue(sector != null, "no sector was staged");
            return sector;
        }

        Blake3Hash download(StagedSector sector) throws Exception {
            ByteBuffer content = ByteBuffer.allocate((int) sector.length());
            eventually("the holder", () -> member.address(sector.holder()).isPresent());
            PeerAddress holder = member.address(sector.holder()).orElseThrow();
            try (FileDownload download = new FileDownload(
                    member.client(), sector.fileId(), sector.length(), (bytes, offset) -> content.put(bytes))) {
                download.continueFrom(holder, member.client().defaultOptions());
            }
            return Blake3.hash(content.array());
        }

        @Override
        public void close() {
            announcements.close();
            member.close();
        }
    }

    private PlotServer server(MemberId id, String name, int sectors, long limit) throws Exception {
        MemberOptions options = TestController.options(NATS.url(), cluster, MemberRole.PLOT_SERVER)
                .withWaitClock(() -> System.nanoTime() + ahead.get());
        return PlotServer.start(
                new PlotServerSettings(
                        options.as(MemberRole.PLOT_SERVER, id), directory.resolve(name), 1, sectors, limit, true),
                TestHistory.kzg());
    }

    /** Does something for every piece of the history. */
    private static void all(LongConsumer action) {
        LongStream.range(0, 256).forEach(action);
    }

    /** Brings about, at once, what follows when JetStream does not hear of the first task's server for a while. */
    private static void handOutAgain(Owner owner, Connection nats) {
        nats.publish(
                "$JS.ACK." + owner.member.control().subjects().plotTaskStream() + ".plot-servers.1.1.1.1.0",
                "-NAK".getBytes(US_ASCII));
    }

    private static long detail(ClusterMember reader, MemberId server, String name) {
        return reader.membership()
                .find(server)
                .flatMap(member -> member.detail(name))
                .map(Long::parseLong)
                .orElse(-1L);
    }

    private static void taken(Owner owner, String taskId) {
        try {
            owner.announcements.taken(taskId);
        } catch (ControlException e) {
            throw new AssertionError(e);
        }
    }

    private static String waitingFor(ClusterMember reader, MemberId server) {
        return reader.membership().find(server).map(Member::waitingFor).orElse("");
    }

    @Test
    void aSectorWithoutPiecesAndOneThatNobodyFetchesAreWaits() throws Exception {
        try (TestController controller = new TestController(NATS.url(), cluster, 1);
                Owner owner = new Owner(cluster)) {
            all(controller::withhold);
            MemberId id = MemberId.random();
            PlotTask task = owner.post(3, 1);
            try (PlotServer server = server(id, "staging", 1, 1 << 30)) {
                String lacksPieces = "plot-server waits for pieces of sector " + task.taskId();
                eventually("a sector in work", () -> detail(owner.member, id, "sectors in work") == 1);
                assertFalse(waitingFor(owner.member, id).contains(lacksPieces), "before its limit it is no news");
                ahead.addAndGet(TimeUnit.HOURS.toNanos(1));
                eventually("the wait for pieces with its cause", () -> waitingFor(owner.member, id)
                        .matches(".*" + lacksPieces + ".*1 pieces are missing after.*util export-piece.*"));
                all(controller::release);
                StagedSector sector = owner.awaitStaged();
                eventually("the end of the wait", () -> !waitingFor(owner.member, id)
                        .contains(lacksPieces));
                eventually("the staged sector's wait", () -> {
                    ahead.addAndGet(TimeUnit.HOURS.toNanos(1));
                    return waitingFor(owner.member, id)
                            .contains("the owner to take staged sector " + task.taskId() + " from plot-client "
                                    + owner.member.id());
                });
                assertEquals(sector.checksum(), owner.download(sector));
                owner.announcements.taken(task.taskId());
                eventually("nothing to wait for", () -> !waitingFor(owner.member, id)
                        .contains("the owner to take"));
            }
        }
    }

    private long files(String name) throws Exception {
        try (var files = Files.list(directory.resolve(name))) {
            return files.filter(file -> file.toString().endsWith(".sector")).count();
        }
    }

    @Test
    void aSectorIsStagedSurvivesARestartAndGoesWhenItsOwnerHasIt() throws Exception {
        MemberId id = MemberId.random();
        try (TestController controller = new TestController(NATS.url(), cluster, 1);
                Owner owner = new Owner(cluster)) {
            StagedSector sector;
            PlotTask task = owner.post(3, 1);
            try (PlotServer server = server(id, "staging", 2, 1 << 30)) {
                sector = owner.awaitStaged();
                assertEquals(task, sector.task());
                assertEquals(sector.checksum(), owner.download(sector));
                eventually("the end of the task", () -> !owner.queue.has(task.taskId()));
                assertEquals(1, server.sectorsPlotted());
            }
            assertEquals(1, files("staging"));
            try (PlotServer server = server(id, "staging", 2, 1 << 30)) {
                assertEquals(sector.checksum(), owner.download(sector), "after a restart");
                owner.announcements.taken(task.taskId());
                eventually("the end of the file", () -> files("staging") == 0);
                assertEquals(0, server.sectorsPlotted());
            }
        }
    }

    @Test
    void aServerThatStopsHandsItsTasksBackAtOnce() throws Exception {
        try (TestController controller = new TestController(NATS.url(), cluster, 1);
                Owner owner = new Owner(cluster)) {
            List<PlotTask> tasks = List.of(owner.post(0, 200), owner.post(1, 200));
            MemberId id = MemberId.random();
            PlottingQueue.Puller other = owner.queue.puller(MemberId.random());
            long stopping;
            try (PlotServer server = server(id, "staging", 2, 4L << 30)) {
                eventually("records in work", () -> detail(owner.member, id, "seconds encoding") > 0);
                stopping = System.nanoTime();
            }
            assertTrue(
                    System.nanoTime() - stopping < PlottingQueue.SILENCE.toNanos(),
                    "it does not finish 400 records first");
            List<PlotTask> again = new ArrayList<>();
            while (again.size() < 2) {
                PlottingQueue.Pulled pulled = other.next(Duration.ofSeconds(60)).orElseThrow();
                again.add(pulled.task());
                pulled.done();
            }
            assertTrue(again.containsAll(tasks));
            assertEquals(0, files("staging"));
        }
    }

    @Test
    void noTaskIsBegunWithoutRoomOrOwner() throws Exception {
        try (TestController controller = new TestController(NATS.url(), cluster, 1);
                Owner owner = new Owner(cluster);
                Owner gone = new Owner(cluster)) {
            MemberId id = MemberId.random();
            PlotTask orphan = gone.post(9, 1);
            gone.close();
            eventually(
                    "its leaving",
                    () -> owner.member.membership().find(gone.member.id()).isEmpty());
            try (PlotServer server = server(id, "staging", 1, 1_500_000)) {
                owner.post(0, 1);
                owner.post(1, 1);
                StagedSector first = owner.awaitStaged();
                assertEquals(0, first.task().sectorIndex());
                eventually(
                        "the waiting for the owner",
                        () -> detail(owner.member, id, "seconds waiting for plot-clients to take staged sectors") > 0);
                String waiting = owner.member
                        .membership()
                        .find(id)
                        .map(Member::waitingFor)
                        .orElse("");
                assertTrue(waiting.contains("plot-clients to take 1 staged sectors"), waiting);
                ahead.addAndGet(TimeUnit.MINUTES.toNanos(10));
                eventually("the wait for room", () -> waitingFor(owner.member, id)
                        .contains("plot-server waits for room in its staging directory"));
                assertEquals(1, server.sectorsPlotted());
                owner.announcements.taken(first.task().taskId());
                assertEquals(1, owner.awaitStaged().task().sectorIndex());
                eventually("an end of the waits", () -> {
                    owner.announcements.all().keySet().forEach(staged -> taken(owner, staged));
                    return !waitingFor(owner.member, id).contains("room in its staging directory");
                });
                assertTrue(owner.queue.has(orphan.taskId()), "nobody could store it, so nobody makes it");
            }
        }
    }

    @Test
    void aServerThatLostItsTaskToAnotherStagesNothing() throws Exception {
        try (TestController controller = new TestController(NATS.url(), cluster, 1);
                Owner owner = new Owner(cluster)) {
            PlottingQueue.Puller one = owner.queue.puller(MemberId.random());
            PlotTask task = owner.post(0, 1);
            PlottingQueue.Pulled silent = one.next(Duration.ofSeconds(30)).orElseThrow();
            // JetStream hands the task of a silent server out again; giving it back does the same at once.
            silent.giveBack(Duration.ZERO);
            try (PlotServer server = server(MemberId.random(), "staging", 1, 1 << 30)) {
                StagedSector staged = owner.awaitStaged();
                assertEquals(task, staged.task());
                assertFalse(silent.stillAtIt(), "the silent one learns of it");
                StagingDirectory late = new StagingDirectory(directory.resolve("late"));
                SectorJob job = new SectorJob(
                        silent,
                        MemberId.random(),
                        late,
                        owner.member.waits(),
                        new PlotterFigures(owner.member.meters(), "cpu"));
                late.create(task.taskId()).close();
                late.commit(new StagedSector(task, MemberId.random(), task.taskId(), 1, Blake3Hash.of(new byte[32])));
                assertFalse(job.run(null, null, null, owner.announcements), "what it has is not announced");
                assertTrue(late.all().isEmpty(), "and dropped");
                assertEquals(staged, owner.announcements.all().get(task.taskId()));
            }
        }
    }

    @Test
    void aTaskThatIsHandedOutToItsOwnServerAgainGoesOn() throws Exception {
        try (TestController controller = new TestController(NATS.url(), cluster, 1);
                Owner owner = new Owner(cluster);
                Connection nats = Nats.connect(NATS.url())) {
            all(controller::withhold);
            MemberId id = MemberId.random();
            try (PlotServer server = server(id, "staging", 2, 1 << 30)) {
                PlotTask task = owner.post(3, 1);
                eventually("a sector in work", () -> detail(owner.member, id, "sectors in work") == 1);
                String stream = owner.member.control().subjects().plotTaskStream();
                handOutAgain(owner, nats);
                eventually("its second delivery", () -> deliveries(nats, stream) == 2);
                all(controller::release);
                StagedSector sector = owner.awaitStaged();
                assertEquals(task, sector.task());
                assertEquals(sector.checksum(), owner.download(sector));
                eventually("the end of the task", () -> !owner.queue.has(task.taskId()));
                eventually("the end of its work", () -> detail(owner.member, id, "sectors in work") == 0);
                assertEquals(1, server.sectorsPlotted());
                assertEquals(2, deliveries(nats, stream));
                assertEquals(1, files("staging"));
            }
        }
    }

    /** The server learns of the loss at its end, when its sector is made and the claim has to be confirmed. */
    @Test
    void aServerThatLosesItsTaskWhileItMakesTheSectorIsFreeForTheNext() throws Exception {
        try (TestController controller = new TestController(NATS.url(), cluster, 1);
                Owner owner = new Owner(cluster);
                Connection nats = Nats.connect(NATS.url())) {
            all(controller::withhold);
            MemberId id = MemberId.random();
            try (PlotServer server = server(id, "staging", 1, 1 << 30)) {
                PlotTask task = owner.post(3, 1);
                eventually("a sector in work", () -> detail(owner.member, id, "sectors in work") == 1);
                PlottingQueue.Puller other = owner.queue.puller(MemberId.random());
                handOutAgain(owner, nats);
                PlottingQueue.Pulled taken = other.next(Duration.ofSeconds(30)).orElseThrow();
                assertEquals(task, taken.task());
                all(controller::release);
                eventually("the end of its work", () -> detail(owner.member, id, "sectors in work") == 0);
                assertEquals(0, files("staging"));
                PlotTask next = owner.post(4, 1);
                assertEquals(next, owner.awaitStaged().task());
                assertTrue(taken.stillAtIt(), "the other one has it still");
            }
        }
    }

    @Test
    void aStagingDirectoryBelongsToOneServerAndOnlyItsOwnFilesAreRemoved() throws Exception {
        Path shared = Files.createDirectories(directory.resolve("shared"));
        Path farm = Files.writeString(shared.resolve("single_disk_farm.json"), "{}");
        Path segment = Files.writeString(shared.resolve("segment-00000001.pieces.part"), "x");
        Path left = Files.writeString(shared.resolve(FARM + "-3-7.part"), "x");
        try (StagingDirectory staging = new StagingDirectory(shared)) {
            assertTrue(Files.exists(farm) && Files.exists(segment), "files of others");
            assertFalse(Files.exists(left), "what an earlier run left");
            IOException refused = assertThrows(IOException.class, () -> new StagingDirectory(shared));
            assertTrue(refused.getMessage().contains(shared.toString()), refused.getMessage());
            assertEquals(List.of(), staging.all());
        }
        new StagingDirectory(shared).close();
    }

    private static long deliveries(Connection nats, String stream) throws Exception {
        return nats.jetStreamManagement()
                .getConsumerInfo(stream, "plot-servers")
                .getDelivered()
                .getConsumerSequence();
    }

    @Test
    void serversShareTheWorkByPulling() throws Exception {
        try (TestController controller = new TestController(NATS.url(), cluster, 1);
                Owner owner = new Owner(cluster);
                PlotServer first = server(MemberId.random(), "first", 1, 1 << 30);
                PlotServer second = server(MemberId.random(), "second", 1, 1 << 30)) {
            for (int index = 0; index < 6; index++) {
                owner.post(index, 1);
            }
            for (int index = 0; index < 6; index++) {
                owner.announcements.taken(owner.awaitStaged().task().taskId());
            }
            eventually("the last acknowledgement", () -> first.sectorsPlotted() + second.sectorsPlotted() == 6);
            assertTrue(first.sectorsPlotted() > 0 && second.sectorsPlotted() > 0, "both had a part");
        }
    }
}
