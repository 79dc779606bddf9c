package xyz.autonomys.farmer.devnode.chain;

import java.util.List;
import xyz.autonomys.farmer.node.BlockHash;
import xyz.autonomys.farmer.node.BlockHeader;
import xyz.autonomys.farmer.node.SignedBlock;
import xyz.autonomys.farmer.node.TrieRoot;
import xyz.autonomys.farmer.primitives.PotOutput;

/** Block 0 of a simulated chain: an empty block over a given state root (spec 03 §2.4). */
final class GenesisState {
    /** Root of the empty extrinsics trie: BLAKE2b-256 of one zero byte. */
    private static final TrieRoot EMPTY_TRIE_ROOT =
            TrieRoot.fromHex("03170a2e7597b7b7e3d84c05391d139a62b157e78786d8c082f29dcf4c111314");

    private GenesisState() {}

    static Block block(byte[] stateRoot) {
        BlockHeader header = new BlockHeader(
                BlockHash.of(new byte[BlockHash.SIZE]), 0, TrieRoot.of(stateRoot), EMPTY_TRIE_ROOT, List.of());
        return new Block(
                new SignedBlock(header, List.of(), List.of()), 0, 0, PotOutput.of(new byte[PotOutput.SIZE]), null);
    }
}
