package xyz.autonomys.farmer.node;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.SegmentHeader;
import xyz.autonomys.farmer.primitives.scale.SegmentHeaders;

/** The segment headers known, a chain of hashes from the first one on. It only grows. Thread-safe. */
final class HeaderChain {
    private static final Blake3Hash NONE = Blake3Hash.of(new byte[Blake3Hash.SIZE]);

    private final List<SegmentHeader> headers = new ArrayList<>();
    private List<SegmentHeader> snapshot = List.of();

    /** What a header is to this chain. */
    enum Fit {
        /** It is the next one and has been added. */
        ADDED,
        /** It is known. */
        KNOWN,
        /** Headers before it are missing. */
        GAP,
        /** It contradicts what is known. */
        CONFLICT
    }

    synchronized Fit offer(SegmentHeader header) {
        long index = header.segmentIndex();
        int size = headers.size();
        if (Long.compareUnsigned(index, size) > 0) {
            return Fit.GAP;
        }
        if (index < size) {
            return headers.get((int) index).equals(header) ? Fit.KNOWN : Fit.CONFLICT;
        }
        Blake3Hash previous = size == 0 ? NONE : SegmentHeaders.hash(headers.getLast());
        if (!header.prevSegmentHeaderHash().equals(previous)) {
            return Fit.CONFLICT;
        }
        headers.add(header);
        return Fit.ADDED;
    }

    synchronized Optional<SegmentHeader> get(long index) {
        return index >= 0 && index < headers.size() ? Optional.of(headers.get((int) index)) : Optional.empty();
    }

    /** All of them, as they are now. */
    synchronized List<SegmentHeader> all() {
        if (snapshot.size() < headers.size()) {
            snapshot = List.copyOf(headers);
        }
        return snapshot;
    }

    synchronized int size() {
        return headers.size();
    }
}
