package xyz.autonomys.farmer.cluster.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static xyz.autonomys.farmer.cluster.control.Eventually.eventually;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.ChunkWitness;
import xyz.autonomys.farmer.primitives.FarmerProtocolInfo;
import xyz.autonomys.farmer.primitives.LastArchivedBlock;
import xyz.autonomys.farmer.primitives.PosProof;
import xyz.autonomys.farmer.primitives.PublicKey;
import xyz.autonomys.farmer.primitives.RecordCommitment;
import xyz.autonomys.farmer.primitives.RecordWitness;
import xyz.autonomys.farmer.primitives.ScalarBytes;
import xyz.autonomys.farmer.primitives.SegmentCommitment;
import xyz.autonomys.farmer.primitives.SegmentHeader;
import xyz.autonomys.farmer.primitives.SlotInfo;
import xyz.autonomys.farmer.primitives.Solution;
import xyz.autonomys.farmer.primitives.SolutionResponse;
import xyz.autonomys.farmer.telemetry.WaitRegister;

/** The control plane against a real nats-server with JetStream. */
class ControlPlaneTest {
    private static final long PATIENCE_SECONDS = 20;

    @TempDir
    private static Path directory;

    private static PrivateNatsServer nats;
    private static int clusters;

    private ControlPlane plane;

    @BeforeAll
    static void startNats() throws Exception {
        nats = PrivateNatsServer.start(directory, 0);
    }

    @AfterAll
    static void stopNats() {
        nats.close();
    }

    @BeforeEach
    void connect() throws Exception {
        clusters++;
        plane = connection();
    }

    @AfterEach
    void disconnect() {
        plane.close();
    }

    private static ControlPlane connection() throws Exception {
        return ControlPlane.connect(NatsSettings.of(List.of(nats.url())), new Subjects("test" + clusters), "test");
    }

    private static MemberId id(int number) {
        return new MemberId(String.format("%016x", number));
    }

    private static Member member(int number, MemberRole role) {
        return new Member(id(number), role, "0.1.0", "", "host", 0, 0, 0, true, "", List.of());
    }

    private static PlotTask task(int sector) {
        return new PlotTask(
                id(1),
                "01M88EBPR2WKMCEW3ZYQTRA0GK",
                PublicKey.fromHex("4a".repeat(32)),
                sector,
                0,
                2,
                new FarmerProtocolInfo(1, 1000, 5, 1, 10, 4));
    }

    @Test
    void theFirstControllerMakesTheIdentityAndTheOthersGetIt() throws Exception {
        Blake3Hash genesis = Blake3Hash.fromHex("12".repeat(32));
        try (ClusterIdentities identities = new ClusterIdentities(plane)) {
            ClusterIdentity identity = identities.establish(genesis);
            assertEquals(identity, identities.establish(genesis));
            assertEquals(identity, identities.await());
            assertFalse(identity.toString().contains(identity.dataPlaneSecret()), "the secret stays out of logs");
            ControlException refused = assertThrows(
                    ControlException.class, () -> identities.establish(Blake3Hash.fromHex("13".repeat(32))));
            assertTrue(refused.getMessage().contains("12".repeat(32)), refused.getMessage());
            assertTrue(refused.getMessage().contains("13".repeat(32)), refused.getMessage());
        }
    }

    /** As for some seconds after one of three servers has died. */
    @Test
    void theIdentityIsWaitedForWhileJetStreamDoesNotAnswer() throws Exception {
        Blake3Hash genesis = Blake3Hash.fromHex("12".repeat(32));
        try (ClusterIdentities identities = new ClusterIdentities(plane)) {
            TestNats.signal(nats, "STOP");
            FutureTask<ClusterIdentity> establishing = new FutureTask<>(() -> identities.establish(genesis));
            Thread.ofVirtual().start(establishing);
            try {
                assertThrows(
                        TimeoutException.class,
                        () -> establishing.get(ControlPlane.requestTimeout().toSeconds() + 3, TimeUnit.SECONDS));
            } finally {
                TestNats.signal(nats, "CONT");
            }
            assertEquals(identities.await(), establishing.get(60, TimeUnit.SECONDS));
        }
    }

    @Test
    void aSilentMemberIsGoneByTheReadersClock() throws Exception {
        AtomicLong clock = new AtomicLong();
        try (Membership reader = new Membership(plane, clock::get);
                ControlPlane other = connection();
                Membership speaker = new Membership(other)) {
            speaker.announce(() -> member(7, MemberRole.PLOT_SERVER));
            eventually("the member's arrival", () -> reader.find(id(7)).isPresent());
            assertEquals(1, reader.present(MemberRole.PLOT_SERVER).size());
            assertEquals(0, reader.present(MemberRole.CONTROLLER).size());
            clock.addAndGet(Membership.GONE_AFTER.toNanos());
            assertEquals(Optional.empty(), reader.find(id(7)));
            eventually("the next heartbeat", () -> reader.find(id(7)).isPresent());
            speaker.close();
            eventually("the goodbye", () -> reader.find(id(7)).isEmpty());
        }
    }

    @Test
    void aSegmentIsRecordedOnceAndAnotherHeaderForItIsRefused() throws Exception {
        LinkedBlockingQueue<SegmentHeader> heard = new LinkedBlockingQueue<>();
        try (SegmentLedger ledger = new SegmentLedger(plane, heard::add)) {
            assertEquals(0, ledger.contiguousSegments());
            ledger.record(header(0, "aa"));
            ledger.record(header(0, "aa"));
            ledger.record(header(2, "cc"));
            assertEquals(1, ledger.contiguousSegments());
            ledger.record(header(1, "bb"));
            assertEquals(3, ledger.contiguousSegments());
            SegmentLedger.ConflictException conflict =
                    assertThrows(SegmentLedger.ConflictException.class, () -> ledger.record(header(1, "dd")));
            assertTrue(conflict.getMessage().contains("segment 1"), conflict.getMessage());
            for (int i = 0; i < 3; i++) {
                assertTrue(heard.poll(PATIENCE_SECONDS, TimeUnit.SECONDS) != null);
            }
            try (SegmentLedger late = new SegmentLedger(plane, header -> {})) {
                assertEquals(
                        SegmentCommitment.fromHex("bb".repeat(48)),
                        late.commitment(1).orElseThrow());
            }
        }
    }

    private static SegmentHeader header(long index, String commitment) {
        return new SegmentHeader(
                index,
                SegmentCommitment.fromHex(commitment.repeat(48)),
                Blake3Hash.fromHex("00".repeat(32)),
                new LastArchivedBlock(index, -1));
    }

    @Test
    void aTaskIsHandedOutOnceAndAgainWhenItIsGivenBack() throws Exception {
        PlottingQueue queue = new PlottingQueue(plane);
        queue.post(task(0));
        queue.post(task(0));
        queue.post(task(1));
        PlottingQueue.Puller puller = queue.puller(id(2));
        PlottingQueue.Pulled first = puller.next(Duration.ofSeconds(5)).orElseThrow();
        PlottingQueue.Pulled second = puller.next(Duration.ofSeconds(5)).orElseThrow();
        assertEquals(task(0), first.task());
        assertEquals(task(1), second.task());
        assertTrue(puller.next(Duration.ofSeconds(1)).isEmpty(), "a task posted twice is one task");
        first.stillAtIt();
        first.done();
        second.giveBack(Duration.ZERO);
        PlottingQueue.Pulled again = puller.next(Duration.ofSeconds(5)).orElseThrow();
        assertEquals(task(1), again.task());
        assertEquals(2, again.deliveries());
        again.done();
        assertTrue(puller.next(Duration.ofSeconds(1)).isEmpty());
    }

    @Test
    void stagedSectorsAreSeenByBothSides() throws Exception {
        Map<String, StagedSector> seen = new ConcurrentHashMap<>();
        try (StagedSectors server = new StagedSectors(plane, sector -> {}, id -> {});
                StagedSectors client = new StagedSectors(
                        plane, sector -> seen.put(sector.task().taskId(), sector), seen::remove)) {
            StagedSector sector =
                    new StagedSector(task(3), id(2), "file", 2_244_972, Blake3Hash.fromHex("0f".repeat(32)));
            server.stage(sector);
            eventually("the entry", () -> sector.equals(seen.get(task(3).taskId())));
            client.taken(task(3).taskId());
            eventually("its removal", () -> seen.isEmpty() && server.all().isEmpty());
        }
    }

    @Test
    void whatIsKeptOfTakenSectorsIsForgottenInTheEnd() throws Exception {
        try (StagedSectors sectors = new StagedSectors(plane, sector -> {}, id -> {})) {
            for (int index = 0; index < 3; index++) {
                sectors.stage(new StagedSector(task(index), id(2), "file", 100, Blake3Hash.fromHex("0f".repeat(32))));
            }
            sectors.taken(task(0).taskId());
            sectors.taken(task(1).taskId());
            StagedSectors.forgetTaken(plane, Duration.ofHours(1));
            assertEquals(3, messagesOfStagedSectors(), "too early");
            Thread.sleep(2);
            StagedSectors.forgetTaken(plane, Duration.ofMillis(1));
            assertEquals(1, messagesOfStagedSectors());
        }
        try (StagedSectors again = new StagedSectors(plane, sector -> {}, id -> {})) {
            assertEquals(Set.of(task(2).taskId()), again.all().keySet());
        }
    }

    private long messagesOfStagedSectors() throws Exception {
        return plane.jetStreamManagement()
                .getStreamInfo("KV_" + plane.subjects().bucket("staged"))
                .getStreamState()
                .getMsgCount();
    }

    @Test
    void aSolutionIsClaimedOnceWhateverItsRewardAddress() throws Exception {
        try (SolutionLedger ledger = new SolutionLedger(plane)) {
            assertTrue(ledger.claim(solution(5, "01", "52"), id(1)));
            assertFalse(ledger.claim(solution(5, "01", "52"), id(2)));
            assertFalse(ledger.claim(solution(5, "01", "53"), id(2)), "the reward address is not part of it");
            assertTrue(ledger.claim(solution(6, "01", "52"), id(1)));
            assertTrue(ledger.claim(solution(5, "02", "52"), id(1)));
        }
    }

    private static SolutionResponse solution(long slot, String chunk, String reward) {
        return new SolutionResponse(
                slot,
                new Solution(
                        PublicKey.fromHex("4a".repeat(32)),
                        PublicKey.fromHex(reward.repeat(32)),
                        3,
                        1,
                        0,
                        RecordCommitment.fromHex("11".repeat(48)),
                        RecordWitness.fromHex("22".repeat(48)),
                        ScalarBytes.fromHex(chunk.repeat(32)),
                        ChunkWitness.fromHex("33".repeat(48)),
                        PosProof.fromHex("44".repeat(160))));
    }

    @Test
    void aFarmIsLeasedByOneMember() throws Exception {
        String farm = "01M88EBPR2WKMCEW3ZYQTRA0GK";
        Path here = Path.of("/farms/one");
        Path copy = Path.of("/farms/copy");
        try (FarmLeases first = new FarmLeases(plane, id(1), "storage-1");
                FarmLeases second = new FarmLeases(plane, id(2), "storage-2")) {
            assertEquals(Optional.empty(), first.take(farm, here));
            assertTrue(first.isHeld(farm));
            assertTrue(second.take(farm, copy).orElseThrow().contains("storage-1"));
            assertFalse(second.isHeld(farm));
            first.release(farm);
            assertEquals(Optional.empty(), second.take(farm, copy));
            assertFalse(first.isHeld(farm));
        }
    }

    @Test
    void whoLocksTheDirectoryTakesTheLeaseOverAndTheOtherLearnsOfIt() throws Exception {
        String farm = "01M88EBPR2WKMCEW3ZYQTRA0GK";
        Path here = Path.of("/farms/one");
        try (FarmLeases before = new FarmLeases(plane, id(1), "storage-1");
                FarmLeases restarted = new FarmLeases(plane, id(1), "storage-1")) {
            assertEquals(Optional.empty(), before.take(farm, here));
            assertEquals(Optional.empty(), restarted.take(farm, here), "the lock says that the process before is dead");
            eventually("the end of the lease taken over", () -> !before.isHeld(farm));
            assertTrue(restarted.isHeld(farm));
            before.close();
            eventually("the next renewal", () -> restarted.isHeld(farm));
        }
    }

    @Test
    void aTaskThatWasHandedOutAgainIsNoLongerTheSilentServers() throws Exception {
        PlottingQueue queue = new PlottingQueue(plane);
        queue.post(task(0));
        PlottingQueue.Pulled silent =
                queue.puller(id(2)).next(Duration.ofSeconds(5)).orElseThrow();
        assertTrue(silent.stillAtIt());
        silent.giveBack(Duration.ZERO);
        PlottingQueue.Pulled other =
                queue.puller(id(3)).next(Duration.ofSeconds(5)).orElseThrow();
        assertEquals(silent.task(), other.task());
        assertFalse(silent.stillAtIt(), "another has it");
        assertTrue(other.stillAtIt());
        assertFalse(silent.stillAtIt(), "for good");
        assertTrue(queue.has(task(0).taskId()));
        other.done();
        assertFalse(queue.has(task(0).taskId()));
    }

    @Test
    void ofTwoStagedSectorsOfATaskTheFirstCounts() throws Exception {
        try (StagedSectors sectors = new StagedSectors(plane, sector -> {}, id -> {})) {
            Blake3Hash checksum = Blake3Hash.fromHex("0f".repeat(32));
            StagedSector first = new StagedSector(task(3), id(2), "file", 100, checksum);
            assertTrue(sectors.stage(first));
            assertTrue(sectors.stage(first), "again after a restart");
            assertFalse(sectors.stage(new StagedSector(task(3), id(3), "file", 100, checksum)));
            sectors.taken(task(3).taskId());
            assertTrue(sectors.stage(first), "who does not know that it was taken will hear it again");
        }
    }

    @Test
    void withoutJetStreamAProcessDecidesAboutSolutionsByItself(@TempDir Path own) throws Exception {
        PrivateNatsServer server = PrivateNatsServer.start(own, 0);
        try (ControlPlane first =
                        ControlPlane.connect(NatsSettings.of(List.of(server.url())), new Subjects("alone"), "test");
                SolutionLedger ledger = new SolutionLedger(first)) {
            assertTrue(ledger.claim(solution(5, "01", "52"), id(1)));
            assertFalse(ledger.isAlone());
            server.kill();
            eventually("the loss", () -> !first.isConnected());
            assertTrue(ledger.claim(solution(6, "01", "52"), id(1)), "farming goes on");
            assertTrue(ledger.isAlone(), "and says so");
            assertFalse(ledger.claim(solution(6, "01", "52"), id(1)), "once");
            assertFalse(ledger.claim(solution(5, "01", "52"), id(1)), "also what the cluster's ledger had");
            server = PrivateNatsServer.start(own, server.port());
            eventually("the reconnection", first::isConnected);
            eventually("the ledger's answer", () -> {
                ledger.claim(solution(System.nanoTime(), "01", "52"), id(1));
                return !ledger.isAlone();
            });
        } finally {
            server.close();
        }
    }

    private static CacheMap mapOf(Optional<CacheMap> before, long startsAtMillis, MemberId... caches) {
        Map<MemberId, Long> weights = new HashMap<>();
        for (MemberId cache : caches) {
            weights.put(cache, 100L);
        }
        return CacheMap.after(before, CacheLayout.pieces(1), weights, startsAtMillis);
    }

    @Test
    void aMapHoldsFromItsStartAndTheOneBeforeItUntilItIsRetired() throws Exception {
        LinkedBlockingQueue<Placement> heard = new LinkedBlockingQueue<>();
        try (CacheMaps maps = new CacheMaps(plane, heard::add)) {
            assertEquals(Optional.empty(), maps.current());
            CacheMap first = mapOf(Optional.empty(), 0, id(1));
            assertTrue(maps.announce(first));
            assertEquals(first, heard.poll(PATIENCE_SECONDS, TimeUnit.SECONDS).map());
            assertFalse(maps.announce(mapOf(Optional.empty(), 0, id(2))), "an epoch is written once");
            CacheMap second = mapOf(maps.newest(), System.currentTimeMillis() + 1000, id(1), id(2));
            assertTrue(maps.announce(second));
            assertEquals(second, maps.newest().orElseThrow());
            assertEquals(first, maps.current().orElseThrow().map(), "it has not started");
            assertEquals(second, heard.poll(PATIENCE_SECONDS, TimeUnit.SECONDS).map());
            assertEquals(
                    List.of(second, first),
                    maps.alive().stream().map(Placement::map).toList());
            try (CacheMaps late = new CacheMaps(plane, _ -> {})) {
                assertEquals(
                        List.of(second, first),
                        late.alive().stream().map(Placement::map).toList(),
                        "who comes later knows both");
                maps.retire(second.epoch());
                eventually("the end of the move", () -> !late.isMoving() && !maps.isMoving());
                assertEquals(second, late.current().orElseThrow().map());
            }
        }
    }

    @Test
    void theMapOfThePreviousReleaseIsReadAndReplaced() throws Exception {
        try (WatchedBucket<FormerMap> former = WatchedBucket.open(plane, "cache-map", Duration.ZERO, FormerMap.class)) {
            former.put("current", new FormerMap(7, "piece", 1, List.of(new FormerHolder(id(1), 100))));
            try (CacheMaps maps = new CacheMaps(plane, _ -> {})) {
                assertEquals(
                        List.of(new CacheMap.Holder(id(1), 100, 0)),
                        maps.current().orElseThrow().map().members());
                assertTrue(maps.announce(mapOf(maps.newest(), 0, id(1), id(2))));
                assertEquals(8, maps.current().orElseThrow().map().epoch());
                assertTrue(maps.isMoving());
                maps.retire(8);
                eventually("the end of the move", () -> !maps.isMoving());
                assertEquals(Optional.empty(), former.get("current"));
            }
        }
    }

    /** The previous release's map. */
    record FormerMap(long epoch, String itemType, int replicas, List<FormerHolder> members) {}

    /** A cache in it. */
    record FormerHolder(MemberId id, long weight) {}

    @Test
    void slotsAndRequestsReachTheirListeners() throws Exception {
        LinkedBlockingQueue<SlotAnnouncement> slots = new LinkedBlockingQueue<>();
        SlotAnnouncement slot =
                new SlotAnnouncement(id(1), new SlotInfo(9, Blake3Hash.fromHex("ab".repeat(32)), 1, 2), 4000);
        String subject = plane.subjects().solutions(id(1));
        try (ControlPlane other = connection();
                var slotListener = plane.subscribe(
                        plane.subjects().allSlots(), SlotAnnouncement.class, (message, heard) -> slots.add(heard));
                var answering = plane.subscribe(
                        subject,
                        SlotAnnouncement.class,
                        (message, heard) ->
                                plane.reply(message, new SubmissionAnswer(SubmissionAnswer.Outcome.ACCEPTED, "")))) {
            eventually("an announcement", () -> {
                other.publish(plane.subjects().slots(id(1)), slot);
                return slot.equals(slots.poll(100, TimeUnit.MILLISECONDS));
            });
            SubmissionAnswer answer = other.request(subject, slot, SubmissionAnswer.class, Duration.ofSeconds(5));
            assertEquals(SubmissionAnswer.Outcome.ACCEPTED, answer.outcome());
            ControlException nobody = assertThrows(
                    ControlException.class,
                    () -> other.request(
                            plane.subjects().solutions(id(9)), slot, SubmissionAnswer.class, Duration.ofSeconds(20)));
            assertTrue(nobody.certainlyNotDelivered(), nobody.getMessage());
            try (var silent = plane.subscribe(
                    plane.subjects().solutions(id(8)), SlotAnnouncement.class, (message, heard) -> {})) {
                eventually("a listener that does not answer", () -> {
                    ControlException unknown = assertThrows(
                            ControlException.class,
                            () -> other.request(
                                    plane.subjects().solutions(id(8)),
                                    slot,
                                    SubmissionAnswer.class,
                                    Duration.ofMillis(300)));
                    return !unknown.certainlyNotDelivered();
                });
            }
        }
    }

    @Test
    void stateAndConnectionsOutliveTheServersDeath(@TempDir Path own) throws Exception {
        PrivateNatsServer server = PrivateNatsServer.start(own, 0);
        try (ControlPlane first =
                ControlPlane.connect(NatsSettings.of(List.of(server.url())), new Subjects("reborn"), "test")) {
            PlottingQueue queue = new PlottingQueue(first);
            queue.post(task(4));
            server.kill();
            eventually("the loss", () -> !first.isConnected());
            assertThrows(ControlException.class, () -> queue.post(task(5)));
            server = PrivateNatsServer.start(own, server.port());
            eventually("the reconnection", first::isConnected);
            assertEquals(
                    task(4),
                    queue.puller(id(2))
                            .next(Duration.ofSeconds(5))
                            .orElseThrow()
                            .task(),
                    "an acknowledged task survives kill -9");
        } finally {
            server.close();
        }
    }

    /** The client would keep a mebibyte of it and then fail in another way. */
    @Test
    void nothingIsKeptForLaterWhileNatsIsAway(@TempDir Path own) throws Exception {
        PrivateNatsServer server = PrivateNatsServer.start(own, 0);
        try (ControlPlane first =
                        ControlPlane.connect(NatsSettings.of(List.of(server.url())), new Subjects("away"), "test");
                WatchedBucket<FormerMap> bucket =
                        WatchedBucket.open(first, "maps", Duration.ZERO, Duration.ofMillis(1), FormerMap.class)) {
            FormerMap large = new FormerMap(1, "x".repeat(60_000), 1, List.of());
            server.kill();
            eventually("the loss", () -> !first.isConnected());
            for (int i = 0; i < 100; i++) {
                ControlException away = assertThrows(ControlException.class, () -> bucket.put("key", large));
                assertTrue(away.getMessage().endsWith("NATS is away"), away.getMessage());
            }
        } finally {
            server.close();
        }
    }

    @Test
    void whoHoldsAnEntryThatRanOutTakesItAgainUnlessAnotherHasIt() throws Exception {
        try (WatchedBucket<FormerHolder> bucket =
                WatchedBucket.open(plane, "claims", Duration.ZERO, FormerHolder.class)) {
            Claim<FormerHolder> claim =
                    Claim.take(bucket, "key", new FormerHolder(id(1), 1), 0).orElseThrow();
            bucket.remove("key");
            assertTrue(claim.renew());
            assertEquals(id(1), bucket.get("key").orElseThrow().id());
            assertTrue(claim.renew());
            bucket.put("key", new FormerHolder(id(2), 1));
            assertFalse(claim.renew());
            bucket.remove("key");
            assertFalse(claim.renew(), "for good");
        }
    }

    /** The client gives up then, and would leave a process that lives and does nothing. */
    @Test
    void aServerThatRefusesItLaterEndsTheProcess(@TempDir Path own) throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        CountDownLatch refused = new CountDownLatch(1);
        Process server = withToken(own, port, "before");
        try (WaitRegister waits = new WaitRegister();
                ControlPlane first = ControlPlane.connect(
                        new NatsSettings(
                                List.of("nats://127.0.0.1:" + port),
                                Optional.empty(),
                                Optional.of("before"),
                                Optional.empty()),
                        new Subjects("refused"),
                        "test",
                        waits,
                        refused::countDown)) {
            server.destroyForcibly().waitFor();
            eventually("the loss", () -> !first.isConnected());
            assertEquals(1, refused.getCount());
            server = withToken(own, port, "after");
            assertTrue(refused.await(60, TimeUnit.SECONDS));
        } finally {
            server.destroyForcibly().waitFor();
        }
    }

    private static Process withToken(Path own, int port, String token) throws IOException {
        Path configuration = Files.writeString(
                own.resolve("nats.conf"),
                "listen: 127.0.0.1:" + port + "\njetstream { store_dir: \"" + own + "\" }\nauthorization { token: \""
                        + token + "\" }\n");
        return new ProcessBuilder(PrivateNatsServer.executable(), "--config", configuration.toString())
                .redirectErrorStream(true)
                .redirectOutput(own.resolve("nats.log").toFile())
                .start();
    }
}
