package xyz.autonomys.farmer.node;

import java.util.List;
import xyz.autonomys.farmer.primitives.hash.Blake2b256;
import xyz.autonomys.farmer.primitives.scale.ScaleWriter;

/**
 * Header of a block, sealed.
 *
 * <p>Source: polkadot-sdk, substrate/primitives/runtime/src/generic/header.rs, as autonomys/subspace uses it.
 *
 * @param parentHash the block before, zero for block 0
 * @param number block number (u32)
 * @param stateRoot root of the state after the block
 * @param extrinsicsRoot root of the extrinsics
 * @param logs digest items, each complete in SCALE; they are never taken apart or put in another order
 */
public record BlockHeader(
        BlockHash parentHash, long number, TrieRoot stateRoot, TrieRoot extrinsicsRoot, List<byte[]> logs) {
    /** Copies the list, not the items. */
    public BlockHeader {
        logs = List.copyOf(logs);
    }

    /** The SCALE bytes: parent, number (compact), state root, extrinsics root, logs. */
    public byte[] encode() {
        ScaleWriter out = new ScaleWriter(1024);
        write(out);
        return out.toBytes();
    }

    void write(ScaleWriter out) {
        out.bytes(parentHash)
                .compact(number)
                .bytes(stateRoot)
                .bytes(extrinsicsRoot)
                .compact(logs.size());
        logs.forEach(out::bytes);
    }

    /** The hash of the block. */
    public BlockHash hash() {
        return BlockHash.of(Blake2b256.hash(encode()));
    }
}
