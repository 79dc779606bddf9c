package xyz.autonomys.farmer.cache.fullpiece;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static xyz.autonomys.farmer.cluster.control.Eventually.eventually;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import xyz.autonomys.farmer.cluster.control.CacheMaps;
import xyz.autonomys.farmer.cluster.control.Member;
import xyz.autonomys.farmer.cluster.control.MemberId;
import xyz.autonomys.farmer.cluster.control.MemberRole;
import xyz.autonomys.farmer.cluster.control.TestNats;
import xyz.autonomys.farmer.cluster.member.ClusterMember;
import xyz.autonomys.farmer.cluster.pieces.CachePieceGetter;
import xyz.autonomys.farmer.cluster.pieces.PieceFiller;
import xyz.autonomys.farmer.cluster.pieces.TestController;
import xyz.autonomys.farmer.cluster.pieces.TestHistory;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.Piece;
import xyz.autonomys.farmer.primitives.SegmentCommitment;
import xyz.autonomys.farmer.sector.plot.PieceGetter;
import xyz.autonomys.farmer.store.SegmentDirectory;
import xyz.autonomys.farmer.store.SegmentLabel;

/** Full-piece caches with a real NATS server, a real data plane and the real check of pieces. */
class FullPieceCacheTest {
    private static final int SEGMENT = 256;

    @RegisterExtension
    static final TestNats NATS = new TestNats();

    private static int clusters;

    @TempDir
    private Path directory;

    private String cluster;
    /** What the clock of the caches' waits is ahead of the system's. */
    private final AtomicLong ahead = new AtomicLong();

    @BeforeEach
    void newCluster() {
        cluster = "full" + clusters++;
    }

    private FullPieceCache cache(boolean temporary, String... names) throws Exception {
        return FullPieceCache.start(
                new FullPieceCacheSettings(
                        TestController.options(NATS.url(), cluster, MemberRole.FULL_PIECE_CACHE)
                                .withWaitClock(() -> System.nanoTime() + ahead.get()),
                        Arrays.stream(names).map(directory::resolve).toList(),
                        temporary,
                        new PieceFiller.Limits(2, 32)),
                TestHistory.kzg());
    }

    private static void awaitComplete(FullPieceCache cache, long wanted) throws Exception {
        eventually("a cache with " + wanted + " pieces", () -> {
            var progress = cache.progress();
            return progress.wanted() == wanted && progress.isComplete();
        });
    }

    private void assertGets(long... indexes) throws Exception {
        Map<Long, Piece> pieces = new ConcurrentHashMap<>();
        Set<Long> wanted = Arrays.stream(indexes).boxed().collect(Collectors.toSet());
        try (ClusterMember asker =
                        ClusterMember.join(TestController.options(NATS.url(), cluster, MemberRole.PLOT_SERVER));
                CacheMaps maps = new CacheMaps(asker.control(), _ -> {})) {
            new CachePieceGetter(asker, maps, true).get(wanted, new PieceGetter.Receiver() {
                @Override
                public void found(long pieceIndex, Piece piece) {
                    pieces.put(pieceIndex, piece);
                }

                @Override
                public void failed(long pieceIndex, String reason) {}
            });
        }
        for (long index : indexes) {
            assertEquals(TestHistory.piece(index), pieces.get(index), "piece " + index);
        }
    }

    @Test
    void piecesThatNobodyGivesAreAWaitUntilTheyCome() throws Exception {
        try (TestController controller = new TestController(NATS.url(), cluster, 1)) {
            controller.withhold(5);
            controller.withhold(77);
            try (FullPieceCache cache = cache(false, "a")) {
                eventually("all pieces but two", () -> cache.progress().stored() == SEGMENT - 2);
                eventually("the wait past its limit", () -> {
                    ahead.addAndGet(TimeUnit.HOURS.toNanos(1));
                    return waitingFor(controller, cache)
                            .matches(
                                    ".*full-piece-cache waits for pieces that nobody gives .*does not have it.*export-piece.*");
                });
                controller.release(5);
                controller.release(77);
                awaitComplete(cache, SEGMENT);
                eventually("nothing to wait for", () -> waitingFor(controller, cache)
                        .isEmpty());
            }
        }
    }

    private static String waitingFor(TestController reader, FullPieceCache cache) {
        return reader.member()
                .membership()
                .find(cache.id())
                .map(Member::waitingFor)
                .orElse("not there");
    }

    @Test
    void itTakesAllHistoryServesItAndGoesOnWhereItWas() throws Exception {
        MemberId id;
        try (TestController controller = new TestController(NATS.url(), cluster, 1)) {
            try (FullPieceCache cache = cache(false, "a", "b")) {
                awaitComplete(cache, SEGMENT);
                id = cache.id();
                controller.grow(1, 2);
                awaitComplete(cache, 2 * SEGMENT);
                assertEquals(2 * SEGMENT, controller.served());
                assertGets(0, 255, 256, 300);
                assertEquals(4, cache.served(), "the pieces came from the cache");
            }
            try (FullPieceCache cache = cache(false, "b", "a");
                    FullPieceCache copy = cache(true, "c")) {
                awaitComplete(cache, 2 * SEGMENT);
                assertEquals(id, cache.id());
                assertEquals(2 * SEGMENT, controller.served(), "nothing is fetched twice");
                awaitComplete(copy, 2 * SEGMENT);
                assertEquals(2 * SEGMENT, cache.served(), "another cache takes everything from this one");
                assertEquals(2 * SEGMENT, controller.served());
            }
            assertFalse(Files.exists(directory.resolve("c").resolve(SegmentDirectories.TEMPORARY)));
        }
    }

    @Test
    void aSegmentOfAnotherHistoryIsNotServedAndNotTouched() throws Exception {
        Path own = directory.resolve("a");
        SegmentCommitment other = SegmentCommitment.fromHex("cd".repeat(48));
        SegmentDirectory.open(own)
                .put(new SegmentLabel(0, TestController.GENESIS, other), Map.of(5, TestHistory.piece(6)));
        try (TestController controller = new TestController(NATS.url(), cluster, 2);
                FullPieceCache cache = cache(false, "a")) {
            awaitComplete(cache, SEGMENT);
            assertEquals(SEGMENT, controller.served());
            assertGets(5, 261);
            assertEquals(1, cache.served());
        }
        assertEquals(other, SegmentDirectory.open(own).labels().get(0L).commitment());
    }

    @Test
    void aSegmentWhoseFileCannotBeReadIsNotFetched() throws Exception {
        Path unreadable = Files.createDirectories(directory.resolve("a").resolve("segment-00000000.pieces"));
        try (TestController controller = new TestController(NATS.url(), cluster, 2);
                FullPieceCache cache = cache(false, "a")) {
            awaitComplete(cache, SEGMENT);
            assertEquals(SEGMENT, controller.served());
            eventually("the word of it", () -> controller.member().membership().find(cache.id()).stream()
                    .anyMatch(member -> !member.healthy()));
        }
        assertTrue(Files.isDirectory(unreadable));
    }

    @Test
    void aDirectoryInUseOrOfAnotherChainIsRefused() throws Exception {
        Path own = directory.resolve("a");
        SegmentDirectory.open(own)
                .put(
                        new SegmentLabel(
                                0, Blake3Hash.fromHex("12".repeat(32)), SegmentCommitment.fromHex("cd".repeat(48))),
                        Map.of(5, TestHistory.piece(6)));
        try (TestController controller = new TestController(NATS.url(), cluster, 0)) {
            IOException refused =
                    assertThrows(IOException.class, () -> cache(false, "a").close());
            assertTrue(refused.getMessage().contains("12".repeat(32)), refused.getMessage());
            try (FullPieceCache cache = cache(false, "b")) {
                IOException inUse =
                        assertThrows(IOException.class, () -> cache(false, "b").close());
                assertTrue(inUse.getMessage().contains(directory.resolve("b").toString()), inUse.getMessage());
                eventually(
                        "the wait for history",
                        () -> cache.progress().waitingFor().contains("first segment"));
            }
            assertEquals(0, controller.served());
        }
        assertThrows(
                IllegalArgumentException.class,
                () -> new FullPieceCacheSettings(
                        TestController.options(NATS.url(), cluster, MemberRole.FULL_PIECE_CACHE),
                        List.of(),
                        false,
                        PieceFiller.Limits.DEFAULT));
    }
}
