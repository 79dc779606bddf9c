package xyz.autonomys.farmer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static xyz.autonomys.farmer.cluster.control.Eventually.eventually;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;
import xyz.autonomys.farmer.cluster.control.CacheMaps;
import xyz.autonomys.farmer.cluster.control.Member;
import xyz.autonomys.farmer.cluster.control.MemberRole;
import xyz.autonomys.farmer.cluster.control.PrivateNatsServer;
import xyz.autonomys.farmer.cluster.control.SegmentLedger;
import xyz.autonomys.farmer.cluster.member.ClusterMember;
import xyz.autonomys.farmer.cluster.pieces.CachePieceGetter;
import xyz.autonomys.farmer.cluster.pieces.TestController;
import xyz.autonomys.farmer.devnode.DevNode;
import xyz.autonomys.farmer.devnode.DevNodeSettings;
import xyz.autonomys.farmer.devnode.chain.ChainSettings;
import xyz.autonomys.farmer.kzg.Kzg;
import xyz.autonomys.farmer.kzg.Kzgs;
import xyz.autonomys.farmer.kzg.TrustedSetup;
import xyz.autonomys.farmer.primitives.Piece;
import xyz.autonomys.farmer.sector.plot.PieceGetter;

/**
 * The whole way of a history of {@value #SEGMENTS} segments: from a simulated node by processes that are killed, to a
 * full-piece cache of a real cluster. The node's chain is kept in the build directory for the next run.
 */
@Tag("long")
class LongExportTest {
    private static final int SEGMENTS = 20;
    private static final int KILLS = 10;
    private static final int SEGMENT_PIECES = 256;
    private static final Duration PATIENCE = Duration.ofMinutes(30);
    private static final String CLUSTER = "export";

    @TempDir(factory = BuildDirectory.class)
    Path directory;

    private final List<Process> processes = new ArrayList<>();
    private DevNode node;

    /** Many gigabytes, so beside what the build makes, not in memory. */
    static final class BuildDirectory implements TempDirFactory {
        @Override
        public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext context) throws IOException {
            return Files.createTempDirectory(Files.createDirectories(Path.of("target", "exports")), "run");
        }
    }

    @BeforeEach
    void startNode() throws Exception {
        Kzg kzg = Kzgs.openWithSecret(TrustedSetup.development());
        ChainSettings chain = ChainSettings.development(1000, 1L << 40, 1000);
        Path history = Path.of("target", "histories", SEGMENTS + "-segments");
        DevNode.start(DevNodeSettings.of(chain, history).withSegments(SEGMENTS), kzg, kzg)
                .close();
        // Small blocks from now on, so that history does not grow while it is looked at.
        node = DevNode.start(DevNodeSettings.of(chain.withBlockBodyBytes(64), history), kzg, kzg);
    }

    @AfterEach
    void stopAll() {
        processes.forEach(Process::destroyForcibly);
        node.close();
    }

    private Process start(Path log, String... arguments) throws IOException {
        ProcessBuilder builder = FarmerProcess.of("1500m", log, List.of(arguments));
        builder.environment().put("NODE_URL", node.url());
        Process process = builder.start();
        processes.add(process);
        return process;
    }

    private Process export(Path out) throws IOException {
        return start(
                log(out),
                "util",
                "export-piece",
                "--trusted-setup",
                "development",
                "--out",
                out.toString(),
                "--to",
                Integer.toString(SEGMENTS - 1));
    }

    private static Path log(Path out) {
        return out.resolveSibling(out.getFileName() + ".log");
    }

    private static void assertEnds(int code, Process process, Path log) throws Exception {
        assertTrue(process.waitFor(PATIENCE), () -> "it does not end: " + text(log));
        assertEquals(code, process.exitValue(), () -> text(log));
    }

    private static String text(Path log) {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** Bytes in segment files, complete or not. */
    private static long written(Path out) throws IOException {
        long bytes = 0;
        if (Files.isDirectory(out)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(out, "segment-*")) {
                for (Path file : files) {
                    try {
                        bytes += Files.size(file);
                    } catch (NoSuchFileException e) {
                        // It has just been given its last name; its bytes count the next time.
                        continue;
                    }
                }
            }
        }
        return bytes;
    }

    private static Map<String, String> hashes(Path out) throws Exception {
        Map<String, String> hashes = new TreeMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(out, "segment-*")) {
            for (Path file : files) {
                hashes.put(file.getFileName().toString(), ExportPieceCommandTest.sha256(file));
            }
        }
        return hashes;
    }

    private static Map<Path, FileTime> times(Path out) throws IOException {
        Map<Path, FileTime> times = new HashMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(out, "segment-*")) {
            for (Path file : files) {
                times.put(file, Files.getLastModifiedTime(file));
            }
        }
        return times;
    }

    @Test
    void historyIsExportedKilledVerifiedAndServed() throws Exception {
        Path out = directory.resolve("full-cache-tmp");
        assertEnds(0, export(out), log(out));
        Map<String, String> hashes = hashes(out);
        assertEquals(SEGMENTS, hashes.size());

        Map<Path, FileTime> times = times(out);
        assertEnds(0, export(out), log(out));
        assertTrue(text(log(out)).contains("0 segments written"), text(log(out)));
        assertEquals(times, times(out));

        Path killed = directory.resolve("killed");
        SplittableRandom random = new SplittableRandom(42);
        long segmentBytes = Files.size(out.resolve("segment-00000000.pieces"));
        for (int kill = 0; kill < KILLS; kill++) {
            Process process = export(killed);
            // Anywhere in the next one and a half segments, or while it looks at what is there.
            long until = written(killed) + random.nextLong(segmentBytes * 3 / 2);
            eventually("bytes of an export", PATIENCE, () -> written(killed) >= until || !process.isAlive());
            assertTrue(process.isAlive(), () -> text(log(killed)));
            process.destroyForcibly().waitFor();
        }
        assertEnds(0, export(killed), log(killed));
        assertEquals(hashes, hashes(killed));
        try (DirectoryStream<Path> files = Files.newDirectoryStream(killed)) {
            files.forEach(file -> deleteQuietly(file));
        }

        Path verifyLog = directory.resolve("verify.log");
        String[] verify = {"util", "verify-piece", "--trusted-setup", "development", "path=" + out};
        assertEnds(0, start(verifyLog, verify), verifyLog);
        assertTrue(text(verifyLog).contains(SEGMENTS + " segments verified, all pieces are good"), text(verifyLog));
        Path last = out.resolve(String.format("segment-%08d.pieces", SEGMENTS - 1));
        long offset = Files.size(last) / 2;
        ExportPieceCommandTest.flipBit(last, offset);
        assertEnds(1, start(verifyLog, verify), verifyLog);
        assertTrue(text(verifyLog).contains("segment " + (SEGMENTS - 1) + ": bad pieces"), text(verifyLog));
        ExportPieceCommandTest.flipBit(last, offset);

        assertServed(out);
    }

    private static void deleteQuietly(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The export as it is, behind a full-piece cache of a cluster whose controller follows the same node. */
    private void assertServed(Path out) throws Exception {
        Path log = directory.resolve("cluster.log");
        try (PrivateNatsServer nats = PrivateNatsServer.start(directory.resolve("nats"), 0)) {
            String[] cluster = {"cluster", "--nats-server", nats.url(), "--cluster-name", CLUSTER};
            start(
                    log,
                    with(
                            cluster,
                            "controller",
                            "--node-rpc-url",
                            node.url(),
                            "--tmp",
                            "--trusted-setup",
                            "development"));
            start(log, with(cluster, "full-piece-sharded-cache", "path=" + out, "--trusted-setup", "development"));
            try (ClusterMember asker =
                            ClusterMember.join(TestController.options(nats.url(), CLUSTER, MemberRole.PLOT_SERVER));
                    SegmentLedger ledger = new SegmentLedger(asker.control(), _ -> {});
                    CacheMaps maps = new CacheMaps(asker.control(), _ -> {})) {
                eventually(
                        "a full-piece cache that has everything",
                        PATIENCE,
                        () -> ledger.contiguousSegments() >= SEGMENTS
                                && asker.membership().present(MemberRole.FULL_PIECE_CACHE).stream()
                                        .anyMatch(cache ->
                                                stored(cache) >= ledger.contiguousSegments() * SEGMENT_PIECES));
                Map<Long, Piece> pieces = new ConcurrentHashMap<>();
                Set<Long> wanted = Set.of(0L, 1L, 5L * SEGMENT_PIECES + 17, SEGMENTS * SEGMENT_PIECES - 1L);
                new CachePieceGetter(asker, maps, true).get(wanted, new PieceGetter.Receiver() {
                    @Override
                    public void found(long pieceIndex, Piece piece) {
                        pieces.put(pieceIndex, piece);
                    }

                    @Override
                    public void failed(long pieceIndex, String reason) {
                        throw new AssertionError("piece " + pieceIndex + ": " + reason);
                    }
                });
                assertEquals(wanted, pieces.keySet());
                Path caches = directory.resolve("verify-caches.log");
                String[] verify = {
                    "util",
                    "verify-piece",
                    "--trusted-setup",
                    "development",
                    "--nats-servers",
                    nats.url(),
                    "--cluster-name",
                    CLUSTER,
                    "--progress-dir",
                    directory.toString()
                };
                assertEnds(0, start(caches, verify), caches);
                assertTrue(text(caches).contains("all pieces are good"), text(caches));
                eventually(
                        "pieces served by the full-piece cache",
                        PATIENCE,
                        () -> asker.membership().present(MemberRole.FULL_PIECE_CACHE).stream()
                                .anyMatch(cache -> detail(cache, "pieces served") >= SEGMENTS * SEGMENT_PIECES));
            }
        }
    }

    private static long stored(Member cache) {
        return detail(cache, "pieces stored");
    }

    private static long detail(Member cache, String name) {
        return cache.details().stream()
                .filter(detail -> detail.name().equals(name))
                .mapToLong(detail -> Long.parseLong(detail.value()))
                .findFirst()
                .orElse(-1);
    }

    private static String[] with(String[] first, String... more) {
        List<String> all = new ArrayList<>(List.of(first));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }
}
