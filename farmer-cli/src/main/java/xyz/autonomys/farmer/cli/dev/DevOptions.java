package xyz.autonomys.farmer.cli.dev;

import java.nio.file.Path;

/**
 * What a development cluster looks like.
 *
 * @param directory where everything lies
 * @param piecesInSector pieces of a sector
 * @param sectors sectors of the one farm
 * @param slotMillis duration of a slot
 * @param trustedSetup value of {@code --trusted-setup} for all processes
 * @param verbose whether the processes log what they do
 */
public record DevOptions(
        Path directory, int piecesInSector, int sectors, int slotMillis, String trustedSetup, boolean verbose) {
    /** Votes expected per block: fewer than on the real chain, so that two cores can prove them all. */
    static final int VOTES_PER_BLOCK = 3;

    /** Bytes of a block: history grows by a segment about every six minutes, which costs two cores ten seconds. */
    static final int BLOCK_BYTES = 2 << 20;
}
