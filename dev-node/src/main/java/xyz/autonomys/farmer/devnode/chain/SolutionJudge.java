package xyz.autonomys.farmer.devnode.chain;

import xyz.autonomys.farmer.primitives.PotOutput;
import xyz.autonomys.farmer.primitives.Solution;

/** Decides whether a solution is right; the real rule, not a guess. */
@FunctionalInterface
public interface SolutionJudge {
    /**
     * Judges one solution.
     *
     * @param solution the solution as submitted
     * @param slot the slot it claims to solve
     * @param pot proof of time output of that slot
     * @param votingRange the widest range that makes a vote (u64)
     */
    Judgement judge(Solution solution, long slot, PotOutput pot, long votingRange);

    /** The result. */
    sealed interface Judgement {
        /**
         * The solution is right.
         *
         * @param distance its distance from the challenge (u64)
         */
        record Valid(long distance) implements Judgement {}

        /**
         * The solution is one of a sector that has expired.
         *
         * @param text in words
         */
        record Expired(String text) implements Judgement {}

        /**
         * The solution is wrong.
         *
         * @param reason in words
         */
        record Invalid(String reason) implements Judgement {}
    }
}
