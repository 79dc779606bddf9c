package xyz.autonomys.farmer.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import xyz.autonomys.farmer.archiving.Parallelism;
import xyz.autonomys.farmer.archiving.PieceVerifier;
import xyz.autonomys.farmer.cluster.control.ControlPlane;
import xyz.autonomys.farmer.cluster.pieces.CacheVerification;
import xyz.autonomys.farmer.node.ChainReader;
import xyz.autonomys.farmer.node.NodeException;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.SegmentHeader;
import xyz.autonomys.farmer.store.DirectoryVerification;
import xyz.autonomys.farmer.store.SegmentLabel;

/** {@code autonomys-farmer util verify-piece}: checks pieces against the commitments of their segments. */
@Command(
        name = "verify-piece",
        description = {
            "Check every piece in some directories, or in the caches of a running cluster, against the commitment of its"
                    + " segment, and list bad and missing ones. Goes on where an earlier run was interrupted.",
            "Exits with 0 if all are there and right, else with 1."
        },
        mixinStandardHelpOptions = true)
final class VerifyPieceCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int CONNECTIONS = 1;

    @Spec
    private CommandSpec spec;

    @Mixin
    private SetupOptions setup = new SetupOptions();

    @Mixin
    private NodeUrlOption node = new NodeUrlOption();

    @Mixin
    private NatsOptions nats = new NatsOptions();

    @Option(
            names = "--progress-dir",
            paramLabel = "DIR",
            description = "With --nats-server: where an interrupted run leaves what it has found (default:"
                    + " autonomys-farmer in XDG_CACHE_HOME or ~/.cache).")
    private Path progressDirectory;

    @Parameters(
            arity = "0..*",
            paramLabel = "path=DIR",
            description =
                    "Directory of an export or of a full-piece cache. With --node-url its segments must be those of"
                            + " the node's chain, all of them; else what each file says of itself counts. Without a directory,"
                            + " --nats-server says whose caches are checked.")
    private List<String> paths = new ArrayList<>();

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
        if (directories.isEmpty()) {
            return verifyCaches();
        }
        if (nats.areGiven()) {
            throw new ParameterException(
                    spec.commandLine(), "give directories with path= or caches with --nats-server, not both");
        }
        Optional<Map<Long, SegmentLabel>> chain =
                node.isGiven() ? Optional.of(labels(node.require(spec))) : Optional.empty();
        PieceVerifier verifier = new PieceVerifier(setup.open(), Parallelism.allCores());
        long faults = 0;
        for (Path directory : directories) {
            DirectoryVerification verification = new DirectoryVerification(directory, verifier, chain);
            faults += verify(verification::run);
        }
        return faults == 0 ? Main.DONE : Main.FAILED;
    }

    private interface Verification {
        long run(DirectoryVerification.Listener listener) throws IOException, InterruptedException;
    }

    private long verify(Verification verification) throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        ProgressLine progress = new ProgressLine(out, ProgressLine.isTerminal());
        long[] count = new long[1];
        long faults = verification.run((finding, fraction) -> {
            count[0]++;
            if (!finding.isGood()) {
                progress.print(finding.toString());
            }
            progress.show(fraction, count[0] + " segments verified");
        });
        progress.print(count[0] + " segments verified, "
                + (faults == 0
                        ? "all pieces are good"
                        : faults
                                + " of them are not good; remove their files and export them again, or let a full-piece cache fetch what"
                                + " is missing"));
        return faults;
    }

    private static Path defaultProgressDirectory() {
        String cache = System.getenv("XDG_CACHE_HOME");
        Path base =
                cache != null && !cache.isEmpty() ? Path.of(cache) : Path.of(System.getProperty("user.home"), ".cache");
        return base.resolve("autonomys-farmer");
    }

    /** A segment counts once for each cache. */
    private int verifyCaches() throws Exception {
        nats.check();
        PieceVerifier verifier = new PieceVerifier(setup.open(), Parallelism.allCores());
        Path logs = Files.createDirectories(progressDirectory == null ? defaultProgressDirectory() : progressDirectory);
        try (CacheVerification verification = CacheVerification.open(
                ControlPlane.connect(nats.nats(), nats.subjects(), "util verify-piece"), verifier)) {
            return verify(listener -> verification.run(logs, listener)) == 0 ? Main.DONE : Main.FAILED;
        }
    }

    private static Map<Long, SegmentLabel> labels(URI url) throws NodeException, InterruptedException {
        try (ChainReader reader = ChainReader.of(url, CONNECTIONS, PATIENCE)) {
            Blake3Hash genesis =
                    Blake3Hash.of(reader.blockHashes(0, 1).getFirst().toBytes());
            Map<Long, SegmentLabel> labels = new HashMap<>();
            for (SegmentHeader header : reader.segmentHeaders()) {
                labels.put(
                        header.segmentIndex(),
                        new SegmentLabel(header.segmentIndex(), genesis, header.segmentCommitment()));
            }
            return labels;
        }
    }
}
