package xyz.autonomys.farmer.cluster.pieces;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import xyz.autonomys.farmer.cluster.data.DataClient;
import xyz.autonomys.farmer.cluster.data.DataPlaneException;
import xyz.autonomys.farmer.cluster.data.DataRequest;
import xyz.autonomys.farmer.cluster.data.ItemType;
import xyz.autonomys.farmer.cluster.data.PeerAddress;
import xyz.autonomys.farmer.cluster.data.RequestOptions;
import xyz.autonomys.farmer.cluster.parity.FragmentSet;
import xyz.autonomys.farmer.cluster.parity.PieceFragment;
import xyz.autonomys.farmer.primitives.Piece;

/**
 * Gathers fragments of some pieces from their holders, as many as rebuild them at first; another holder is asked for each
 * one that fails, and when nothing comes for the {@link HedgeDelay}. A holder that was too slow or too busy is asked again
 * when there is nobody else. One object for one call, used by one thread. What it holds is bounded by the pieces asked for
 * and their holders.
 */
final class FragmentGathering {
    /** How often a holder is asked that does not answer in time. */
    private static final int ATTEMPTS = 4;

    private final DataClient client;
    private final boolean priority;
    private final Duration deadline;
    private final HedgeDelay hedge;
    private final Answers answers;
    private final Map<Long, Wanted> open = new LinkedHashMap<>();
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final List<Future<?>> running = new ArrayList<>();

    /** Takes the results. */
    interface Answers {
        /** A piece is complete. */
        void rebuilt(long index, Piece piece, PeerAddress last);

        /** A holder did not give what it was asked for. */
        void refused(long index, String reason);
    }

    /**
     * Who may have fragments of a piece.
     *
     * @param peer where it is
     * @param fragments how many it should have
     */
    record Candidate(PeerAddress peer, int fragments) {}

    private record Event(
            long index, PeerAddress peer, List<PieceFragment> fragments, String reason, boolean mayComeLater) {}

    private static final class Wanted {
        private final FragmentSet fragments;
        private final int enough;
        private final Deque<Candidate> candidates;
        private final Map<PeerAddress, Candidate> asked = new HashMap<>();
        private final Map<PeerAddress, Integer> failures = new HashMap<>();

        Wanted(FragmentSet fragments, int enough, List<Candidate> candidates) {
            this.fragments = fragments;
            this.enough = enough;
            this.candidates = new ArrayDeque<>(candidates);
        }

        int expected() {
            return asked.values().stream().mapToInt(Candidate::fragments).sum();
        }
    }

    FragmentGathering(DataClient client, boolean priority, Duration deadline, HedgeDelay hedge, Answers answers) {
        this.client = client;
        this.priority = priority;
        this.deadline = deadline;
        this.hedge = hedge;
        this.answers = answers;
    }

    /**
     * Adds a piece.
     *
     * @param fragments those that came before
     * @param dataFragments how many rebuild it
     * @param candidates who is asked, in this order
     */
    void want(long index, FragmentSet fragments, int dataFragments, List<Candidate> candidates) {
        open.put(index, new Wanted(fragments, dataFragments, candidates));
    }

    /** Asks until every piece is complete or nobody is left to ask. */
    void run() throws InterruptedException {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            try {
                ask(threads, open.keySet(), false);
                while (open.values().stream().anyMatch(wanted -> !wanted.asked.isEmpty())) {
                    Event event = events.poll(hedge.delay().toNanos(), TimeUnit.NANOSECONDS);
                    Set<Long> again = new HashSet<>();
                    if (event == null) {
                        ask(threads, open.keySet(), true);
                        continue;
                    }
                    for (; event != null; event = events.poll()) {
                        if (take(event)) {
                            again.add(event.index());
                        }
                    }
                    ask(threads, again, false);
                }
            } finally {
                running.forEach(future -> future.cancel(true));
            }
        }
    }

    /** Takes an answer, and says whether its piece needs more. */
    private boolean take(Event event) {
        Wanted wanted = open.get(event.index());
        if (wanted == null) {
            return false;
        }
        Candidate asked = wanted.asked.remove(event.peer());
        if (event.mayComeLater() && wanted.failures.merge(event.peer(), 1, Integer::sum) < ATTEMPTS) {
            wanted.candidates.addLast(asked);
        }
        if (!event.reason().isEmpty()) {
            answers.refused(event.index(), event.reason());
        }
        for (PieceFragment fragment : event.fragments()) {
            Optional<Piece> piece = wanted.fragments.add(fragment);
            if (piece.isPresent()) {
                open.remove(event.index());
                answers.rebuilt(event.index(), piece.get(), event.peer());
                return false;
            }
        }
        return true;
    }

    /** Asks further holders for what is lacking, one more than that if the ones asked are slow. */
    private void ask(ExecutorService threads, Set<Long> indexes, boolean slow) {
        Map<PeerAddress, List<Long>> byPeer = new LinkedHashMap<>();
        for (long index : indexes) {
            Wanted wanted = open.get(index);
            if (wanted == null || (slow && wanted.asked.isEmpty())) {
                continue;
            }
            int lacking = slow ? 1 : wanted.fragments.lacking(wanted.enough) - wanted.expected();
            while (lacking > 0 && !wanted.candidates.isEmpty()) {
                Candidate next = wanted.candidates.removeFirst();
                wanted.asked.put(next.peer(), next);
                byPeer.computeIfAbsent(next.peer(), _ -> new ArrayList<>()).add(index);
                lacking -= next.fragments();
            }
        }
        if (slow) {
            client.countHedges(byPeer.size());
        }
        byPeer.forEach((peer, list) -> running.add(threads.submit(() -> {
            ask(peer, list);
            return null;
        })));
    }

    private void ask(PeerAddress peer, List<Long> indexes) throws InterruptedException {
        Set<Long> unanswered = new HashSet<>(indexes);
        RequestOptions defaults = client.defaultOptions();
        RequestOptions options = new RequestOptions(defaults.firstByte(), defaults.progress(), deadline);
        AtomicBoolean first = new AtomicBoolean(true);
        long start = System.nanoTime();
        try {
            client.fragments(
                    peer,
                    new DataRequest.Pieces(
                            ItemType.SPLIT_PARITY_PIECE,
                            priority,
                            indexes.stream().mapToLong(Long::longValue).toArray()),
                    options,
                    (index, bytes) -> {
                        if (first.getAndSet(false)) {
                            hedge.answered(System.nanoTime() - start);
                        }
                        unanswered.remove(index);
                        events.add(event(index, peer, bytes));
                    });
        } catch (DataPlaneException e) {
            boolean mayComeLater =
                    switch (e.kind()) {
                        case CONNECT, FIRST_BYTE, STALLED, DISCONNECTED, BUSY, LOCAL_BUDGET -> true;
                        case HANDSHAKE, PROTOCOL, CHECKSUM, REMOTE, DEADLINE, NOT_SERVED, MISSING -> false;
                    };
            unanswered.forEach(index -> events.add(new Event(index, peer, List.of(), e.getMessage(), mayComeLater)));
        } catch (RuntimeException | Error e) {
            // Without an event the caller would wait for it for ever.
            unanswered.forEach(index -> events.add(new Event(index, peer, List.of(), peer + ": " + e, false)));
        }
    }

    private static Event event(long index, PeerAddress peer, Optional<byte[]> bytes) {
        if (bytes.isEmpty()) {
            return new Event(index, peer, List.of(), peer + " has no fragment of it", false);
        }
        try {
            return new Event(index, peer, PieceFragment.decodeAll(bytes.get()), "", false);
        } catch (IllegalArgumentException e) {
            return new Event(index, peer, List.of(), peer + " gave no fragment: " + e.getMessage(), false);
        }
    }
}
