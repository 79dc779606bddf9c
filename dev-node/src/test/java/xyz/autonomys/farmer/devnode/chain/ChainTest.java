package xyz.autonomys.farmer.devnode.chain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import xyz.autonomys.farmer.archiving.Parallelism;
import xyz.autonomys.farmer.kzg.Kzg;
import xyz.autonomys.farmer.kzg.Kzgs;
import xyz.autonomys.farmer.kzg.TrustedSetup;
import xyz.autonomys.farmer.primitives.ChunkWitness;
import xyz.autonomys.farmer.primitives.PosProof;
import xyz.autonomys.farmer.primitives.RecordCommitment;
import xyz.autonomys.farmer.primitives.RecordWitness;
import xyz.autonomys.farmer.primitives.RewardSignature;
import xyz.autonomys.farmer.primitives.ScalarBytes;
import xyz.autonomys.farmer.primitives.Solution;
import xyz.autonomys.farmer.sr25519.Sr25519KeyPair;

/** One chain under several nodes: what becomes of solutions that reach more than one of them (spec 06 §13.2). */
class ChainTest {
    private static final Kzg KZG = Kzgs.openWithSecret(TrustedSetup.development());
    private static final Sr25519KeyPair KEY = Sr25519KeyPair.fromMiniSecret(new byte[32]);
    private static final ChainSettings SETTINGS =
            ChainSettings.development(1000, 1L << 40, 1).withBlockBodyBytes(0);
    /** Far from the challenge: good for a vote, not for a block. */
    private static final long DISTANCE = 1L << 60;

    @TempDir
    static Path directory;

    private static SimulatedChain chain;
    private static int sectors;

    @BeforeAll
    static void open() throws Exception {
        chain = open(SETTINGS);
        while (chain.chain().best().number() < 2) {
            nextBlock(List.of());
        }
    }

    private static SimulatedChain open(ChainSettings settings) throws Exception {
        return SimulatedChain.open(
                settings,
                KZG,
                Parallelism.allCores(),
                segments -> (solution, slot, pot, range) -> new SolutionJudge.Judgement.Valid(DISTANCE),
                new BlockStore(directory));
    }

    @AfterAll
    static void close() {
        chain.close();
    }

    /** Claims a slot with these submissions, and a later one with a foreign block that includes what they led to. */
    private static void nextBlock(List<Submission> submissions) {
        long before = chain.chain().best().number();
        long slot = chain.chain().nextSlot().slotNumber();
        chain.chain().claim(slot - SETTINGS.authoringDelay(), submissions);
        while (chain.chain().best().number() == before) {
            chain.chain().overtakeNextClaim();
            slot = chain.chain().nextSlot().slotNumber();
            chain.chain().claim(slot - SETTINGS.authoringDelay(), List.of());
        }
    }

    private static Solution solution() {
        return new Solution(
                KEY.publicKey(),
                KEY.publicKey(),
                sectors++,
                1,
                0,
                RecordCommitment.of(new byte[RecordCommitment.SIZE]),
                RecordWitness.of(new byte[RecordWitness.SIZE]),
                ScalarBytes.of(new byte[ScalarBytes.SIZE]),
                ChunkWitness.of(new byte[ChunkWitness.SIZE]),
                PosProof.of(new byte[PosProof.SIZE]));
    }

    private static Submission at(int node, Solution solution) {
        return new Submission(solution, node, (hash, key) -> Optional.of(KEY.signReward(hash)), false);
    }

    private static long count(Journal.Kind kind) {
        return chain.journal().count(kind);
    }

    @Test
    void oneSolutionIsOneVote() {
        long votes = count(Journal.Kind.VOTE);
        nextBlock(List.of(at(0, solution())));
        assertEquals(votes + 1, count(Journal.Kind.VOTE));
    }

    @Test
    void theSameSolutionAtTwoNodesWithOneSignatureIsHarmless() {
        long votes = count(Journal.Kind.VOTE);
        long equivocations = count(Journal.Kind.EQUIVOCATION);
        long duplicates = count(Journal.Kind.SOLUTION_DUPLICATE);
        Solution solution = solution();
        nextBlock(List.of(at(0, solution), at(1, solution)));
        assertEquals(votes + 1, count(Journal.Kind.VOTE));
        assertEquals(equivocations, count(Journal.Kind.EQUIVOCATION));
        assertTrue(count(Journal.Kind.SOLUTION_DUPLICATE) > duplicates);
    }

    @Test
    void theSameSolutionAtTwoNodesWithTwoSignaturesCostsItsKeyTheRewards() {
        long votes = count(Journal.Kind.VOTE);
        long equivocations = count(Journal.Kind.EQUIVOCATION);
        long revoked = count(Journal.Kind.REWARD_REVOKED);
        Solution solution = solution();
        byte[] random = new byte[RewardSignature.SIZE];
        random[0] = 1;
        Submission second = new Submission(solution, 1, (hash, key) -> Optional.of(RewardSignature.of(random)), false);
        nextBlock(List.of(at(0, solution), second));
        assertEquals(votes, count(Journal.Kind.VOTE));
        assertEquals(equivocations + 1, count(Journal.Kind.EQUIVOCATION));
        assertEquals(revoked + 1, count(Journal.Kind.REWARD_REVOKED));
    }

    @Test
    void theSameSolutionAtANodeWithAnotherBestBlockIsAnotherVote() {
        long equivocations = count(Journal.Kind.EQUIVOCATION);
        Solution solution = solution();
        Submission behind = new Submission(solution, 1, (hash, key) -> Optional.of(KEY.signReward(hash)), true);
        nextBlock(List.of(at(0, solution), behind));
        assertEquals(equivocations + 1, count(Journal.Kind.EQUIVOCATION));
    }

    @Test
    void aBlockThatCameFirstMakesSolutionsLate() {
        long late = count(Journal.Kind.SOLUTION_LATE);
        chain.chain().overtakeNextClaim();
        nextBlock(List.of(at(0, solution())));
        assertEquals(late + 1, count(Journal.Kind.SOLUTION_LATE));
    }

    @Test
    void blocksAreFoundByHashAndNumberAlsoAfterARestart() throws Exception {
        Block best = chain.chain().best();
        try (SimulatedChain again = open(SETTINGS)) {
            assertEquals(best.hash(), again.chain().best().hash());
            for (long number = 0; number <= best.number(); number++) {
                Block block = again.find(number).orElseThrow();
                assertEquals(Optional.of(block.hash()), again.hash(number));
                assertEquals(number, again.find(block.hash()).orElseThrow().number());
            }
            assertEquals(Optional.empty(), again.find(best.number() + 1));
            assertTrue(again.storedCommitment(0).isPresent());
            assertEquals(Optional.empty(), again.storedCommitment(1));
        }
    }

    @Test
    void aDirectoryHoldsOneChain() {
        ChainSettings other = SETTINGS.withPotIterations(2048);
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, () -> open(other));
        assertTrue(refused.getMessage().contains("use another directory"), refused.getMessage());
    }
}
