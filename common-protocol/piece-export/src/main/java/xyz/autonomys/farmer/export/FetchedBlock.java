package xyz.autonomys.farmer.export;

import xyz.autonomys.farmer.node.BlockHash;
import xyz.autonomys.farmer.node.BlockHeader;
import xyz.autonomys.farmer.node.SignedBlock;

/**
 * A block that was checked by itself.
 *
 * @param hash its hash
 * @param header its header, which has this hash
 * @param encoded its bytes in history; of block 0 without what the archiver adds
 */
record FetchedBlock(BlockHash hash, BlockHeader header, byte[] encoded) {
    /**
     * Checks number and justification; the hash was checked when the block came.
     *
     * @param number the number it was asked for by
     */
    static FetchedBlock check(long number, BlockHash hash, SignedBlock block) throws ExportException {
        if (block.header().number() != number) {
            throw new ExportException("block " + hash + " has number "
                    + block.header().number() + ", the node has it as " + number + "; the node's database is damaged");
        }
        long justifications = block.subspaceJustifications();
        if (number > 0 && (justifications != 1 || block.proofOfTime().isEmpty())) {
            throw new ExportException("block " + number + " has " + justifications
                    + " justifications of the Subspace engine, expected one with its proof of time; the node did not import"
                    + " it itself: it must run with --sync full from the start");
        }
        return new FetchedBlock(hash, block.header(), block.encode());
    }
}
