package xyz.autonomys.farmer.sector.plot;

import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import xyz.autonomys.farmer.primitives.Piece;

/**
 * Fills the buffer of a sector: batch after batch from the source, through the check, with retries of what is missing
 * (specification 04 §10). Two batches are under way, so that the network works while the check computes.
 */
public final class PieceGathering {
    /** Pieces of one request to the source, and of one check: 64 MiB. */
    public static final int BATCH = 64;

    private static final int BATCHES_UNDER_WAY = 2;

    private final RecordBuffer records;
    private final PieceGetter source;
    private final PieceCheck check;
    private final PlotListener listener;
    private volatile String reason = "the source did not answer for some of them";

    PieceGathering(RecordBuffer records, PieceGetter source, PieceCheck check, PlotListener listener) {
        this.records = records;
        this.source = source;
        this.check = check;
        this.listener = listener;
    }

    /** Returns when all pieces are in place. */
    void run(PieceRetries retries) throws PlottingException, InterruptedException {
        Duration delay = retries.firstDelay();
        for (int attempt = 1; ; attempt++) {
            attempt();
            int missing = records.missing().size();
            if (missing == 0) {
                return;
            }
            listener.piecesMissing(missing, attempt, reason);
            if (attempt == retries.attempts()) {
                throw new PlottingException(
                        PlottingException.Kind.MISSING_PIECES,
                        missing + " pieces are missing after " + attempt + " attempts; " + reason);
            }
            // Between half and one and a half times the delay, so that farmers do not ask in step.
            Thread.sleep(delay.toMillis() / 2 + ThreadLocalRandom.current().nextLong(delay.toMillis() + 1));
            delay = retries.after(delay);
        }
    }

    private void attempt() throws InterruptedException {
        Queue<Set<Long>> batches = batches(records.missing());
        int workers = Math.min(BATCHES_UNDER_WAY, batches.size());
        // Closing waits for the threads, so that none writes to the buffer after it is freed.
        try (ExecutorService pool = Executors.newFixedThreadPool(
                workers, Thread.ofPlatform().daemon().name("pieces-", 0).factory())) {
            List<Future<?>> futures = new ArrayList<>();
            for (int worker = 0; worker < workers; worker++) {
                futures.add(pool.submit(() -> {
                    for (Set<Long> batch = batches.poll(); batch != null; batch = batches.poll()) {
                        gather(batch);
                    }
                    return null;
                }));
            }
            try {
                for (Future<?> future : futures) {
                    future.get();
                }
            } catch (ExecutionException e) {
                throw new IllegalStateException("the source of pieces failed: " + e.getCause(), e.getCause());
            } finally {
                pool.shutdownNow();
            }
        }
    }

    private static Queue<Set<Long>> batches(Set<Long> missing) {
        Queue<Set<Long>> batches = new ConcurrentLinkedQueue<>();
        Set<Long> batch = new LinkedHashSet<>();
        for (long index : missing) {
            batch.add(index);
            if (batch.size() == BATCH) {
                batches.add(batch);
                batch = new LinkedHashSet<>();
            }
        }
        if (!batch.isEmpty()) {
            batches.add(batch);
        }
        return batches;
    }

    private void gather(Set<Long> batch) throws InterruptedException {
        Answers answers = new Answers(batch);
        source.get(Set.copyOf(batch), answers);
        List<IndexedPiece> pieces = answers.close();
        if (pieces.isEmpty()) {
            return;
        }
        BitSet valid = check.valid(pieces);
        for (int i = 0; i < pieces.size(); i++) {
            IndexedPiece answer = pieces.get(i);
            if (valid.get(i)) {
                listener.piecesArrived(records.put(answer.index(), answer.piece()), records.pieces());
            } else {
                reason = "piece " + Long.toUnsignedString(answer.index()) + ": what the source gave is not this piece";
            }
        }
    }

    /** The answers of one request. What comes after its end is dropped. */
    private final class Answers implements PieceGetter.Receiver {
        private final Set<Long> open;
        private final List<IndexedPiece> pieces = new ArrayList<>();
        private boolean closed;

        Answers(Set<Long> open) {
            this.open = open;
        }

        @Override
        public synchronized void found(long pieceIndex, Piece piece) {
            if (!closed && open.remove(pieceIndex)) {
                pieces.add(new IndexedPiece(pieceIndex, piece));
            }
        }

        @Override
        public void failed(long pieceIndex, String why) {
            reason = "piece " + Long.toUnsignedString(pieceIndex) + ": " + why;
        }

        synchronized List<IndexedPiece> close() {
            closed = true;
            return pieces;
        }
    }
}
