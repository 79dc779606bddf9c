package xyz.autonomys.farmer.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
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
import xyz.autonomys.farmer.farm.FarmLayout;
import xyz.autonomys.farmer.kzg.Kzg;
import xyz.autonomys.farmer.plotclient.PlotClient;
import xyz.autonomys.farmer.plotclient.PlotClientSettings;
import xyz.autonomys.farmer.primitives.PublicKey;
import xyz.autonomys.farmer.primitives.ss58.Ss58;

/** {@code autonomys-farmer cluster plot-client}. */
@Command(
        name = "plot-client",
        description = "Own farms: have them plotted, audit every slot, submit solutions, sign rewards.",
        mixinStandardHelpOptions = true)
final class PlotClientCommand implements Callable<Integer> {
    @ParentCommand
    private ClusterCommand cluster;

    private static final int FEWEST_AUDIT_THREADS = 4;

    @Spec
    private CommandSpec spec;

    @Mixin
    private RoleOptions role = new RoleOptions();

    @Option(
            names = "--reward-address",
            required = true,
            paramLabel = "SS58",
            description = "Account that receives the rewards.")
    private String rewardAddress;

    @Parameters(
            arity = "1..*",
            paramLabel = "path=DIR,sectors=N",
            description = "A farm and its number of sectors, or its size with size=SIZE.")
    private List<String> farms = new ArrayList<>();

    @Option(
            names = "--tasks-per-farm",
            paramLabel = "N",
            description = "Sectors of a farm that are asked for at a time (default: as many as its disk can store).")
    @Range(from = 1)
    private Integer tasksPerFarm;

    @Option(
            names = "--audit-threads",
            paramLabel = "N",
            description = "Threads of each farm that audit (default: its share of the cores, at least 4).")
    @Range(from = 1)
    private Integer auditThreads;

    @Option(
            names = "--give-up-sectors",
            description = "Let farms get smaller than what is plotted in them; without it that is refused.")
    private boolean giveUpSectors;

    @Override
    public Integer call() throws Exception {
        List<PlotClientSettings.FarmPlace> places = new ArrayList<>();
        PublicKey reward;
        try {
            reward = Ss58.parse(rewardAddress);
            for (String farm : farms) {
                places.add(place(DirectoryArgument.parse(farm, Set.of("sectors", "size"))));
            }
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
        }
        cluster.check();
        Kzg kzg = role.setup().open();
        Path state = PlotClient.stateDirectory(places.getFirst().path());
        Files.createDirectories(state);
        return RoleProcess.run(() -> PlotClient.start(
                new PlotClientSettings(
                        role.member(cluster, MemberRole.PLOT_CLIENT, MemberId.loadOrCreate(state)),
                        reward,
                        places,
                        tasksPerFarm == null ? OptionalInt.empty() : OptionalInt.of(tasksPerFarm),
                        auditThreads == null ? auditThreads(places.size()) : auditThreads,
                        giveUpSectors),
                kzg));
    }

    private static int auditThreads(int farms) {
        return Math.max(FEWEST_AUDIT_THREADS, Math.ceilDiv(Runtime.getRuntime().availableProcessors(), farms));
    }

    private static PlotClientSettings.FarmPlace place(DirectoryArgument argument) {
        OptionalLong sectors = argument.number("sectors");
        OptionalLong size = argument.size("size");
        if (sectors.isPresent() == size.isPresent()) {
            throw new IllegalArgumentException(
                    "the farm at " + argument.path() + " takes sectors=N or size=SIZE, one of them");
        }
        if (sectors.isPresent() && (sectors.getAsLong() < 1 || sectors.getAsLong() > FarmLayout.MAX_SECTORS)) {
            throw new IllegalArgumentException("the farm at " + argument.path() + " takes 1 to "
                    + FarmLayout.MAX_SECTORS + " sectors, not sectors=" + sectors.getAsLong());
        }
        return new PlotClientSettings.FarmPlace(
                argument.path(),
                sectors.isPresent() ? OptionalInt.of((int) sectors.getAsLong()) : OptionalInt.empty(),
                size);
    }
}
