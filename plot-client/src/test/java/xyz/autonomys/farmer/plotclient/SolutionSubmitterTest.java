package xyz.autonomys.farmer.plotclient;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static xyz.autonomys.farmer.cluster.control.Eventually.eventually;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import xyz.autonomys.farmer.cluster.control.ControlPlane;
import xyz.autonomys.farmer.cluster.control.MemberRole;
import xyz.autonomys.farmer.cluster.control.SlotAnnouncement;
import xyz.autonomys.farmer.cluster.control.SlotMerger;
import xyz.autonomys.farmer.cluster.control.SolutionLedger;
import xyz.autonomys.farmer.cluster.control.SubmissionAnswer;
import xyz.autonomys.farmer.cluster.control.SubmissionAnswer.Outcome;
import xyz.autonomys.farmer.cluster.control.TestNats;
import xyz.autonomys.farmer.cluster.member.ClusterMember;
import xyz.autonomys.farmer.cluster.member.MemberStatus;
import xyz.autonomys.farmer.cluster.pieces.TestController;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.ChunkWitness;
import xyz.autonomys.farmer.primitives.PosProof;
import xyz.autonomys.farmer.primitives.PublicKey;
import xyz.autonomys.farmer.primitives.RecordCommitment;
import xyz.autonomys.farmer.primitives.RecordWitness;
import xyz.autonomys.farmer.primitives.ScalarBytes;
import xyz.autonomys.farmer.primitives.SlotInfo;
import xyz.autonomys.farmer.primitives.Solution;
import xyz.autonomys.farmer.primitives.SolutionResponse;

/** Where solutions go, with three controllers on a real NATS server (rules M1 to M5, M9, M11). */
class SolutionSubmitterTest {
    private static final int TIMEOUT_MILLIS = 8000;

    @RegisterExtension
    static final TestNats NATS = new TestNats();

    private static int clusters;

    @TempDir
    private Path directory;

    private String cluster;
    private final List<Node> nodes = new ArrayList<>();
    private final SlotMerger slots = new SlotMerger();
    private ClusterMember client;
    private SolutionLedger ledger;
    private SolutionSubmitter submitter;

    /** A controller whose node answers as it is told. */
    private final class Node implements AutoCloseable {
        private final ClusterMember member;
        private final List<SolutionResponse> received = new CopyOnWriteArrayList<>();
        private final ControlPlane.Subscription subscription;
        private volatile Outcome answer = Outcome.ACCEPTED;
        private volatile boolean silent;

        Node() throws Exception {
            this.member = ClusterMember.establish(
                    TestController.options(NATS.url(), cluster, MemberRole.CONTROLLER), TestController.GENESIS);
            this.subscription = member.control()
                    .subscribe(
                            member.control().subjects().solutions(member.id()),
                            SolutionResponse.class,
                            (message, response) -> {
                                received.add(response);
                                if (!silent) {
                                    member.control().reply(message, new SubmissionAnswer(answer, "told so"));
                                }
                            });
            member.announce(() -> MemberStatus.working(0, List.of()));
        }

        void announce(long slot, int challenge) {
            slots.accept(
                    new SlotAnnouncement(
                            member.id(),
                            new SlotInfo(slot, Blake3Hash.fromHex(String.format("%064x", challenge)), 1, 1),
                            TIMEOUT_MILLIS),
                    System.nanoTime());
        }

        @Override
        public void close() {
            subscription.close();
            member.close();
        }
    }

    @BeforeEach
    void start() throws Exception {
        cluster = "submitting" + clusters++;
        for (int i = 0; i < 3; i++) {
            nodes.add(new Node());
        }
        client = ClusterMember.join(TestController.options(NATS.url(), cluster, MemberRole.PLOT_CLIENT));
        ledger = new SolutionLedger(client.control());
        submitter = submitter(new FarmedSlot(directory.resolve("farmed-slot"), "chain"));
        eventually(
                "three controllers",
                () -> client.membership().present(MemberRole.CONTROLLER).size() == 3);
    }

    private SolutionSubmitter submitter(FarmedSlot farmed) {
        return new SolutionSubmitter(client, ledger, slots, farmed);
    }

    @AfterEach
    void stop() {
        ledger.close();
        client.close();
        nodes.forEach(Node::close);
    }

    private static SolutionResponse solution(long slot, int chunk) {
        return new SolutionResponse(
                slot,
                new Solution(
                        PublicKey.fromHex("4a".repeat(32)),
                        PublicKey.fromHex("52".repeat(32)),
                        3,
                        1,
                        0,
                        RecordCommitment.fromHex("11".repeat(48)),
                        RecordWitness.fromHex("22".repeat(48)),
                        ScalarBytes.fromHex(String.format("%064x", chunk)),
                        ChunkWitness.fromHex("33".repeat(48)),
                        PosProof.fromHex("44".repeat(160))));
    }

    private void submit(long slot, int chunk) throws Exception {
        submit(slot, chunk, 5000);
    }

    private void submit(long slot, int chunk, int millis) throws Exception {
        submitter.submit(solution(slot, chunk), System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis));
    }

    private List<Integer> received() {
        return nodes.stream().map(node -> node.received.size()).toList();
    }

    private void everybodyAnnounces(long slot, int... order) {
        for (int node : order) {
            nodes.get(node).announce(slot, 1);
        }
    }

    @Test
    void oneControllerTakesEverythingHoweverTheSlotsRace() throws Exception {
        everybodyAnnounces(10, 1, 0, 2);
        submit(10, 1);
        submit(10, 2);
        everybodyAnnounces(11, 0, 2, 1);
        submit(11, 1);
        everybodyAnnounces(12, 2, 1, 0);
        submit(12, 1);
        assertEquals(List.of(0, 4, 0), received());
        assertEquals(4, submitter.accepted());
    }

    @Test
    void aSolutionIsSubmittedOnce() throws Exception {
        everybodyAnnounces(10, 0, 1, 2);
        submit(10, 1);
        submit(10, 1);
        SolutionSubmitter restarted = submitter(new FarmedSlot(directory.resolve("farmed-slot"), "chain"));
        try (SolutionLedger empty = new SolutionLedger(client.control())) {
            new SolutionSubmitter(client, empty, slots, new FarmedSlot(directory.resolve("other"), "chain"))
                    .submit(solution(10, 1), System.nanoTime() + TimeUnit.SECONDS.toNanos(5));
        }
        restarted.submit(solution(10, 1), System.nanoTime() + TimeUnit.SECONDS.toNanos(5));
        assertEquals(List.of(1, 0, 0), received());
    }

    @Test
    void anotherNodeIsTriedOnlyWhenTheFirstCertainlyQueuedNothing() throws Exception {
        nodes.get(0).answer = Outcome.NOT_QUEUED;
        everybodyAnnounces(10, 0, 1, 2);
        submit(10, 1);
        assertEquals(List.of(1, 1, 0), received());
        assertEquals(1, submitter.accepted());
        submit(10, 2);
        assertEquals(List.of(1, 2, 0), received(), "the rest of the slot stays with the one that took the first");
        nodes.forEach(node -> node.answer = Outcome.NOT_QUEUED);
        everybodyAnnounces(11, 0, 1, 2);
        submit(11, 1);
        assertEquals(1, submitter.refused());
    }

    @Test
    void whatMayHaveArrivedIsNeverSentAgain() throws Exception {
        nodes.get(0).answer = Outcome.UNKNOWN;
        everybodyAnnounces(10, 0, 1, 2);
        submit(10, 1);
        nodes.get(0).silent = true;
        submit(10, 2, 1500);
        assertEquals(List.of(2, 0, 0), received());
        assertEquals(2, submitter.unknown());
        assertEquals(0, submitter.accepted() + submitter.refused());
    }

    @Test
    void aDeadControllerCostsNothing() throws Exception {
        everybodyAnnounces(10, 0, 1, 2);
        submit(10, 1);
        // Its subscription ends as with its process, while the others still take it for present.
        nodes.get(0).subscription.close();
        nodes.get(0).member.control().isConnected();
        eventually("nobody to listen", () -> {
            everybodyAnnounces(11, 0, 1, 2);
            submit(11, (int) System.nanoTime());
            return nodes.get(1).received.size() > 0;
        });
        assertEquals(0, submitter.unknown());
        assertEquals(0, submitter.refused());
    }

    @Test
    void aNodeOnAnotherForkGetsNoSolution() throws Exception {
        everybodyAnnounces(10, 0, 1, 2);
        submit(10, 1);
        nodes.get(1).announce(11, 1);
        nodes.get(0).announce(11, 2);
        submit(11, 1);
        assertEquals(List.of(1, 1, 0), received(), "node 0 is on another fork");
        assertEquals(1, slots.differingChallenges());
    }

    @Test
    void aProcessThatIsStartedAnewBeginsBehindWhatItMayHaveSubmitted() throws Exception {
        everybodyAnnounces(10, 0, 1, 2);
        submit(10, 1);
        FarmedSlot again = new FarmedSlot(directory.resolve("farmed-slot"), "chain");
        SlotMerger merger = new SlotMerger(again.newest());
        SlotInfo ten = new SlotInfo(10, Blake3Hash.fromHex("00".repeat(32)), 1, 1);
        SlotInfo eleven = new SlotInfo(11, Blake3Hash.fromHex("00".repeat(32)), 1, 1);
        assertTrue(
                merger.accept(new SlotAnnouncement(client.id(), ten, 4000), 0).isEmpty());
        assertTrue(merger.accept(new SlotAnnouncement(client.id(), eleven, 4000), 0)
                .isPresent());
        assertTrue(new FarmedSlot(directory.resolve("farmed-slot"), "another chain")
                .newest()
                .isEmpty());
    }
}
