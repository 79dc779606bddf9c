package xyz.autonomys.farmer.archiving;

import java.util.Arrays;
import xyz.autonomys.farmer.primitives.ProtocolSizes;

/**
 * The archived form of block 0: its SCALE bytes filled up to a whole segment's worth of history, so that the first
 * segment exists at once. The filler is the ChaCha8 key stream keyed by the genesis state root.
 *
 * <p>Source: autonomys/subspace, crates/sc-consensus-subspace/src/archiver.rs (spec 03 §2.4).
 */
public final class GenesisBlock {
    /** Bytes of the archived genesis block: as many as a segment holds, item overhead not counted. */
    public static final int ENCODED_BYTES = ProtocolSizes.RECORDED_HISTORY_SEGMENT_BYTES;

    private static final int STATE_ROOT_BYTES = 32;

    private GenesisBlock() {}

    /**
     * The {@value #ENCODED_BYTES} bytes that enter history as block 0.
     *
     * @param block header, extrinsics and justifications of the genesis block in SCALE form; 100 bytes on every known
     *     network
     * @param stateRoot the 32 bytes of the genesis state root
     */
    public static byte[] encode(byte[] block, byte[] stateRoot) {
        if (stateRoot.length != STATE_ROOT_BYTES) {
            throw new IllegalArgumentException("a state root has 32 bytes, got " + stateRoot.length);
        }
        if (block.length > ENCODED_BYTES) {
            throw new IllegalArgumentException(
                    "the genesis block has at most " + ENCODED_BYTES + " bytes, got " + block.length);
        }
        byte[] encoded = Arrays.copyOf(block, ENCODED_BYTES);
        ChaCha8.keyStream(stateRoot, encoded, block.length, ENCODED_BYTES - block.length);
        return encoded;
    }
}
