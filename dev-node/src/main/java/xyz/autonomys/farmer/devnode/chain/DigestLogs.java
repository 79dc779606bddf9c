package xyz.autonomys.farmer.devnode.chain;

import java.nio.charset.StandardCharsets;
import xyz.autonomys.farmer.primitives.PotOutput;
import xyz.autonomys.farmer.primitives.RewardSignature;
import xyz.autonomys.farmer.primitives.SegmentHeader;
import xyz.autonomys.farmer.primitives.Solution;
import xyz.autonomys.farmer.primitives.scale.ScaleWriter;
import xyz.autonomys.farmer.primitives.scale.Solutions;

/**
 * The digest items of Subspace blocks.
 *
 * <p>Source: autonomys/subspace, crates/sp-consensus-subspace/src/{digests,lib}.rs (spec 06 §10).
 */
final class DigestLogs {
    static final byte[] ENGINE = "SUB_".getBytes(StandardCharsets.US_ASCII);

    private static final int CONSENSUS = 4;
    private static final int SEAL = 5;
    private static final int PRE_RUNTIME = 6;

    private DigestLogs() {}

    static byte[] preDigest(long slot, Solution solution, PotOutput pot, PotOutput futurePot) {
        ScaleWriter payload = new ScaleWriter(454);
        payload.u8(0).u64(slot);
        Solutions.write(payload, solution);
        payload.u8(0).bytes(pot).bytes(futurePot);
        return item(PRE_RUNTIME, payload.toBytes());
    }

    static byte[] potIterations(int iterations) {
        return item(CONSENSUS, new ScaleWriter(5).u8(0).u32(iterations).toBytes());
    }

    static byte[] solutionRange(long range) {
        return item(CONSENSUS, new ScaleWriter(9).u8(1).u64(range).toBytes());
    }

    static byte[] potChange(long slot, int iterations, byte[] entropy) {
        return item(
                CONSENSUS,
                new ScaleWriter(45)
                        .u8(2)
                        .u64(slot)
                        .u32(iterations)
                        .bytes(entropy)
                        .toBytes());
    }

    static byte[] nextSolutionRange(long range) {
        return item(CONSENSUS, new ScaleWriter(9).u8(3).u64(range).toBytes());
    }

    static byte[] segmentCommitment(SegmentHeader header) {
        return item(
                CONSENSUS,
                new ScaleWriter(57)
                        .u8(4)
                        .u64(header.segmentIndex())
                        .bytes(header.segmentCommitment())
                        .toBytes());
    }

    static byte[] seal(RewardSignature signature) {
        return item(SEAL, signature.toBytes());
    }

    private static byte[] item(int type, byte[] payload) {
        return new ScaleWriter(payload.length + 8)
                .u8(type)
                .bytes(ENGINE)
                .compact(payload.length)
                .bytes(payload)
                .toBytes();
    }
}
