package xyz.autonomys.farmer.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import xyz.autonomys.farmer.cluster.control.MemberId;
import xyz.autonomys.farmer.cluster.control.MemberRole;
import xyz.autonomys.farmer.cluster.member.MemberOptions;
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

    @ParentCommand
    private ClusterCommand cluster;

    @Spec
    private CommandSpec spec;

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
    @Range(from = 1)
    private int encodingThreads = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--sectors",
            paramLabel = "N",
            description = "Sectors in work at a time, a GiB of memory each: some gather their pieces while others are"
                    + " encoded and written (default: 2, or 3 for each GPU).")
    @Range(from = 1)
    private Integer sectors;

    @Option(
            names = "--staging-limit",
            paramLabel = "SIZE",
            defaultValue = "16GiB",
            description =
                    "Most bytes of finished sectors that wait for their plot-clients (default:" + " ${DEFAULT-VALUE}).")
    private String stagingLimit;

    @Override
    public Integer call() throws Exception {
        long limit;
        try {
            limit = DirectoryArgument.parseSize("--staging-limit " + stagingLimit, stagingLimit);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
        }
        cluster.check();
        Kzg kzg = role.setup().open();
        Files.createDirectories(staging);
        MemberOptions member = role.member(cluster, MemberRole.PLOT_SERVER, MemberId.loadOrCreate(staging));
        return RoleProcess.run(() -> {
            SectorEncoder encoder = encoder();
            PlotServerSettings settings = new PlotServerSettings(
                    member,
                    staging,
                    encodingThreads,
                    sectors == null ? encoder.sectorsAtATime() : sectors,
                    limit,
                    priorityCache);
            return PlotServer.start(settings, kzg, encoder);
        });
    }

    private SectorEncoder encoder() throws InterruptedException {
        CpuSectorEncoder processor = new CpuSectorEncoder(encodingThreads, PosTables::newBuilder);
        Gpus gpus = Gpus.open();
        return gpus.isEmpty() ? processor : new GpuSectorEncoder(gpus, processor, LARGEST_SECTOR);
    }
}
