package xyz.autonomys.farmer.plotclient;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import xyz.autonomys.farmer.cluster.control.Member;
import xyz.autonomys.farmer.cluster.control.MemberRole;
import xyz.autonomys.farmer.cluster.control.Membership;
import xyz.autonomys.farmer.cluster.control.PlotTask;
import xyz.autonomys.farmer.cluster.control.PlottingQueue;
import xyz.autonomys.farmer.cluster.control.StagedSector;
import xyz.autonomys.farmer.cluster.control.StagedSectors;
import xyz.autonomys.farmer.cluster.data.DataRequest;
import xyz.autonomys.farmer.cluster.member.ClusterMember;
import xyz.autonomys.farmer.cluster.pieces.TestController;
import xyz.autonomys.farmer.farm.TestSectors;
import xyz.autonomys.farmer.primitives.hash.Blake3;

/** A real member that pulls tasks and stages sectors of random contents, which can be cut short or damaged. */
final class TestPlotServer implements AutoCloseable {
    private final ClusterMember member;
    private final PlottingQueue.Puller puller;
    private final StagedSectors announcements;
    private final Path directory;
    private final CuttableLink link;
    private final Membership announced;
    private final Map<String, StagedSector> staged = new ConcurrentHashMap<>();
    /** Offsets at which sectors were asked for. */
    final LinkedBlockingQueue<Long> requests = new LinkedBlockingQueue<>();
    /** Names of the tasks whose sectors their owners have. */
    final LinkedBlockingQueue<String> taken = new LinkedBlockingQueue<>();

    TestPlotServer(String natsUrl, String cluster, Path directory) throws Exception {
        this.directory = Files.createDirectories(directory);
        this.member = ClusterMember.join(TestController.options(natsUrl, cluster, MemberRole.PLOT_SERVER));
        this.puller = new PlottingQueue(member.control()).puller(member.id());
        this.announcements = new StagedSectors(member.control(), sector -> {}, taken::add);
        member.server().register(DataRequest.FileRange.class, (request, answer) -> {
            requests.add(request.offset());
            StagedSector sector = staged.get(request.fileId());
            if (sector == null) {
                answer.missing(0);
                return;
            }
            try (FileChannel file = FileChannel.open(file(request.fileId()), StandardOpenOption.READ)) {
                answer.file(
                        0,
                        file,
                        0,
                        sector.length(),
                        request.offset(),
                        sector.length() - request.offset(),
                        sector.checksum());
            }
        });
        this.link = new CuttableLink(member.server().port());
        this.announced = new Membership(member.control());
        announced.announce(() -> new Member(
                member.id(),
                MemberRole.PLOT_SERVER,
                "test",
                link.address(),
                member.host(),
                0,
                0,
                0,
                true,
                "",
                List.of()));
    }

    /** What askers reach the server through. */
    CuttableLink link() {
        return link;
    }

    Path file(String taskId) {
        return directory.resolve(taskId);
    }

    /** The next task, held. */
    Optional<PlottingQueue.Pulled> pull(Duration patience) throws Exception {
        return puller.next(patience);
    }

    /** Stages the sector of a task and says so. */
    TestSectors stage(PlottingQueue.Pulled pulled) throws Exception {
        return stage(pulled, -1);
    }

    /** The same with a byte of the file flipped; -1 for none. */
    TestSectors stage(PlottingQueue.Pulled pulled, int flipped) throws Exception {
        PlotTask task = pulled.task();
        TestSectors sector = TestSectors.make(
                task.sectorIndex(), task.piecesInSector(), task.protocolInfo().historySize(), task.generation());
        byte[] bytes = sector.staged();
        StagedSector entry = new StagedSector(task, member.id(), task.taskId(), bytes.length, Blake3.hash(bytes));
        if (flipped >= 0) {
            bytes[flipped] ^= 1;
        }
        Files.write(file(task.taskId()), bytes);
        staged.put(task.taskId(), entry);
        announcements.stage(entry);
        pulled.done();
        return sector;
    }

    /** Loses a staged sector without a word. */
    void lose(String taskId) {
        staged.remove(taskId);
    }

    StagedSectors announcements() {
        return announcements;
    }

    @Override
    public void close() throws IOException {
        announcements.close();
        announced.close();
        link.close();
        member.close();
    }
}
