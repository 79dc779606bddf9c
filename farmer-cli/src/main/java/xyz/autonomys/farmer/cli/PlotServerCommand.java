package xyz.autonomys.farmer.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import xyz.autonomys.farmer.cluster.control.MemberId;
import xyz.autonomys.farmer.cluster.control.MemberRole;
import xyz.autonomys.farmer.gpu.GpuSectorEncoder;
import xyz.autonomys.farmer.gpu.Gpus;
import xyz.autonomys.farmer.kzg.Kzg;
import xyz.autonomys.farmer.plotserver.PlotServer;
import xyz.autonomys.farmer.plotserver.PlotServerSettings;
import xyz.autonomys.farmer.pos.PosTables;
import xyz.autonomys.farmer.sector.plot.CpuSectorEncoder;
import xyz.autonomys.farmer.sector.plot.SectorEncoder;

/** {@code autonomys-farmer cluster plot-server}. */
@Command(
        name = "plot-server",
        description = "Make sectors: gather pieces, encode, stage until the plot-client has them.",
        mixinStandardHelpOptions = true)
final class PlotServerCommand implements Callable<Integer> {
    private static final int LARGEST_SECTOR = 1000;
    private static final long DEFAULT_STAGING = 16L << 30;

    @ParentCommand
    private ClusterCommand cluster;

    @Mixin
    private RoleOptions role = new RoleOptions();

    @Parameters(paramLabel = "DIR", description = "Staging directory for finished sectors.")
    private Path staging;

    @Option(
            names = "--priority-cache",
            description = "Take pieces from the caches before any other source, and before other requests.")
    private boolean priorityCache;

    @Option(
            names = "--record-encoding-concurrency",
            paramLabel = "N",
            description = "Records encoded at a time, about 120 MiB each (default: the number of cores).")
    private int encodingThreads = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--sectors",
            paramLabel = "N",
            description = "Sectors in work at a time: one gathers its pieces while another is encoded (default: 2).")
    private int sectors = 2;

    @Option(
            names = "--staging-limit",
            paramLabel = "BYTES",
            description = "Most bytes of finished sectors that wait for their plot-clients (default: 16 GiB).")
    private long stagingLimit = DEFAULT_STAGING;

    @Override
    public Integer call() throws Exception {
        Kzg kzg = role.setup().open();
        Files.createDirectories(staging);
        PlotServerSettings settings = new PlotServerSettings(
                role.member(cluster, MemberRole.PLOT_SERVER, MemberId.loadOrCreate(staging)),
                staging,
                encodingThreads,
                sectors,
                stagingLimit,
                priorityCache);
        return RoleProcess.run(() -> PlotServer.start(settings, kzg, encoder()));
    }

    private SectorEncoder encoder() throws InterruptedException {
        CpuSectorEncoder processor = new CpuSectorEncoder(encodingThreads, PosTables::newBuilder);
        Gpus gpus = Gpus.open();
        return gpus.isEmpty() ? processor : new GpuSectorEncoder(gpus, processor, LARGEST_SECTOR);
    }
}
