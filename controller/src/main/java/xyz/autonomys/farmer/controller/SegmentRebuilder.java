package xyz.autonomys.farmer.controller;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.archiving.Parallelism;
import xyz.autonomys.farmer.cluster.control.SegmentLedger;
import xyz.autonomys.farmer.export.ExportException;
import xyz.autonomys.farmer.export.ExportSettings;
import xyz.autonomys.farmer.export.PieceExport;
import xyz.autonomys.farmer.kzg.Kzg;
import xyz.autonomys.farmer.node.ChainReader;
import xyz.autonomys.farmer.node.NodeException;
import xyz.autonomys.farmer.telemetry.RepeatedLog;
import xyz.autonomys.farmer.telemetry.Wait;
import xyz.autonomys.farmer.telemetry.WaitRegister;

/**
 * Rebuilds from the node's blocks the segments that nobody in the cluster has: those that were archived before the
 * cluster was there, or while no controller could fetch them. Controllers are asked last for a piece; so a segment whose
 * pieces are asked for here again and again is one that is lacking. One segment at a time, beside the controller's work,
 * on a quarter of the cores.
 */
final class SegmentRebuilder implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentRebuilder.class);
    /** How long pieces must have been asked for: until then a cache that restarts may be there again. */
    private static final Duration ASKED_FOR = Duration.ofSeconds(15);
    /** After that time without a request nobody wants the segment any longer. */
    private static final Duration FORGOTTEN = Duration.ofMinutes(2);

    private static final Duration LOOK = Duration.ofSeconds(2);
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMinutes(1);
    private static final Duration QUIET = Duration.ofMinutes(10);
    private static final Duration NODE_PATIENCE = Duration.ofSeconds(20);
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(2);
    private static final int CONNECTIONS = 2;
    private static final int BATCHES_AHEAD = 2;
    private static final long OTHER_HEAP_BYTES = 256L << 20;

    private final URI nodeUrl;
    private final Kzg kzg;
    private final FreshSegments fresh;
    private final SegmentLedger ledger;
    private final WaitRegister waits;
    private final LongPredicate mine;
    private final RepeatedLog complaints = new RepeatedLog(LOG, QUIET);
    private final Map<Long, Demand> demands = new ConcurrentHashMap<>();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("segment-rebuilder").factory());
    private long pausedUntil = System.nanoTime();

    /**
     * Requests for pieces of a segment that could not be answered.
     *
     * @param first when the first came, by {@link System#nanoTime}
     * @param last when the last came
     */
    private record Demand(long first, long last) {
        Demand again(long now) {
            return now - last > FORGOTTEN.toNanos() ? new Demand(now, now) : new Demand(first, now);
        }

        boolean lasts(long now) {
            return last - first >= ASKED_FOR.toNanos() && now - last <= FORGOTTEN.toNanos();
        }
    }

    /**
     * A rebuilder that looks for work until it is closed.
     *
     * @param kzg on the chain's setup
     * @param mine which segments this controller rebuilds, so that each is rebuilt by one
     */
    SegmentRebuilder(
            URI nodeUrl, Kzg kzg, FreshSegments fresh, SegmentLedger ledger, WaitRegister waits, LongPredicate mine) {
        this.nodeUrl = nodeUrl;
        this.kzg = kzg;
        this.fresh = fresh;
        this.ledger = ledger;
        this.waits = waits;
        this.mine = mine;
        thread.scheduleWithFixedDelay(this::look, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** A piece of this segment was asked for and is not here. */
    void lacks(long segmentIndex) {
        if (ledger.header(segmentIndex).isPresent()) {
            long now = System.nanoTime();
            demands.compute(segmentIndex, (_, demand) -> demand == null ? new Demand(now, now) : demand.again(now));
        }
    }

    private void look() {
        try {
            long now = System.nanoTime();
            demands.values().removeIf(demand -> now - demand.last() > FORGOTTEN.toNanos());
            if (now - pausedUntil < 0) {
                return;
            }
            Optional<Long> next = demands.entrySet().stream()
                    .filter(demand -> demand.getValue().lasts(now))
                    .map(Map.Entry::getKey)
                    .filter(mine::test)
                    .min(Comparator.naturalOrder());
            if (next.isPresent()) {
                rebuild(next.get());
                demands.remove(next.get());
            }
        } catch (ExportException | NodeException | IOException e) {
            pausedUntil = System.nanoTime() + PAUSE_AFTER_FAILURE.toNanos();
            complaints.warn("failure", "Nobody has a segment, and it cannot be rebuilt: {}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            pausedUntil = System.nanoTime() + PAUSE_AFTER_FAILURE.toNanos();
            LOG.error("A segment could not be rebuilt", e);
        }
    }

    private void rebuild(long segment) throws ExportException, NodeException, IOException, InterruptedException {
        requireMemory(segment);
        LOG.info("Nobody has segment {}; rebuilding it from the node's blocks", segment);
        long start = System.nanoTime();
        int threads = Math.max(1, Runtime.getRuntime().availableProcessors() / 4);
        try (ChainReader reader = ChainReader.of(nodeUrl, CONNECTIONS, NODE_PATIENCE);
                Wait _ = waits.begin(
                                "controller",
                                "a segment that is rebuilt from blocks",
                                PATIENCE,
                                "fill a full-piece cache from a directory of util export-piece")
                        .item("segment " + segment)
                        .from(nodeUrl)) {
            new PieceExport(
                            reader,
                            kzg,
                            Parallelism.of(ForkJoinPool.commonPool(), threads),
                            new ExportSettings(
                                    fresh.directory().directory(), segment, OptionalLong.of(segment), BATCHES_AHEAD))
                    .runInto(fresh.directory());
        }
        fresh.keepRebuilt(segment, ledger.contiguousSegments() - 1);
        LOG.info(
                "Rebuilt segment {} from the node's blocks in {} s",
                segment,
                String.format("%.1f", (System.nanoTime() - start) / 1e9));
    }

    /** A controller with little memory must not die of somebody's wish for an old segment. */
    private static void requireMemory(long segment) throws IOException {
        long needed = PieceExport.memoryBytes(BATCHES_AHEAD) + OTHER_HEAP_BYTES;
        long limit = Runtime.getRuntime().maxMemory();
        if (limit < needed) {
            throw new IOException("segment " + segment + " takes a heap of " + (needed >> 20)
                    + " MiB, this controller has " + (limit >> 20)
                    + "; raise -Xmx in JAVA_OPTS, or fill a full-piece cache from a directory of util export-piece");
        }
    }

    /** Breaks off; a segment that is just being written is finished, which takes a moment. */
    @Override
    public void close() {
        thread.shutdownNow();
        try {
            if (!thread.awaitTermination(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.info("A segment is still being rebuilt; the next start begins it anew");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
