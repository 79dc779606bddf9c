package xyz.autonomys.farmer.cli;

import java.util.ArrayList;
import java.util.List;
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
import xyz.autonomys.farmer.cache.sharded.CachePath;
import xyz.autonomys.farmer.cache.sharded.ShardedCache;
import xyz.autonomys.farmer.cache.sharded.ShardedCacheSettings;
import xyz.autonomys.farmer.cluster.control.MemberId;
import xyz.autonomys.farmer.cluster.control.MemberRole;
import xyz.autonomys.farmer.cluster.pieces.PieceFiller;
import xyz.autonomys.farmer.kzg.Kzg;

/** {@code autonomys-farmer cluster sharded-cache}. */
@Command(
        name = "sharded-cache",
        description = "Hold this host's share of all pieces and serve them.",
        mixinStandardHelpOptions = true)
final class ShardedCacheCommand implements Callable<Integer> {
    @ParentCommand
    private ClusterCommand cluster;

    @Spec
    private CommandSpec spec;

    @Mixin
    private RoleOptions role = new RoleOptions();

    @Option(
            names = "--fill-limit",
            paramLabel = "SIZE",
            defaultValue = "250MB",
            description = "Most bytes per second to fetch when pieces are lacking (default: ${DEFAULT-VALUE}).")
    private String fillLimit;

    @Option(
            names = "--scrub-limit",
            paramLabel = "SIZE",
            defaultValue = "20MB",
            description = "Bytes per second to read in the background to find damage, 0 for none (default:"
                    + " ${DEFAULT-VALUE}).")
    private String scrubLimit;

    @Parameters(
            arity = "1..*",
            paramLabel = "path=DIR[,size=SIZE]",
            description =
                    "Where the pieces lie and how much space they may take (default: nine tenths of what is free).")
    private List<String> paths = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        List<CachePath> places = new ArrayList<>();
        try {
            for (String path : paths) {
                DirectoryArgument argument = DirectoryArgument.parse(path, Set.of("size"));
                places.add(new CachePath(argument.path(), argument.size("size")));
            }
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
        }
        PieceFiller.Limits limits;
        long scrub;
        try {
            limits = new PieceFiller.Limits(
                    PieceFiller.Limits.DEFAULT.threads(),
                    PieceFiller.Limits.DEFAULT.batch(),
                    DirectoryArgument.parseSize("--fill-limit " + fillLimit, fillLimit));
            scrub = DirectoryArgument.parseSize("--scrub-limit " + scrubLimit, scrubLimit);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
        }
        cluster.check();
        Kzg kzg = role.setup().open();
        // The id is that of the directories, which the cache reads.
        return RoleProcess.run(() -> ShardedCache.start(
                new ShardedCacheSettings(
                        role.member(cluster, MemberRole.SHARDED_CACHE, MemberId.random()), places, limits, scrub),
                kzg));
    }
}
