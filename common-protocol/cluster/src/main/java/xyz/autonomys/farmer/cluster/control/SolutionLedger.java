package xyz.autonomys.farmer.cluster.control;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.primitives.SolutionResponse;
import xyz.autonomys.farmer.primitives.hash.Blake3;

/**
 * Which solutions were submitted already: an entry for each κ = (public key, sector index, piece offset, chunk, slot),
 * created before the solution leaves its owner (rules M1 and M5 of the node RPC chapter, section 13.3). Entries live for
 * ten minutes; votes live for two blocks.
 *
 * <p>Each process keeps the entries it made itself as well. While JetStream has no quorum these alone decide, which is
 * enough as long as every farm is farmed by one process. Thread-safe.
 */
public final class SolutionLedger implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SolutionLedger.class);
    private static final Duration KEPT = Duration.ofMinutes(10);
    /** A slot leaves no time to wait for longer. */
    private static final Duration PATIENCE = Duration.ofMillis(500);

    private static final int MOST_OWN = 1 << 16;

    /** Who submitted. */
    record Entry(MemberId submitter) {}

    private final WatchedBucket<Entry> bucket;
    private final Map<String, Long> own = new LinkedHashMap<>();
    private boolean alone;

    /** Opens the ledger. */
    public SolutionLedger(ControlPlane plane) throws InterruptedException {
        this.bucket = WatchedBucket.open(plane, "solutions", KEPT, PATIENCE, Entry.class);
    }

    /**
     * Claims the right to submit this solution.
     *
     * @return false if it was claimed before: it must not be sent
     */
    public boolean claim(SolutionResponse response, MemberId submitter) {
        String key = kappa(response);
        if (!claimHere(key)) {
            return false;
        }
        try {
            boolean first = bucket.create(key, new Entry(submitter));
            if (setAlone(false)) {
                LOG.info("The cluster's ledger of solutions answers again");
            }
            return first;
        } catch (ControlException e) {
            if (setAlone(true)) {
                LOG.warn(
                        "The cluster's ledger of solutions does not answer, this process decides by its own alone: {}",
                        e.getMessage());
            }
            return true;
        }
    }

    /** Whether the cluster's ledger did not answer lately. */
    public synchronized boolean isAlone() {
        return alone;
    }

    private synchronized boolean setAlone(boolean now) {
        boolean changed = alone != now;
        alone = now;
        return changed;
    }

    private synchronized boolean claimHere(String key) {
        long now = System.nanoTime();
        Iterator<Long> times = own.values().iterator();
        while (times.hasNext()) {
            boolean old = now - times.next() > KEPT.toNanos();
            if (!old && own.size() < MOST_OWN) {
                break;
            }
            times.remove();
        }
        return own.putIfAbsent(key, now) == null;
    }

    /** The name of κ: BLAKE3 of its parts, as hex. The reward address is not a part. */
    public static String kappa(SolutionResponse response) {
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
