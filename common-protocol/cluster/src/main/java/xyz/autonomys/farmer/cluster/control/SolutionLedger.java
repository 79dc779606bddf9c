package xyz.autonomys.farmer.cluster.control;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import xyz.autonomys.farmer.primitives.SolutionResponse;
import xyz.autonomys.farmer.primitives.hash.Blake3;

/**
 * Which solutions were submitted already: an entry for each κ = (public key, sector index, piece offset, chunk, slot),
 * created before the solution leaves its owner (rules M1 and M5 of the node RPC chapter, section 13.3). Entries live for
 * ten minutes; votes live for two blocks.
 */
public final class SolutionLedger implements AutoCloseable {
    private static final Duration KEPT = Duration.ofMinutes(10);

    /** Who submitted. */
    record Entry(MemberId submitter) {}

    private final WatchedBucket<Entry> bucket;

    /** Opens the ledger. */
    public SolutionLedger(ControlPlane plane) throws InterruptedException {
        this.bucket = WatchedBucket.open(plane, "solutions", KEPT, Entry.class);
    }

    /**
     * Claims the right to submit this solution.
     *
     * @return false if it was claimed before: it must not be sent
     */
    public boolean claim(SolutionResponse response, MemberId submitter) throws ControlException {
        return bucket.create(key(response), new Entry(submitter));
    }

    /** The key of κ: BLAKE3 of its parts, as hex. */
    static String key(SolutionResponse response) {
        ByteBuffer numbers = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
        numbers.putShort((short) response.solution().sectorIndex());
        numbers.putShort((short) response.solution().pieceOffset());
        numbers.putLong(response.slotNumber());
        return Blake3.hash(
                        response.solution().publicKey().toBytes(),
                        numbers.array(),
                        response.solution().chunk().toBytes())
                .toHex();
    }

    @Override
    public void close() {
        bucket.close();
    }
}
