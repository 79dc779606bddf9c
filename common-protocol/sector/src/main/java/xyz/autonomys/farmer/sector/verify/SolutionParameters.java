package xyz.autonomys.farmer.sector.verify;

import java.util.Optional;
import xyz.autonomys.farmer.primitives.PotOutput;

/**
 * What a solution is checked against.
 *
 * @param proofOfTime output of the slot
 * @param solutionRange range the solution must be in, unsigned
 * @param pieceCheck empty to leave out everything that needs the chain's history
 */
public record SolutionParameters(
        PotOutput proofOfTime, long solutionRange, Optional<PieceCheckParameters> pieceCheck) {}
