package xyz.autonomys.farmer.devnode.chain;

import java.util.ArrayList;
import java.util.List;
import xyz.autonomys.farmer.primitives.RewardHash;
import xyz.autonomys.farmer.primitives.hash.Blake2b256;
import xyz.autonomys.farmer.primitives.scale.ScaleWriter;

/**
 * A block header.
 *
 * @param parentHash 32 bytes
 * @param number block number (u32)
 * @param stateRoot 32 bytes
 * @param extrinsicsRoot 32 bytes
 * @param logs encoded digest items: pre-runtime first, the seal last
 */
public record Header(byte[] parentHash, long number, byte[] stateRoot, byte[] extrinsicsRoot, List<byte[]> logs) {
    /** The SCALE bytes; the number is compact. */
    public byte[] encode() {
        ScaleWriter out = new ScaleWriter(1024);
        out.bytes(parentHash)
                .compact(number)
                .bytes(stateRoot)
                .bytes(extrinsicsRoot)
                .compact(logs.size());
        logs.forEach(out::bytes);
        return out.toBytes();
    }

    /** BLAKE2b-256 of the SCALE bytes: the block's hash, or before it is sealed what its author signs. */
    public byte[] hash() {
        return Blake2b256.hash(encode());
    }

    /** What the author signs. */
    RewardHash toSign() {
        return RewardHash.of(hash());
    }

    /** The header with one more log at its end. */
    Header with(byte[] log) {
        List<byte[]> all = new ArrayList<>(logs);
        all.add(log);
        return new Header(parentHash, number, stateRoot, extrinsicsRoot, List.copyOf(all));
    }
}
