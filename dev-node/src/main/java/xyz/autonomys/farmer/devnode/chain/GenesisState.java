package xyz.autonomys.farmer.devnode.chain;

import java.util.HexFormat;
import java.util.List;
import xyz.autonomys.farmer.primitives.PotOutput;

/** Block 0 of a simulated chain: an empty block over a given state root (spec 03 §2.4). */
final class GenesisState {
    /** Root of the empty extrinsics trie: BLAKE2b-256 of one zero byte. */
    private static final byte[] EMPTY_TRIE_ROOT =
            HexFormat.of().parseHex("03170a2e7597b7b7e3d84c05391d139a62b157e78786d8c082f29dcf4c111314");

    private GenesisState() {}

    static Block block(byte[] stateRoot) {
        Header header = new Header(new byte[32], 0, stateRoot, EMPTY_TRIE_ROOT, List.of());
        return new Block(header, List.of(), new byte[0], 0, PotOutput.of(new byte[PotOutput.SIZE]), null);
    }
}
