package xyz.autonomys.farmer.node;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.primitives.SegmentHeader;

/**
 * Keeps the chain of segment headers complete: takes what is announced, asks for what was not, lets the listeners fetch
 * the pieces of a live segment, and acknowledges (spec 06 §7). Outlives connections.
 */
final class SegmentKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentKeeper.class);
    private static final int HEADERS_AT_ONCE = 8000;
    private static final int REMEMBERED_HARVESTS = 64;

    private final NodeClientConfig config;
    private final HeaderChain chain;
    private final List<ListenerQueues> listeners;
    private final ConflictHandler onConflict;
    private final AtomicLong acknowledgements = new AtomicLong();

    /** Segments whose pieces are being fetched by listeners. */
    private final Map<Long, CompletableFuture<Void>> harvests = new HashMap<>();

    /** Segments that all listeners have been told of as live. */
    private final Set<Long> harvested = new LinkedHashSet<>();

    /** Hears of a header that contradicts the chain. */
    interface ConflictHandler {
        /** {@code known} is empty if the header does not continue the chain of hashes. */
        void conflict(Optional<SegmentHeader> known, SegmentHeader received);
    }

    SegmentKeeper(
            NodeClientConfig config, HeaderChain chain, List<ListenerQueues> listeners, ConflictHandler onConflict) {
        this.config = config;
        this.chain = chain;
        this.listeners = listeners;
        this.onConflict = onConflict;
    }

    /** Acknowledgements that were confirmed so far. */
    long acknowledgements() {
        return acknowledgements.get();
    }

    /**
     * Asks for the headers from the last known one on, which must be as it was, until the node has no more.
     *
     * @return whether the node agrees with the chain
     */
    boolean fill(NodeCalls calls, long historySize) throws NodeException, InterruptedException {
        while (true) {
            long from = Math.max(chain.size() - 1, 0);
            List<Long> wanted = new ArrayList<>();
            // One more than there should be, to see the end.
            for (long index = from;
                    wanted.size() < 2
                            || Long.compareUnsigned(index, historySize) <= 0 && wanted.size() < HEADERS_AT_ONCE;
                    index++) {
                wanted.add(index);
            }
            boolean complete = false;
            for (Optional<SegmentHeader> header : calls.segmentHeaders(wanted)) {
                if (header.isEmpty()) {
                    complete = true;
                    break;
                }
                if (!offer(header.get())) {
                    return false;
                }
            }
            if (complete) {
                return true;
            }
        }
    }

    /**
     * Compares with the newest header of the node.
     *
     * @return whether the node has headers that were not announced
     */
    boolean isBehind(NodeCalls calls) throws NodeException, InterruptedException {
        List<SegmentHeader> last = calls.lastSegmentHeaders(1);
        if (last.isEmpty()) {
            return false;
        }
        SegmentHeader newest = last.getLast();
        boolean behind = Long.compareUnsigned(newest.segmentIndex(), chain.size()) >= 0;
        if (!behind) {
            offer(newest);
        }
        return behind;
    }

    private boolean offer(SegmentHeader header) {
        switch (chain.offer(header)) {
            case ADDED -> listeners.forEach(ListenerQueues::segmentsArrived);
            case KNOWN, GAP -> {}
            case CONFLICT -> {
                onConflict.conflict(chain.get(header.segmentIndex()), header);
                return false;
            }
        }
        return true;
    }

    /** Takes an announcement, on the thread that decodes. */
    void announced(SegmentSubscription subscription, NodeCalls calls, JsonNode item) throws NodeJsonException {
        SegmentHeader header = NodeJson.readSegmentHeader(item);
        long index = header.segmentIndex();
        if (!subscription.announced(index)) {
            return;
        }
        // Before the header enters the chain, so that listeners hear of it once, as live.
        CompletableFuture<Void> harvest = harvest(index);
        boolean gap = Long.compareUnsigned(index, chain.size()) > 0;
        if (!gap && !offer(header)) {
            harvestEnded(index, false);
            return;
        }
        // What follows takes long and must not hold up the decoder.
        Thread.ofVirtual().name("segment-" + Long.toUnsignedString(index)).start(() -> {
            try {
                harvest(calls, header, gap, harvest);
                if (subscription.acknowledge(index)) {
                    acknowledgements.incrementAndGet();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** Waits until the listeners are done with a live segment. Whatever goes wrong, it is acknowledged after this. */
    private void harvest(NodeCalls calls, SegmentHeader header, boolean gap, CompletableFuture<Void> harvest)
            throws InterruptedException {
        long index = header.segmentIndex();
        boolean told = false;
        try {
            told = !gap || fillBefore(calls, header);
            if (told) {
                await(index, harvest);
            }
        } catch (RuntimeException e) {
            LOG.error("Segment {} could not be taken over", Long.toUnsignedString(index), e);
        } finally {
            harvestEnded(index, told);
        }
    }

    /** Fetches what lies before an announced header; whether the header is in the chain now. */
    private boolean fillBefore(NodeCalls calls, SegmentHeader header) throws InterruptedException {
        try {
            fill(calls, header.segmentIndex() + 1);
            if (offer(header) && chain.get(header.segmentIndex()).isPresent()) {
                return true;
            }
            LOG.error(
                    "Segment {} was announced, but the node does not give the headers before it",
                    Long.toUnsignedString(header.segmentIndex()));
        } catch (NodeException e) {
            LOG.warn("The segments before {} are missing: {}", header.segmentIndex(), e.getMessage());
        }
        return false;
    }

    /** Has all listeners told that a segment is live, once. */
    private CompletableFuture<Void> harvest(long index) {
        synchronized (harvests) {
            if (harvested.contains(index)) {
                return CompletableFuture.completedFuture(null);
            }
            return harvests.computeIfAbsent(
                    index,
                    _ -> CompletableFuture.allOf(listeners.stream()
                            .map(listener -> listener.harvest(index))
                            .toArray(CompletableFuture[]::new)));
        }
    }

    private void await(long index, CompletableFuture<Void> harvest) throws InterruptedException {
        try {
            harvest.get(config.acknowledgeWithin().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOG.warn(
                    "Segment {} is acknowledged although its pieces are still being fetched after {} s",
                    index,
                    config.acknowledgeWithin().toSeconds());
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private void harvestEnded(long index, boolean told) {
        listeners.forEach(listener -> listener.harvestEnded(index));
        synchronized (harvests) {
            harvests.remove(index);
            if (told) {
                harvested.add(index);
            }
            if (harvested.size() > REMEMBERED_HARVESTS) {
                harvested.remove(harvested.iterator().next());
            }
        }
    }
}
