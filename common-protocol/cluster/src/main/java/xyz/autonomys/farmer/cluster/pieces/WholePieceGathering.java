package xyz.autonomys.farmer.cluster.pieces;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import xyz.autonomys.farmer.cluster.data.DataClient;
import xyz.autonomys.farmer.cluster.data.DataPlaneException;
import xyz.autonomys.farmer.cluster.data.DataRequest;
import xyz.autonomys.farmer.cluster.data.ItemType;
import xyz.autonomys.farmer.cluster.data.PeerAddress;
import xyz.autonomys.farmer.cluster.data.PieceAnswer;
import xyz.autonomys.farmer.cluster.data.RequestOptions;
import xyz.autonomys.farmer.primitives.Piece;

/**
 * Gathers whole pieces from their sources, step after step. The next step is asked when all sources asked for a piece have
 * refused, and also when one gives nothing for the {@link HedgeDelay}; the first answer counts. A source that was overtaken
 * is left alone until it answers or runs into its time-out, at most some seconds, so that one that stands still is known
 * as sick and asked last; its answer is not read. One object for one call, used by one thread. What it holds is bounded by
 * the pieces asked for and their sources.
 */
final class WholePieceGathering {
    /** A controller may ask its node, so it is slow without being ill. */
    private static final Duration CONTROLLER_PATIENCE = Duration.ofSeconds(5);

    private final DataClient client;
    private final boolean priority;
    private final Duration deadline;
    private final HedgeDelay hedge;
    private final Answers answers;
    private final Map<Long, Wanted> open = new ConcurrentHashMap<>();
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final List<Asked> running = new ArrayList<>();
    private volatile boolean over;

    /** Takes the results. */
    interface Answers {
        /** A piece came. */
        void found(long index, Piece piece, PeerAddress source);

        /** A source did not give what it was asked for. */
        void refused(long index, String reason);
    }

    /**
     * Who may have a piece.
     *
     * @param peer where it is
     * @param controller whether it is a controller, which gives pieces that are not in any cache yet
     */
    record Source(PeerAddress peer, boolean controller) {}

    private sealed interface Event {}

    private record Came(Asked from, PieceAnswer answer) implements Event {}

    private record Ended(Asked from, String reason) implements Event {}

    /** A piece that has not come: how many sources it is asked of, and how many of them are not known to be slow. */
    private static final class Wanted {
        private final Deque<List<Source>> steps;
        private int asked;
        private int prompt;

        Wanted(Collection<List<Source>> steps) {
            this.steps = new ArrayDeque<>(steps);
        }
    }

    /** One request to one source. */
    private static final class Asked {
        private final Source source;
        private final Set<Long> unanswered = ConcurrentHashMap.newKeySet();
        private final Thread thread;
        private volatile long lastNanos = System.nanoTime();
        private boolean answered;
        private boolean slow;

        Asked(Source source, List<Long> indexes, Consumer<Asked> ask) {
            this.source = source;
            this.unanswered.addAll(indexes);
            this.thread = Thread.ofVirtual().name("piece-asker").unstarted(() -> ask.accept(this));
        }
    }

    /** Thrown through the data client when an answer is of no use any more; that tells the peer to stop. */
    private static final class OvertakenException extends RuntimeException {
        private static final long serialVersionUID = 1;

        OvertakenException() {
            super("overtaken", null, false, false);
        }
    }

    WholePieceGathering(DataClient client, boolean priority, Duration deadline, HedgeDelay hedge, Answers answers) {
        this.client = client;
        this.priority = priority;
        this.deadline = deadline;
        this.hedge = hedge;
        this.answers = answers;
    }

    /**
     * Adds a piece.
     *
     * @param steps who is asked, those of one step at the same time
     */
    void want(long index, Collection<List<Source>> steps) {
        open.put(index, new Wanted(steps));
    }

    /** Asks until every piece has come or nobody is left to ask. */
    void run() throws InterruptedException {
        boolean interrupted = true;
        try {
            ask(List.copyOf(open.keySet()));
            while (open.values().stream().anyMatch(wanted -> wanted.asked > 0)) {
                Event event = events.poll(untilNextHedge(), TimeUnit.NANOSECONDS);
                List<Long> again = new ArrayList<>();
                for (; event != null; event = events.poll()) {
                    take(event, again);
                }
                ask(again);
                client.countHedges(ask(owedBySlow()));
            }
            interrupted = false;
        } finally {
            over = true;
            for (Asked asked : running) {
                if (interrupted || asked.source.controller()) {
                    asked.thread.interrupt();
                }
            }
        }
    }

    private void take(Event event, List<Long> again) {
        switch (event) {
            case Came(Asked from, PieceAnswer.Found(long index, Piece piece)) -> {
                if (open.remove(index) != null) {
                    answers.found(index, piece, from.source.peer());
                }
            }
            case Came(Asked from, PieceAnswer.Missing(long index)) ->
                refused(from, index, from.source.peer() + " does not have it", again);
            case Came(Asked from, PieceAnswer.Damaged(long index, String why)) ->
                refused(from, index, from.source.peer() + ": " + why, again);
            case Ended(Asked from, String reason) -> {
                running.remove(from);
                from.unanswered.forEach(index -> refused(from, index, reason, again));
            }
        }
    }

    private void refused(Asked from, long index, String reason, List<Long> again) {
        Wanted wanted = open.get(index);
        if (wanted != null) {
            answers.refused(index, reason);
            wanted.asked--;
            if (!from.slow && --wanted.prompt == 0) {
                again.add(index);
            }
        }
    }

    /** Asks the next step for each of these pieces, and says how many sources that were. */
    private int ask(Collection<Long> indexes) {
        Map<Source, List<Long>> bySource = new LinkedHashMap<>();
        for (long index : indexes) {
            Wanted wanted = open.get(index);
            if (wanted == null || wanted.steps.isEmpty()) {
                continue;
            }
            for (Source source : wanted.steps.removeFirst()) {
                wanted.asked++;
                wanted.prompt++;
                bySource.computeIfAbsent(source, _ -> new ArrayList<>()).add(index);
            }
        }
        bySource.forEach((source, list) -> {
            Asked asked = new Asked(source, list, this::ask);
            running.add(asked);
            asked.thread.start();
        });
        return bySource.size();
    }

    private long patience(Asked asked) {
        return (asked.source.controller() ? CONTROLLER_PATIENCE : hedge.delay()).toNanos();
    }

    private long untilNextHedge() {
        long now = System.nanoTime();
        return running.stream()
                .filter(asked -> !asked.slow)
                .mapToLong(asked -> Math.max(0, asked.lastNanos + patience(asked) - now))
                .min()
                .orElse(deadline.toNanos());
    }

    /** What is owed by sources that turn out to be slow now, and by no other. */
    private List<Long> owedBySlow() {
        long now = System.nanoTime();
        List<Long> owed = new ArrayList<>();
        for (Asked asked : running) {
            if (asked.slow || now - asked.lastNanos < patience(asked)) {
                continue;
            }
            asked.slow = true;
            for (long index : asked.unanswered) {
                Wanted wanted = open.get(index);
                if (wanted != null && --wanted.prompt == 0) {
                    owed.add(index);
                }
            }
        }
        return owed;
    }

    private void ask(Asked asked) {
        Source source = asked.source;
        long[] indexes =
                asked.unanswered.stream().mapToLong(Long::longValue).sorted().toArray();
        DataRequest request = source.controller()
                ? new DataRequest.FreshPieces(indexes)
                : new DataRequest.Pieces(ItemType.PIECE, priority, indexes);
        RequestOptions defaults = client.defaultOptions();
        RequestOptions options = source.controller()
                ? RequestOptions.within(deadline)
                : new RequestOptions(defaults.firstByte(), defaults.progress(), deadline);
        long start = System.nanoTime();
        String reason = source.peer() + " did not answer";
        try {
            client.pieces(source.peer(), request, options, answer -> {
                asked.lastNanos = System.nanoTime();
                if (!asked.answered && !source.controller()) {
                    hedge.answered(asked.lastNanos - start);
                }
                asked.answered = true;
                if (over || asked.unanswered.stream().noneMatch(open::containsKey)) {
                    throw new OvertakenException();
                }
                asked.unanswered.remove(answer.index());
                events.add(new Came(asked, answer));
            });
        } catch (DataPlaneException e) {
            reason = e.getMessage();
        } catch (OvertakenException e) {
            reason = source.peer() + " was overtaken";
        } catch (InterruptedException e) {
            reason = "the request to " + source.peer() + " was given up";
        } catch (RuntimeException e) {
            reason = source.peer() + ": " + e;
        } finally {
            events.add(new Ended(asked, reason));
        }
    }
}
