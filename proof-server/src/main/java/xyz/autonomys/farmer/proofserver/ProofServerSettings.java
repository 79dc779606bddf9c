package xyz.autonomys.farmer.proofserver;

import xyz.autonomys.farmer.cluster.member.MemberOptions;

/**
 * How a proof-server works.
 *
 * @param member its place in the cluster
 * @param provers proofs computed at the same time, about 130 MiB each
 * @param threads threads that work on one proof
 */
public record ProofServerSettings(MemberOptions member, int provers, int threads) {
    /** Refuses numbers that cannot work. */
    public ProofServerSettings {
        if (provers < 1 || threads < 1) {
            throw new IllegalArgumentException(
                    "a proof-server takes a prover and a thread or more, got " + provers + " and " + threads);
        }
    }
}
