package xyz.autonomys.farmer.cluster.control;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.primitives.SegmentCommitment;
import xyz.autonomys.farmer.primitives.SegmentHeader;

/**
 * Headers of all archived segments, as controllers recorded them after checking the chain of hashes. An index is
 * written once; another header for a known index means that two nodes disagree about history, and is refused.
 */
public final class SegmentLedger implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentLedger.class);

    /** The header of one segment as it is kept. */
    record Entry(SegmentHeader header) {}

    private final WatchedBucket<Entry> bucket;
    private final ConcurrentSkipListMap<Long, SegmentHeader> headers =
            new ConcurrentSkipListMap<>(Long::compareUnsigned);

    /**
     * Reads all headers and follows new ones.
     *
     * @param newHeader called with each header, the known ones first, in no particular order
     */
    public SegmentLedger(ControlPlane plane, Consumer<SegmentHeader> newHeader) throws InterruptedException {
        this.bucket = WatchedBucket.open(plane, "segments", Duration.ZERO, Entry.class);
        bucket.watch(new WatchedBucket.Listener<>() {
            @Override
            public void changed(String key, Entry entry) {
                headers.put(entry.header().segmentIndex(), entry.header());
                newHeader.accept(entry.header());
            }

            @Override
            public void removed(String key) {
                LOG.error("The header of segment {} was removed from JetStream by someone else; it is kept here", key);
            }
        });
    }

    /**
     * Records a header that was checked against its predecessor.
     *
     * @throws ConflictException if another header is recorded for this index
     */
    public void record(SegmentHeader header) throws ControlException, ControlFormatException, ConflictException {
        String key = Long.toUnsignedString(header.segmentIndex());
        if (!bucket.create(key, new Entry(header))) {
            Optional<Entry> existing = bucket.get(key);
            if (existing.isEmpty()) {
                throw new ControlException("another controller records segment " + key + " just now");
            }
            if (!existing.get().header().equals(header)) {
                throw new ConflictException(header, existing.get().header());
            }
        }
        headers.putIfAbsent(header.segmentIndex(), header);
    }

    /** The header of a segment (u64), if it is known. */
    public Optional<SegmentHeader> header(long segmentIndex) {
        return Optional.ofNullable(headers.get(segmentIndex));
    }

    /** The commitment of a segment (u64), if it is known. */
    public Optional<SegmentCommitment> commitment(long segmentIndex) {
        return header(segmentIndex).map(SegmentHeader::segmentCommitment);
    }

    /** Number of segments known without a gap from the first one: the history that can be plotted. */
    public long contiguousSegments() {
        long count = 0;
        for (Map.Entry<Long, SegmentHeader> entry : headers.entrySet()) {
            if (entry.getKey() != count) {
                break;
            }
            count++;
        }
        return count;
    }

    @Override
    public void close() {
        bucket.close();
    }

    /** Two nodes disagree about history. */
    public static final class ConflictException extends Exception {
        private static final long serialVersionUID = 1L;

        ConflictException(SegmentHeader offered, SegmentHeader recorded) {
            super("segment " + Long.toUnsignedString(offered.segmentIndex()) + " has commitment "
                    + offered.segmentCommitment() + " at this node, but " + recorded.segmentCommitment()
                    + " in the cluster; plotting must stop until it is clear which node is on the right chain");
        }
    }
}
