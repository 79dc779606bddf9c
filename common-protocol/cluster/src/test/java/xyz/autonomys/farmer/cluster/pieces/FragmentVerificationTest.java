package xyz.autonomys.farmer.cluster.pieces;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import xyz.autonomys.farmer.archiving.Parallelism;
import xyz.autonomys.farmer.archiving.PieceVerifier;
import xyz.autonomys.farmer.cluster.parity.PieceFragment;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.Piece;
import xyz.autonomys.farmer.primitives.hash.Blake3;

/** Fragments of real pieces, some of them wrong, on four caches. */
class FragmentVerificationTest {
    private static final int DATA_FRAGMENTS = 2;

    private final FragmentVerification verification =
            new FragmentVerification(TestHistory.header(0).segmentCommitment());

    private static PieceFragment fragment(Piece piece, int number) {
        return PieceFragment.cut(piece, Blake3.hash(piece.array()), DATA_FRAGMENTS, number);
    }

    private static PieceFragment damaged(PieceFragment fragment) {
        byte[] bytes = fragment.bytes().clone();
        bytes[bytes.length / 2] ^= 1;
        return new PieceFragment(fragment.dataFragments(), fragment.number(), fragment.pieceChecksum(), bytes);
    }

    private Map<Long, Set<Integer>> wrong() {
        return verification.wrong(new PieceVerifier(TestHistory.kzg(), Parallelism.allCores()));
    }

    @Test
    void allOfThemAreRight() {
        for (long index : new long[] {3, 200}) {
            for (int cache = 0; cache < 4; cache++) {
                verification.add(index, cache, fragment(TestHistory.piece(index), cache));
            }
        }
        assertEquals(Map.of(), wrong());
    }

    @Test
    void aDamagedOneIsNamed() {
        for (int cache = 0; cache < 4; cache++) {
            PieceFragment right = fragment(TestHistory.piece(3), cache);
            verification.add(3, cache, cache == 1 ? damaged(right) : right);
        }
        assertEquals(Map.of(3L, Set.of(1)), wrong());
    }

    /** Two caches have fragments that fit each other, of a piece that is not the one. */
    @Test
    void thoseOfAnotherPieceAreNamedThoughTheyMakeOne() {
        for (int cache = 0; cache < 4; cache++) {
            verification.add(3, cache, fragment(TestHistory.piece(cache < 2 ? 4 : 3), cache));
        }
        assertEquals(Map.of(3L, Set.of(0, 1)), wrong());
    }

    @Test
    void ofTooFewAllAreOfNoUse() {
        verification.add(3, 2, fragment(TestHistory.piece(3), 0));
        verification.add(4, 0, fragment(TestHistory.piece(4), 1));
        verification.add(4, 1, damaged(fragment(TestHistory.piece(4), 2)));
        assertEquals(Map.of(3L, Set.of(2), 4L, Set.of(0, 1)), wrong());
    }

    @Test
    void aFragmentUnderAWrongChecksumIsNamed() {
        for (int cache = 0; cache < 3; cache++) {
            PieceFragment right = fragment(TestHistory.piece(3), cache);
            byte[] bytes = right.bytes().clone();
            bytes[4] ^= 1;
            verification.add(
                    3,
                    cache,
                    cache == 0 ? new PieceFragment(DATA_FRAGMENTS, 0, Blake3Hash.of(bytes, 4), bytes) : right);
        }
        assertEquals(Map.of(3L, Set.of(0)), wrong());
    }
}
