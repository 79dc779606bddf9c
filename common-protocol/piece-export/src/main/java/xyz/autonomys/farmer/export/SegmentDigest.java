package xyz.autonomys.farmer.export;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import xyz.autonomys.farmer.primitives.SegmentHeader;
import xyz.autonomys.farmer.primitives.scale.ScaleWriter;

/**
 * The digest item by which a block announces a segment on chain, 63 bytes.
 *
 * <p>Source: autonomys/subspace, crates/sp-consensus-subspace/src/lib.rs (spec 03 §2.1).
 */
final class SegmentDigest {
    private static final int CONSENSUS = 4;
    private static final int SEGMENT_COMMITMENT = 4;
    private static final int PAYLOAD_BYTES = 57;
    private static final byte[] ENGINE = "SUB_".getBytes(StandardCharsets.US_ASCII);

    private final byte[] item;

    private SegmentDigest(byte[] item) {
        this.item = item;
    }

    static SegmentDigest of(SegmentHeader header) {
        return new SegmentDigest(new ScaleWriter(PAYLOAD_BYTES + 6)
                .u8(CONSENSUS)
                .bytes(ENGINE)
                .compact(PAYLOAD_BYTES)
                .u8(SEGMENT_COMMITMENT)
                .u64(header.segmentIndex())
                .bytes(header.segmentCommitment())
                .toBytes());
    }

    boolean matches(byte[] log) {
        return Arrays.equals(item, log);
    }
}
