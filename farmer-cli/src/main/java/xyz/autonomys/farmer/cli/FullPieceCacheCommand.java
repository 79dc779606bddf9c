package xyz.autonomys.farmer.cli;

import java.nio.file.Path;
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
import xyz.autonomys.farmer.cache.fullpiece.FullPieceCache;
import xyz.autonomys.farmer.cache.fullpiece.FullPieceCacheSettings;
import xyz.autonomys.farmer.cluster.control.MemberId;
import xyz.autonomys.farmer.cluster.control.MemberRole;
import xyz.autonomys.farmer.cluster.pieces.PieceFiller;
import xyz.autonomys.farmer.kzg.Kzg;

/** {@code autonomys-farmer cluster full-piece-sharded-cache}. */
@Command(
        name = "full-piece-sharded-cache",
        description = "Hold every piece of history, from an export or from the cluster, and serve them.",
        mixinStandardHelpOptions = true)
final class FullPieceCacheCommand implements Callable<Integer> {
    @ParentCommand
    private ClusterCommand cluster;

    @Spec
    private CommandSpec spec;

    @Mixin
    private RoleOptions role = new RoleOptions();

    @Parameters(
            arity = "1..*",
            paramLabel = "path=DIR",
            description = "Directory with one file for each segment; that of an export is one.")
    private List<String> paths = new ArrayList<>();

    @Option(
            names = "--tmp",
            description = "Discard what was fetched when the role stops; files that were there before stay.")
    private boolean temporary;

    @Override
    public Integer call() throws Exception {
        List<Path> directories = new ArrayList<>();
        try {
            for (String path : paths) {
                directories.add(DirectoryArgument.parse(path, Set.of()).path());
            }
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
        }
        cluster.check();
        Kzg kzg = role.setup().open();
        // The id is that of the directories, which the cache reads.
        return RoleProcess.run(() -> FullPieceCache.start(
                new FullPieceCacheSettings(
                        role.member(cluster, MemberRole.FULL_PIECE_CACHE, MemberId.random()),
                        directories,
                        temporary,
                        PieceFiller.Limits.DEFAULT),
                kzg));
    }
}
