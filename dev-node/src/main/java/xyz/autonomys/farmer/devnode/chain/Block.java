package xyz.autonomys.farmer.devnode.chain;

import java.util.List;
import xyz.autonomys.farmer.primitives.PotOutput;
import xyz.autonomys.farmer.primitives.scale.ScaleWriter;

/**
 * A block of the simulated chain.
 *
 * @param header its sealed header
 * @param extrinsics opaque bytes of each extrinsic, without their length prefix
 * @param justification SUB_ justification with the proof of time checkpoints, empty for block 0
 * @param slot the slot it claims
 * @param futurePot proof of time output of {@code slot} plus the authoring delay
 * @param author identity of its solution; null for block 0
 */
public record Block(
        Header header, List<byte[]> extrinsics, byte[] justification, long slot, PotOutput futurePot, Kappa author) {
    /** Block number (u32). */
    public long number() {
        return header.number();
    }

    /** The bytes that enter history (spec 03 §2); block 0 is filled up by the archiver. */
    public byte[] encode() {
        byte[] head = header.encode();
        int size = head.length + 64 + justification.length;
        for (byte[] extrinsic : extrinsics) {
            size += extrinsic.length + 5;
        }
        ScaleWriter out = new ScaleWriter(size);
        out.bytes(head).compact(extrinsics.size());
        for (byte[] extrinsic : extrinsics) {
            out.compact(extrinsic.length).bytes(extrinsic);
        }
        if (justification.length == 0) {
            return out.u8(0).toBytes();
        }
        return out.u8(1)
                .compact(1)
                .bytes(DigestLogs.ENGINE)
                .compact(justification.length)
                .bytes(justification)
                .toBytes();
    }
}
