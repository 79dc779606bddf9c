package xyz.autonomys.farmer.cluster.pieces;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import xyz.autonomys.farmer.archiving.PieceClaim;
import xyz.autonomys.farmer.archiving.PieceIndexes;
import xyz.autonomys.farmer.archiving.PieceVerifier;
import xyz.autonomys.farmer.cluster.control.SegmentLedger;
import xyz.autonomys.farmer.primitives.SegmentCommitment;
import xyz.autonomys.farmer.sector.plot.IndexedPiece;
import xyz.autonomys.farmer.sector.plot.PieceCheck;

/** Checks pieces against the segment commitments that the controllers have recorded. */
public final class LedgerPieceCheck implements PieceCheck {
    private final PieceVerifier verifier;
    private final SegmentLedger ledger;

    /** A check with this verifier and these commitments. */
    public LedgerPieceCheck(PieceVerifier verifier, SegmentLedger ledger) {
        this.verifier = verifier;
        this.ledger = ledger;
    }

    @Override
    public BitSet valid(List<IndexedPiece> pieces) {
        List<PieceClaim> claims = new ArrayList<>();
        List<Integer> positions = new ArrayList<>();
        for (int i = 0; i < pieces.size(); i++) {
            IndexedPiece piece = pieces.get(i);
            Optional<SegmentCommitment> commitment = ledger.commitment(PieceIndexes.segmentIndex(piece.index()));
            if (commitment.isPresent()) {
                claims.add(new PieceClaim(piece.index(), piece.piece(), commitment.get()));
                positions.add(i);
            }
        }
        BitSet valid = new BitSet(pieces.size());
        verifier.verifyAll(claims).stream().forEach(claim -> valid.set(positions.get(claim)));
        return valid;
    }
}
