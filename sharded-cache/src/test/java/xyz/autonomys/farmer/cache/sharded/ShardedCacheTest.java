package xyz.autonomys.farmer.cache.sharded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static xyz.autonomys.farmer.cluster.control.Eventually.eventually;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import xyz.autonomys.farmer.archiving.Parallelism;
import xyz.autonomys.farmer.archiving.PieceVerifier;
import xyz.autonomys.farmer.cluster.control.CacheLayout;
import xyz.autonomys.farmer.cluster.control.CacheMaps;
import xyz.autonomys.farmer.cluster.control.ControlPlane;
import xyz.autonomys.farmer.cluster.control.Member;
import xyz.autonomys.farmer.cluster.control.MemberId;
import xyz.autonomys.farmer.cluster.control.MemberRole;
import xyz.autonomys.farmer.cluster.control.TestNats;
import xyz.autonomys.farmer.cluster.member.ClusterMember;
import xyz.autonomys.farmer.cluster.member.MemberOptions;
import xyz.autonomys.farmer.cluster.pieces.CachePieceGetter;
import xyz.autonomys.farmer.cluster.pieces.CacheVerification;
import xyz.autonomys.farmer.cluster.pieces.PieceFiller;
import xyz.autonomys.farmer.cluster.pieces.TestController;
import xyz.autonomys.farmer.cluster.pieces.TestHistory;
import xyz.autonomys.farmer.primitives.Piece;
import xyz.autonomys.farmer.sector.plot.PieceGetter;
import xyz.autonomys.farmer.store.ChainMark;
import xyz.autonomys.farmer.store.Finding;

/** Sharded caches with a real NATS server, a real data plane and the real check of pieces. */
class ShardedCacheTest {
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
        cluster = "cache" + clusters++;
    }

    private ShardedCache cache(String name, int slots) throws Exception {
        return ShardedCache.start(
                new ShardedCacheSettings(
                        TestController.options(NATS.url(), cluster, MemberRole.SHARDED_CACHE)
                                .withWaitClock(() -> System.nanoTime() + ahead.get()),
                        List.of(new CachePath(directory.resolve(name), OptionalLong.of(SlotStore.bytesOf(slots)))),
                        new PieceFiller.Limits(2, 32),
                        0),
                TestHistory.kzg());
    }

    private static void awaitComplete(ShardedCache cache, long wanted) throws Exception {
        eventually("a cache with " + wanted + " pieces", () -> {
            var progress = cache.progress();
            return progress.wanted() == wanted && progress.isComplete();
        });
    }

    /** What a plot-server would get, and the reasons for what it would not. */
    private Map<Long, Object> gather(long... indexes) throws Exception {
        Map<Long, Object> answers = new ConcurrentHashMap<>();
        Set<Long> wanted = Arrays.stream(indexes).boxed().collect(Collectors.toSet());
        try (ClusterMember asker =
                        ClusterMember.join(TestController.options(NATS.url(), cluster, MemberRole.PLOT_SERVER));
                CacheMaps maps = new CacheMaps(asker.control(), _ -> {})) {
            new CachePieceGetter(asker, maps, true).get(wanted, new PieceGetter.Receiver() {
                @Override
                public void found(long pieceIndex, Piece piece) {
                    answers.put(pieceIndex, piece);
                }

                @Override
                public void failed(long pieceIndex, String reason) {
                    answers.put(pieceIndex, reason);
                }
            });
        }
        return answers;
    }

    private void assertGets(long... indexes) throws Exception {
        Map<Long, Object> answers = gather(indexes);
        for (long index : indexes) {
            assertEquals(TestHistory.piece(index), answers.get(index), "piece " + index);
        }
    }

    @Test
    void piecesThatNobodyGivesAreAWaitUntilTheyCome() throws Exception {
        try (TestController controller = new TestController(NATS.url(), cluster, 1)) {
            controller.withhold(5);
            controller.withhold(77);
            try (ShardedCache cache = cache("a", SEGMENT)) {
                eventually("all pieces but two", () -> cache.progress().stored() == SEGMENT - 2);
                eventually("the wait past its limit", () -> {
                    ahead.addAndGet(TimeUnit.HOURS.toNanos(1));
                    return waitingFor(controller, cache)
                            .matches(
                                    ".*sharded-cache waits for pieces that nobody gives .*does not have it.*export-piece.*");
                });
                controller.release(5);
                controller.release(77);
                awaitComplete(cache, SEGMENT);
                eventually("nothing to wait for", () -> waitingFor(controller, cache)
                        .isEmpty());
            }
        }
    }

    @Test
    void aCacheThatIsTooSmallForItsShareWaitsForRoom() throws Exception {
        try (TestController controller = new TestController(NATS.url(), cluster, 1);
                ShardedCache cache = cache("a", 16)) {
            awaitComplete(cache, 16);
            eventually("the wait past its limit", () -> {
                ahead.addAndGet(TimeUnit.HOURS.toNanos(1));
                return waitingFor(controller, cache)
                        .contains("sharded-cache waits for room for its share of pieces (240 pieces)");
            });
        }
    }

    private static String waitingFor(TestController reader, ShardedCache cache) {
        return reader.member()
                .membership()
                .find(cache.id())
                .map(Member::waitingFor)
                .orElse("not there");
    }

    @Test
    void aLonelyCacheTakesEverythingAndGoesOnWhereItWas() throws Exception {
        MemberId id;
        try (TestController controller = new TestController(NATS.url(), cluster, 1)) {
            try (ShardedCache cache = cache("a", 2 * SEGMENT)) {
                awaitComplete(cache, SEGMENT);
                id = cache.id();
                long served = controller.served();
                assertEquals(SEGMENT, served);
                assertGets(0, 1, 200, 255);
                assertEquals(4, cache.served(), "the pieces came from the cache");
                controller.grow(1, 2);
                awaitComplete(cache, 2 * SEGMENT);
            }
            long served = controller.served();
            try (ShardedCache cache = cache("a", 2 * SEGMENT)) {
                awaitComplete(cache, 2 * SEGMENT);
                assertEquals(id, cache.id());
            }
            assertEquals(served, controller.served(), "nothing is fetched twice");
        }
    }

    @Test
    void cachesShareTheHistoryAndFetchFromEachOther() throws Exception {
        try (TestController controller = new TestController(NATS.url(), cluster, 1);
                ShardedCache first = cache("a", SEGMENT)) {
            awaitComplete(first, SEGMENT);
            long fromController = controller.served();
            try (ShardedCache second = cache("b", SEGMENT)) {
                eventually(
                        "the second cache's share",
                        () -> second.progress().wanted() > 0
                                && second.progress().wanted() + first.progress().wanted() == SEGMENT);
                awaitComplete(second, second.progress().wanted());
                assertEquals(
                        fromController + second.progress().wanted() - first.served(),
                        controller.served(),
                        "each piece came from the first cache or the controller");
                assertTrue(first.served() > 0, "the new cache asks the old owner");
                assertGets(LongStream.range(0, 64).toArray());
            }
        }
    }

    @Test
    void aCacheThatHasNotSeenTheMapBeforeFindsOldOwners() throws Exception {
        try (TestController controller = new TestController(NATS.url(), cluster, 1);
                ShardedCache first = cache("a", SEGMENT)) {
            awaitComplete(first, SEGMENT);
            for (long index = 0; index < SEGMENT; index++) {
                controller.withhold(index);
            }
            long share;
            try (ShardedCache second = cache("b", SEGMENT)) {
                eventually(
                        "the second cache's share",
                        () -> second.progress().wanted() > 0
                                && second.progress().wanted() < SEGMENT);
                share = second.progress().wanted();
            }
            try (ShardedCache second = cache("b", SEGMENT)) {
                awaitComplete(second, share);
            }
            assertEquals(SEGMENT, controller.served(), "only the first cache asked the controller");
        }
    }

    private static void awaitComplete(long epoch, ShardedCache... caches) throws Exception {
        eventually("caches complete by map " + epoch, () -> Arrays.stream(caches)
                .allMatch(cache -> cache.epoch() == epoch && cache.progress().isComplete()));
    }

    /** Three caches with fragments: one may die, one may lie damaged, and pieces come all the same. */
    @Test
    void aLostCacheOfThreeCostsNoPieces() throws Exception {
        try (TestController controller = new TestController(NATS.url(), cluster, 1)) {
            controller.keep(CacheLayout.splitParity(2, 1));
            try (ShardedCache first = cache("a", SEGMENT);
                    ShardedCache second = cache("b", SEGMENT)) {
                try (ShardedCache third = cache("c", SEGMENT)) {
                    eventually(
                            "a map of three",
                            () -> controller
                                            .maps()
                                            .newest()
                                            .map(map -> map.members().size())
                                            .orElse(0)
                                    == 3);
                    awaitComplete(controller.maps().newest().orElseThrow().epoch(), first, second, third);
                    assertEquals(SEGMENT, third.progress().wanted(), "each has a fragment of every piece");
                    for (long index = 0; index < SEGMENT; index++) {
                        controller.withhold(index);
                    }
                    assertGets(LongStream.range(0, 48).toArray());
                    assertTrue(first.served() > 0 && second.served() > 0 && third.served() > 0, "all share the work");
                }
                assertGets(LongStream.range(48, 112).toArray());
            }
        }
    }

    /** A cache has one fragment of a piece, another cache a second one, and they are to have three now. */
    @Test
    void aCacheRebuildsPiecesWithFragmentsOfItsOwn() throws Exception {
        try (TestController controller = new TestController(NATS.url(), cluster, 1)) {
            controller.keep(CacheLayout.splitParity(2, 1));
            try (ShardedCache first = cache("a", 2 * SEGMENT);
                    ShardedCache second = cache("b", 2 * SEGMENT)) {
                MemberId gone;
                try (ShardedCache third = cache("c", 2 * SEGMENT)) {
                    gone = third.id();
                    eventually("a map of three", () -> membersOfTheNewestMap(controller) == 3);
                    awaitComplete(controller.maps().newest().orElseThrow().epoch(), first, second, third);
                    for (long index = 0; index < SEGMENT; index++) {
                        controller.withhold(index);
                    }
                }
                controller.forget(gone);
                eventually("a map of two", () -> membersOfTheNewestMap(controller) == 2);
                awaitComplete(controller.maps().newest().orElseThrow().epoch(), first, second);
                assertGets(LongStream.range(0, 48).toArray());
            }
        }
    }

    private static int membersOfTheNewestMap(TestController controller) {
        return controller.maps().newest().map(map -> map.members().size()).orElse(0);
    }

    /** What {@code util verify-piece} finds in the caches, once it hears all of them. */
    private List<Finding> verification(int caches) throws Exception {
        List<Finding> findings = new ArrayList<>();
        eventually("findings of " + caches + " caches", () -> {
            findings.clear();
            findings.addAll(verification());
            return findings.size() == caches;
        });
        return findings;
    }

    private List<Finding> verification() throws Exception {
        MemberOptions options = TestController.options(NATS.url(), cluster, MemberRole.PLOT_SERVER);
        List<Finding> findings = new ArrayList<>();
        try (CacheVerification verification = CacheVerification.open(
                ControlPlane.connect(options.nats(), options.subjects(), "verification"),
                new PieceVerifier(TestHistory.kzg(), Parallelism.allCores()))) {
            long faults = verification.run(directory, (finding, fraction) -> findings.add(finding));
            assertEquals(findings.stream().filter(finding -> !finding.isGood()).count(), faults);
        }
        return findings;
    }

    @Test
    void verificationRebuildsPiecesAndNamesFragmentsThatAreMissing() throws Exception {
        try (TestController controller = new TestController(NATS.url(), cluster, 1)) {
            controller.keep(CacheLayout.splitParity(2, 1));
            controller.withhold(5);
            try (ShardedCache first = cache("a", SEGMENT);
                    ShardedCache second = cache("b", SEGMENT);
                    ShardedCache third = cache("c", SEGMENT)) {
                eventually("fragments of all pieces but one", () -> Stream.of(first, second, third)
                        .allMatch(cache -> cache.progress().wanted() == SEGMENT
                                && cache.progress().stored() == SEGMENT - 1));
                for (Finding finding : verification(3)) {
                    assertTrue(finding.toString().endsWith(": segment 0: missing pieces 5"), finding.toString());
                }
                controller.release(5);
                awaitComplete(controller.maps().newest().orElseThrow().epoch(), first, second, third);
                verification(3).forEach(finding -> assertTrue(finding.isGood(), finding::toString));
            }
        }
    }

    @Test
    void piecesTurnIntoFragmentsWithoutBeingMissedOnTheWay() throws Exception {
        try (TestController controller = new TestController(NATS.url(), cluster, 1);
                ShardedCache first = cache("a", 2 * SEGMENT)) {
            awaitComplete(first, SEGMENT);
            long fetched = controller.served();
            for (long index = 0; index < SEGMENT; index++) {
                controller.withhold(index);
            }
            controller.keep(CacheLayout.splitParity(2, 1));
            for (int from = 0; from < SEGMENT; from += 64) {
                assertGets(LongStream.range(from, from + 64).toArray());
            }
            awaitComplete(2, first);
            assertGets(0, 100, 255);
            assertEquals(fetched, controller.served(), "they are made of the pieces that lie here");
        }
    }

    @Test
    void anItemOfAnotherShareGoesOnlyWhenItsOwnerHasIt() throws Exception {
        try (TestController controller = new TestController(NATS.url(), cluster, 1);
                ShardedCache first = cache("a", SEGMENT + 8)) {
            awaitComplete(first, SEGMENT);
            try (ShardedCache second = cache("b", 2 * SEGMENT)) {
                eventually("the second cache's share", () -> second.progress().wanted() > 0);
                awaitComplete(second, second.progress().wanted());
                controller.grow(1, 3);
                awaitComplete(2, first, second);
                assertTrue(first.progress().wanted() > 0);
                for (int from = 0; from < 3 * SEGMENT; from += 128) {
                    assertGets(LongStream.range(from, from + 32).toArray());
                }
            }
        }
    }

    @Test
    void aWrongPieceIsNeverKept() throws Exception {
        try (TestController controller = new TestController(NATS.url(), cluster, 1)) {
            controller.lieAbout(5);
            controller.withhold(7);
            try (ShardedCache cache = cache("a", SEGMENT)) {
                eventually(
                        "all but two pieces",
                        () -> cache.progress().stored() == SEGMENT - 2
                                && cache.progress().rejected() > 0);
                eventually(
                        "a word of what is missing",
                        () -> cache.progress().waitingFor().contains("does not have it"));
                controller.release(7);
                eventually("the piece that was withheld", () -> cache.progress().stored() == SEGMENT - 1);
                assertEquals(1, cache.progress().rejected(), "a liar is not asked for the same piece again");
                Object answer = gather(5).get(5L);
                assertEquals(TestHistory.piece(7), answer, "the controller's lie, which the asker has to check");
                controller.withhold(5);
                String reason = (String) gather(5).get(5L);
                assertTrue(reason.contains(cache.dataAddress()), reason);
                assertTrue(reason.contains(controller.member().dataAddress()), reason);
                assertEquals(0, cache.served());
            }
            controller.repent(5);
            controller.release(5);
            try (ShardedCache cache = cache("a", SEGMENT)) {
                awaitComplete(cache, SEGMENT);
            }
        }
    }

    @Test
    void aDamagedPieceIsDroppedAndFetchedAgain() throws Exception {
        try (TestController controller = new TestController(NATS.url(), cluster, 1);
                ShardedCache cache = cache("a", SEGMENT)) {
            awaitComplete(cache, SEGMENT);
            try (FileChannel slots =
                    FileChannel.open(directory.resolve("a").resolve(SlotStore.SLOTS_FILE), StandardOpenOption.WRITE)) {
                for (int slot = 0; slot < SEGMENT; slot += 16) {
                    slots.write(ByteBuffer.wrap(new byte[] {-1}), slot * (long) SlotEntry.SLOT_BYTES + 12_345);
                }
            }
            long before = controller.served();
            for (int from = 0; from < SEGMENT; from += 64) {
                assertGets(LongStream.range(from, from + 64).toArray());
            }
            awaitComplete(cache, SEGMENT);
            assertEquals(2 * SEGMENT / 16, controller.served() - before, "once for the asker, once for the cache");
            long after = controller.served();
            for (int from = 0; from < SEGMENT; from += 64) {
                assertGets(LongStream.range(from, from + 64).toArray());
            }
            assertEquals(after, controller.served(), "the cache has everything again");
        }
    }

    @Test
    void aCacheThatIsTooSmallSaysSo() throws Exception {
        try (TestController controller = new TestController(NATS.url(), cluster, 1);
                ShardedCache cache = cache("a", 10)) {
            awaitComplete(cache, 10);
            assertEquals(Set.of(10L), Set.of(controller.served()));
            eventually("the word of it", () -> controller.member().membership().find(cache.id()).stream()
                    .anyMatch(member -> !member.healthy()));
        }
    }

    @Test
    void aDirectoryOfAnotherChainIsRefused() throws Exception {
        Path own = Files.createDirectories(directory.resolve("a"));
        Files.writeString(own.resolve(ChainMark.FILE_NAME), "12".repeat(32));
        try (TestController controller = new TestController(NATS.url(), cluster, 1)) {
            IOException refused =
                    assertThrows(IOException.class, () -> cache("a", 10).close());
            assertTrue(refused.getMessage().contains("12".repeat(32)), refused.getMessage());
            assertEquals(0, controller.served());
        }
    }
}
