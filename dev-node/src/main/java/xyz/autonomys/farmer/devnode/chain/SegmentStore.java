package xyz.autonomys.farmer.devnode.chain;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import xyz.autonomys.farmer.primitives.SegmentHeader;
import xyz.autonomys.farmer.primitives.scale.SegmentHeaders;

/** The headers of all archived segments by index. Thread-safe. */
public final class SegmentStore {
    private final List<SegmentHeader> headers = new ArrayList<>();

    /** Appends the next header. */
    synchronized void add(SegmentHeader header) {
        if (header.segmentIndex() != headers.size()) {
            throw new IllegalStateException(
                    "segment " + header.segmentIndex() + " cannot follow " + headers.size() + " segments");
        }
        if (!headers.isEmpty() && !header.prevSegmentHeaderHash().equals(SegmentHeaders.hash(headers.getLast()))) {
            throw new IllegalStateException("segment " + header.segmentIndex() + " does not follow its predecessor");
        }
        headers.add(header);
    }

    /** The header of a segment (u64). */
    public synchronized Optional<SegmentHeader> get(long segmentIndex) {
        return segmentIndex >= 0 && segmentIndex < headers.size()
                ? Optional.of(headers.get((int) segmentIndex))
                : Optional.empty();
    }

    /** The newest headers, at most {@code limit}, the newest one last. */
    public synchronized List<SegmentHeader> last(int limit) {
        return List.copyOf(headers.subList(Math.max(0, headers.size() - limit), headers.size()));
    }

    /** The number of segments. */
    public synchronized long size() {
        return headers.size();
    }
}
