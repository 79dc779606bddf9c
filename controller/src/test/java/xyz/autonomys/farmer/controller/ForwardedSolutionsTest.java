package xyz.autonomys.farmer.controller;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import xyz.autonomys.farmer.primitives.ChunkWitness;
import xyz.autonomys.farmer.primitives.PosProof;
import xyz.autonomys.farmer.primitives.PublicKey;
import xyz.autonomys.farmer.primitives.RecordCommitment;
import xyz.autonomys.farmer.primitives.RecordWitness;
import xyz.autonomys.farmer.primitives.ScalarBytes;
import xyz.autonomys.farmer.primitives.Solution;
import xyz.autonomys.farmer.primitives.SolutionResponse;

/** The second barrier against submitting a solution twice. */
class ForwardedSolutionsTest {
    private static SolutionResponse solution(long slot, int offset, String reward, String witness) {
        return new SolutionResponse(
                slot,
                new Solution(
                        PublicKey.fromHex("4a".repeat(32)),
                        PublicKey.fromHex(reward.repeat(32)),
                        3,
                        1,
                        offset,
                        RecordCommitment.fromHex("11".repeat(48)),
                        RecordWitness.fromHex("22".repeat(48)),
                        ScalarBytes.fromHex("01".repeat(32)),
                        ChunkWitness.fromHex(witness.repeat(48)),
                        PosProof.fromHex("44".repeat(160))));
    }

    @Test
    void whatMakesASolutionTheSameIsKappaAndNothingElse() {
        ForwardedSolutions forwarded = new ForwardedSolutions();
        assertTrue(forwarded.add(solution(5, 0, "52", "33")));
        assertFalse(forwarded.add(solution(5, 0, "52", "33")));
        assertFalse(forwarded.add(solution(5, 0, "53", "33")), "the reward address is no part of it");
        assertFalse(forwarded.add(solution(5, 0, "52", "34")), "nor is a witness");
        assertTrue(forwarded.add(solution(6, 0, "52", "33")));
        assertTrue(forwarded.add(solution(5, 1, "52", "33")));
        assertFalse(forwarded.add(solution(5, 0, "52", "33")));
    }
}
