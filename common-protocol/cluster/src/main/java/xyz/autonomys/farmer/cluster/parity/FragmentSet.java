package xyz.autonomys.farmer.cluster.parity;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import xyz.autonomys.farmer.primitives.Piece;
import xyz.autonomys.farmer.primitives.hash.Blake3;

/**
 * The fragments of one piece that have come so far. Some may be wrong: with each new one every set that it completes is
 * tried, until one gives the piece of its checksum. Not thread-safe.
 */
public final class FragmentSet {
    /** Sets tried for one fragment at most; more would only serve who wants to keep a reader busy. */
    private static final int MOST_ATTEMPTS = 64;

    private final List<PieceFragment> fragments = new ArrayList<>();

    /**
     * Adds a fragment and rebuilds the piece if that is possible now.
     *
     * @return the piece, its BLAKE3 is that which its fragments carry
     */
    public Optional<Piece> add(PieceFragment fragment) {
        if (fragments.contains(fragment)) {
            return Optional.empty();
        }
        List<PieceFragment> companions = fragments.stream()
                .filter(other -> other.dataFragments() == fragment.dataFragments()
                        && other.number() != fragment.number()
                        && other.pieceChecksum().equals(fragment.pieceChecksum()))
                .toList();
        fragments.add(fragment);
        List<PieceFragment> chosen = new ArrayList<>(List.of(fragment));
        return attempt(chosen, companions, 0, new int[] {MOST_ATTEMPTS});
    }

    private static Optional<Piece> attempt(
            List<PieceFragment> chosen, List<PieceFragment> companions, int from, int[] attempts) {
        PieceFragment newest = chosen.getFirst();
        if (chosen.size() == newest.dataFragments()) {
            attempts[0]--;
            Piece piece = PieceFragment.join(chosen);
            return Blake3.hash(piece.array()).equals(newest.pieceChecksum()) ? Optional.of(piece) : Optional.empty();
        }
        int missing = newest.dataFragments() - chosen.size();
        for (int i = from; i <= companions.size() - missing && attempts[0] > 0; i++) {
            PieceFragment next = companions.get(i);
            if (chosen.stream().anyMatch(other -> other.number() == next.number())) {
                continue;
            }
            chosen.add(next);
            Optional<Piece> piece = attempt(chosen, companions, i + 1, attempts);
            if (piece.isPresent()) {
                return piece;
            }
            chosen.removeLast();
        }
        return Optional.empty();
    }

    /** How many more fragments are needed at least. */
    public int lacking(int dataFragments) {
        Set<Integer> numbers = new HashSet<>();
        for (PieceFragment fragment : fragments) {
            if (fragment.dataFragments() == dataFragments) {
                numbers.add(fragment.number());
            }
        }
        return Math.max(1, dataFragments - numbers.size());
    }
}
