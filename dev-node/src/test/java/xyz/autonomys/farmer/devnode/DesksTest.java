package xyz.autonomys.farmer.devnode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import xyz.autonomys.farmer.primitives.ChunkWitness;
import xyz.autonomys.farmer.primitives.PosProof;
import xyz.autonomys.farmer.primitives.RecordCommitment;
import xyz.autonomys.farmer.primitives.RecordWitness;
import xyz.autonomys.farmer.primitives.RewardHash;
import xyz.autonomys.farmer.primitives.RewardSignature;
import xyz.autonomys.farmer.primitives.ScalarBytes;
import xyz.autonomys.farmer.primitives.Solution;
import xyz.autonomys.farmer.sr25519.Sr25519KeyPair;

/** The node's book-keeping between farmers and chain (spec 06 §5.2, §6.2, §7.2). */
class DesksTest {
    private static final Sr25519KeyPair KEY = Sr25519KeyPair.fromMiniSecret(new byte[32]);
    private static final RewardHash HASH = RewardHash.of(new byte[32]);

    @Test
    void solutionsAreKeptUntilTheirSlotIsClaimedFourSlotsLater() {
        SolutionIntake intake = new SolutionIntake(4);
        assertEquals(SolutionIntake.Result.IGNORED, intake.submit(1, solution(0)));
        intake.open(1);
        for (int i = 0; i < 10; i++) {
            assertEquals(SolutionIntake.Result.QUEUED, intake.submit(1, solution(i)));
        }
        assertEquals(SolutionIntake.Result.IGNORED, intake.submit(1, solution(10)));
        for (long slot = 2; slot <= 5; slot++) {
            intake.open(slot);
        }
        // Slot 5 has pushed the intake of slot 1 out, but what it took is still there for the claim.
        assertEquals(SolutionIntake.Result.IGNORED, intake.submit(1, solution(0)));
        assertEquals(10, intake.close(1).size());
        assertEquals(List.of(), intake.close(1));
        assertEquals(List.of(), intake.close(2));
        assertEquals(SolutionIntake.Result.LOST, intake.submit(2, solution(0)));
    }

    @Test
    void theFirstValidSignatureWinsAndABadOneUsesUpAChance() throws Exception {
        SigningDesk desk = new SigningDesk(Duration.ofSeconds(10), request -> 2);
        CompletableFuture<Optional<RewardSignature>> first =
                CompletableFuture.supplyAsync(() -> desk.request(HASH, KEY.publicKey()));
        answer(desk, Optional.empty(), first);
        desk.answer(HASH, Optional.of(KEY.signReward(HASH)));
        assertEquals(Optional.of(KEY.signReward(HASH)), first.get(5, TimeUnit.SECONDS));

        RewardHash other = RewardHash.fromHex("01".repeat(32));
        SigningDesk single = new SigningDesk(Duration.ofSeconds(10), request -> 1);
        CompletableFuture<Optional<RewardSignature>> second =
                CompletableFuture.supplyAsync(() -> single.request(other, KEY.publicKey()));
        // A signature of another hash is ignored, an invalid one of this hash is the only chance gone.
        single.answer(HASH, Optional.of(KEY.signReward(HASH)));
        while (!second.isDone()) {
            single.answer(other, Optional.of(KEY.signReward(HASH)));
            Thread.sleep(5);
        }
        assertEquals(Optional.empty(), second.get(5, TimeUnit.SECONDS));
    }

    @Test
    void withoutSubscribersOrInTimeThereIsNoSignature() {
        assertEquals(
                Optional.empty(), new SigningDesk(Duration.ofSeconds(10), request -> 0).request(HASH, KEY.publicKey()));
        assertEquals(
                Optional.empty(), new SigningDesk(Duration.ofMillis(20), request -> 3).request(HASH, KEY.publicKey()));
    }

    /** Answers as soon as the request is there. */
    private static void answer(
            SigningDesk desk, Optional<RewardSignature> answer, CompletableFuture<Optional<RewardSignature>> request)
            throws InterruptedException {
        Thread.sleep(50);
        assertTrue(!request.isDone());
        desk.answer(HASH, answer);
    }

    @Test
    void acknowledgementsBelongToNobodyInParticular() throws Exception {
        AcknowledgementDesk desk = new AcknowledgementDesk(Duration.ofSeconds(10));
        assertEquals(0, desk.await(1));
        desk.expect(1, "a");
        desk.expect(1, "b");
        desk.expect(1, "c");
        CompletableFuture<Integer> done = CompletableFuture.supplyAsync(() -> desk.await(1));
        desk.acknowledge(2);
        desk.acknowledge(1);
        desk.acknowledge(1);
        Thread.sleep(50);
        assertTrue(!done.isDone());
        desk.forget("a");
        desk.forget("b");
        desk.forget("c");
        assertEquals(0, done.get(5, TimeUnit.SECONDS));
        AcknowledgementDesk hasty = new AcknowledgementDesk(Duration.ofMillis(20));
        hasty.expect(3, "a");
        hasty.expect(3, "b");
        assertEquals(2, hasty.await(3));
    }

    private static Solution solution(int sector) {
        return new Solution(
                KEY.publicKey(),
                KEY.publicKey(),
                sector,
                1,
                0,
                RecordCommitment.of(new byte[RecordCommitment.SIZE]),
                RecordWitness.of(new byte[RecordWitness.SIZE]),
                ScalarBytes.of(new byte[ScalarBytes.SIZE]),
                ChunkWitness.of(new byte[ChunkWitness.SIZE]),
                PosProof.of(new byte[PosProof.SIZE]));
    }
}
