package xyz.autonomys.farmer.cluster.pieces;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.cluster.data.MemoryBudget;
import xyz.autonomys.farmer.cluster.data.PeerAddress;
import xyz.autonomys.farmer.primitives.Piece;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.sector.plot.IndexedPiece;
import xyz.autonomys.farmer.sector.plot.PieceCheck;
import xyz.autonomys.farmer.telemetry.StandingWait;
import xyz.autonomys.farmer.telemetry.WaitRegister;

/**
 * Fetches what a cache lacks, batch after batch on a few threads: from the cluster, through the check, to the keeper. A
 * piece that could not be had is tried again for ever, at growing intervals; a peer that gave a wrong piece is not asked
 * for that piece again. Nothing is lost at a stop: what is stored is stored, the rest is wanted again at the next start.
 */
public final class PieceFiller implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PieceFiller.class);
    /** After how long without any piece that came an operator should know. */
    private static final Duration PIECES_PATIENCE = Duration.ofSeconds(60);

    private static final Duration DISK_PATIENCE = Duration.ofSeconds(10);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(4);

    private final Limits limits;
    private final Pace pace;
    private final CachePieceGetter source;
    private final PieceCheck check;
    private final PieceKeeper keeper;
    private final FillQueue queue = new FillQueue();
    private final Map<Long, Set<PeerAddress>> liars = new ConcurrentHashMap<>();
    private final RateMeter rate = new RateMeter(System::nanoTime);
    private final AtomicLong rejected = new AtomicLong();
    private final AtomicLong stored = new AtomicLong();
    private final StandingWait pieces;
    private final StandingWait room;
    private final ExecutorService workers;
    /** Never interrupted, since an interrupt would close the keeper's files. */
    private final ExecutorService disk = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("piece-keeper").factory());

    private volatile String waitingFor = "";

    /**
     * How much is done at a time.
     *
     * @param threads batches under way
     * @param batch pieces of a batch; they are checked together, which costs little more than checking one
     * @param bytesPerSecond most bytes to fetch per second, so that a move leaves room for everything else
     */
    public record Limits(int threads, int batch, long bytesPerSecond) {
        /** Bytes per second if nothing else is asked for. */
        public static final long DEFAULT_BYTES_PER_SECOND = 250_000_000;

        /** Two batches of 16 pieces. */
        public static final Limits DEFAULT = new Limits(2, 16);

        /** Limits with the default rate. */
        public Limits(int threads, int batch) {
            this(threads, batch, DEFAULT_BYTES_PER_SECOND);
        }

        /** Refuses numbers that cannot work. */
        public Limits {
            if (threads < 1 || batch < 1 || batch > 256) {
                throw new IllegalArgumentException("a fill takes a thread or more and batches of 1 to 256 pieces, got "
                        + threads + " and " + batch);
            }
        }

        /** The most memory that a fill takes, the check's working memory included. */
        public MemoryBudget memoryBudget() {
            return new MemoryBudget(
                    "fill",
                    List.of(
                            new MemoryBudget.Part(
                                    threads + " batches of " + batch + " pieces",
                                    (long) threads * batch * ProtocolSizes.PIECE_BYTES),
                            new MemoryBudget.Part("their check", 4L * threads * ProtocolSizes.PIECE_BYTES)));
        }
    }

    /**
     * Begins to work; there is nothing to do until something is {@linkplain #want wanted}.
     *
     * @param owner for whom, as an operator knows it
     * @param waits where it registers that nobody gives what it lacks, and that its disk takes nothing
     */
    public PieceFiller(
            Limits limits,
            CachePieceGetter source,
            PieceCheck check,
            PieceKeeper keeper,
            String owner,
            WaitRegister waits) {
        this.limits = limits;
        this.pace = new Pace(limits.bytesPerSecond());
        this.source = source;
        this.check = check;
        this.keeper = keeper;
        this.pieces = new StandingWait(
                waits,
                owner,
                "pieces that nobody gives",
                PIECES_PATIENCE,
                "see in util members whether full-piece caches and controllers are there and can be reached; what nobody"
                        + " has, controllers rebuild from their nodes' blocks; if these are pruned, fill a full-piece"
                        + " cache from a directory of util export-piece");
        this.room = new StandingWait(
                waits,
                owner,
                "its disk to take pieces",
                DISK_PATIENCE,
                "make room on it, see with dmesg and mount whether it failed or became read-only");
        this.workers = Executors.newFixedThreadPool(
                limits.threads(), Thread.ofPlatform().daemon().name("fill-", 0).factory());
        for (int i = 0; i < limits.threads(); i++) {
            workers.execute(this::work);
        }
    }

    /** This piece is lacking. */
    public void want(long pieceIndex) {
        queue.want(pieceIndex);
    }

    /**
     * Only the pieces that {@code wanted} accepts are still lacking. It is asked again about a piece that was wanted
     * while it was fetched, so it should accept what the keeper does not have and nothing else.
     */
    public void retain(LongPredicate wanted) {
        queue.retain(wanted);
        liars.keySet().removeIf(index -> !wanted.test(index));
        endWaits();
    }

    /** Who lacks nothing waits for nothing. */
    private void endWaits() {
        if (queue.size() == 0) {
            pieces.over();
            room.over();
        }
    }

    /** Pieces that are lacking. */
    public long lacking() {
        return queue.size();
    }

    /** Pieces stored per second of late. */
    public double piecesPerSecond() {
        return rate.perSecond();
    }

    /** Pieces refused since the start because they were not what they should be. */
    public long rejected() {
        return rejected.get();
    }

    /** Pieces stored since the start. */
    public long stored() {
        return stored.get();
    }

    /** What the fill waits for; empty if nothing. */
    public String waitingFor() {
        return queue.size() == 0 ? "" : waitingFor;
    }

    private void work() {
        Duration pause = FIRST_PAUSE;
        while (!Thread.currentThread().isInterrupted()) {
            try {
                Set<Long> batch = queue.take(limits.batch());
                try {
                    Thread.sleep(Duration.ofNanos(pace.nanosFor(batch.size() * (long) ProtocolSizes.PIECE_BYTES)));
                } catch (InterruptedException e) {
                    batch.forEach(queue::failed);
                    throw e;
                }
                if (fill(batch)) {
                    pause = FIRST_PAUSE;
                } else {
                    // Nothing of a whole batch came: the trouble is not this batch's.
                    Thread.sleep(pause.toMillis());
                    pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
                }
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** Fetches, checks and stores what can be had of a batch, and says whether any of it could. */
    private boolean fill(Set<Long> batch) throws InterruptedException {
        Set<Long> open = new HashSet<>(batch);
        try {
            Arrivals arrivals = new Arrivals(batch);
            source.getFrom(batch, arrivals);
            List<Arrival> arrived = arrivals.close();
            List<VerifiedPiece> good = verified(arrived);
            if (!good.isEmpty() && store(good)) {
                for (VerifiedPiece piece : good) {
                    open.remove(piece.index());
                    liars.remove(piece.index());
                    queue.done(piece.index());
                }
                rate.add(good.size());
                stored.addAndGet(good.size());
                waitingFor = "";
                pieces.progress();
                room.over();
            }
            if (!arrivals.reason.isEmpty()) {
                waitingFor = "pieces that nobody gave; " + arrivals.reason;
                pieces.lacks(arrivals.reason).item("(" + queue.size() + " are lacking)");
            }
            return open.size() < batch.size();
        } catch (RuntimeException e) {
            LOG.error("A batch of {} pieces could not be filled, trying again", batch.size(), e);
            return false;
        } finally {
            open.forEach(queue::failed);
            endWaits();
        }
    }

    private List<VerifiedPiece> verified(List<Arrival> arrived) throws InterruptedException {
        List<VerifiedPiece> good = new ArrayList<>();
        if (arrived.isEmpty()) {
            return good;
        }
        BitSet valid = check.valid(arrived.stream().map(Arrival::piece).toList());
        for (int i = 0; i < arrived.size(); i++) {
            IndexedPiece piece = arrived.get(i).piece();
            if (valid.get(i)) {
                good.add(new VerifiedPiece(piece.index(), piece.piece()));
            } else {
                rejected.incrementAndGet();
                liars.computeIfAbsent(piece.index(), _ -> ConcurrentHashMap.newKeySet())
                        .add(arrived.get(i).source());
                LOG.warn(
                        "What {} gave as piece {} does not belong to its segment's commitment; it is dropped",
                        arrived.get(i).source(),
                        Long.toUnsignedString(piece.index()));
            }
        }
        return good;
    }

    private boolean store(List<VerifiedPiece> good) throws InterruptedException {
        Future<?> written = disk.submit(() -> {
            keeper.store(good);
            return null;
        });
        try {
            written.get();
            return true;
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof IOException)) {
                throw new IllegalStateException("storing pieces failed", e.getCause());
            }
            waitingFor = "room on disk: " + e.getCause().getMessage();
            room.lacks(e.getCause().getMessage());
            return false;
        }
    }

    /** Stops fetching and waits for what is being written. */
    @Override
    public void close() {
        workers.shutdownNow();
        disk.shutdown();
        try {
            if (!workers.awaitTermination(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                    || !disk.awaitTermination(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("The fill did not stop within {} s", STOP_TIMEOUT.toSeconds());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        pieces.close();
        room.close();
    }

    private record Arrival(IndexedPiece piece, PeerAddress source) {}

    /** The answers to one batch; what comes after the end is dropped. */
    private final class Arrivals implements CachePieceGetter.SourcedReceiver {
        private final Map<Long, Arrival> arrived = new HashMap<>();
        private final Set<Long> batch;
        private volatile String reason = "";
        private boolean closed;

        Arrivals(Set<Long> batch) {
            this.batch = batch;
        }

        @Override
        public synchronized void found(long pieceIndex, Piece piece, PeerAddress source) {
            if (!closed && batch.contains(pieceIndex)) {
                arrived.put(pieceIndex, new Arrival(new IndexedPiece(pieceIndex, piece), source));
            }
        }

        @Override
        public void failed(long pieceIndex, String why) {
            reason = "piece " + Long.toUnsignedString(pieceIndex) + ": " + why;
        }

        @Override
        public boolean avoids(long pieceIndex, PeerAddress source) {
            return liars.getOrDefault(pieceIndex, Set.of()).contains(source);
        }

        synchronized List<Arrival> close() {
            closed = true;
            return List.copyOf(arrived.values());
        }
    }
}
