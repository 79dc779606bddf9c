package xyz.autonomys.farmer.cluster.pieces;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import xyz.autonomys.farmer.archiving.PieceClaim;
import xyz.autonomys.farmer.archiving.PieceVerifier;
import xyz.autonomys.farmer.cluster.parity.FragmentSet;
import xyz.autonomys.farmer.cluster.parity.PieceFragment;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.Piece;
import xyz.autonomys.farmer.primitives.SegmentCommitment;

/**
 * Finds which fragments of a segment's pieces are wrong. A fragment alone says nothing about the commitment of its segment:
 * pieces are rebuilt from all that came, verified, and cut again to compare. Used by one thread.
 */
final class FragmentVerification {
    private final SegmentCommitment commitment;
    private final Map<Long, List<Given>> given = new LinkedHashMap<>();

    private record Given(int cache, PieceFragment fragment) {}

    private record Candidate(long index, Blake3Hash checksum, Piece piece) {}

    FragmentVerification(SegmentCommitment commitment) {
        this.commitment = commitment;
    }

    /** A cache gave a fragment of a piece; {@code cache} is its number among those that are looked at. */
    void add(long index, int cache, PieceFragment fragment) {
        given.computeIfAbsent(index, _ -> new ArrayList<>()).add(new Given(cache, fragment));
    }

    /**
     * The caches whose fragments are not those of the piece, by the piece's index. Where no set of fragments makes a piece
     * that the commitment knows, none of them is of use, and all count as wrong.
     */
    Map<Long, Set<Integer>> wrong(PieceVerifier verifier) {
        List<Candidate> candidates = new ArrayList<>();
        given.forEach((index, all) -> candidates.addAll(rebuild(index, all)));
        BitSet valid = verifier.verifyAll(candidates.stream()
                .map(candidate -> new PieceClaim(candidate.index(), candidate.piece(), commitment))
                .toList());
        Map<Long, Candidate> right = new LinkedHashMap<>();
        valid.stream().mapToObj(candidates::get).forEach(candidate -> right.putIfAbsent(candidate.index(), candidate));
        Map<Long, Set<Integer>> wrong = new LinkedHashMap<>();
        given.forEach((index, all) -> {
            Candidate piece = right.get(index);
            for (Given one : all) {
                if (piece == null || !isOf(piece, one.fragment())) {
                    wrong.computeIfAbsent(index, _ -> new HashSet<>()).add(one.cache());
                }
            }
        });
        return wrong;
    }

    /** A piece for each checksum that the fragments of one carry, where there are enough of them. */
    private static List<Candidate> rebuild(long index, List<Given> all) {
        Map<Blake3Hash, FragmentSet> sets = new LinkedHashMap<>();
        Map<Blake3Hash, Candidate> rebuilt = new LinkedHashMap<>();
        for (Given one : all) {
            Blake3Hash checksum = one.fragment().pieceChecksum();
            if (!rebuilt.containsKey(checksum)) {
                Optional<Piece> piece =
                        sets.computeIfAbsent(checksum, _ -> new FragmentSet()).add(one.fragment());
                piece.ifPresent(whole -> rebuilt.put(checksum, new Candidate(index, checksum, whole)));
            }
        }
        return List.copyOf(rebuilt.values());
    }

    private static boolean isOf(Candidate candidate, PieceFragment fragment) {
        return PieceFragment.cut(candidate.piece(), candidate.checksum(), fragment.dataFragments(), fragment.number())
                .equals(fragment);
    }
}
