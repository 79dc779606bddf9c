package xyz.autonomys.farmer.devnode.chain;

import xyz.autonomys.farmer.node.BlockHash;
import xyz.autonomys.farmer.node.BlockHeader;
import xyz.autonomys.farmer.node.SignedBlock;
import xyz.autonomys.farmer.primitives.PotOutput;

/**
 * A block of the simulated chain.
 *
 * @param signed what a node hands out: sealed header, extrinsics, justification
 * @param fillerBytes how many bytes of {@link Filler} its last extrinsic carries, 0 if there is none
 * @param slot the slot it claims
 * @param futurePot proof of time output of {@code slot} plus the authoring delay
 * @param author identity of its solution; null for block 0
 */
public record Block(SignedBlock signed, int fillerBytes, long slot, PotOutput futurePot, Kappa author) {
    /** Its sealed header. */
    public BlockHeader header() {
        return signed.header();
    }

    /** Block number (u32). */
    public long number() {
        return signed.header().number();
    }

    /** Its hash. */
    public BlockHash hash() {
        return signed.header().hash();
    }

    /** The bytes that enter history (spec 03 §2); block 0 is filled up by the archiver. */
    public byte[] encode() {
        return signed.encode();
    }
}
