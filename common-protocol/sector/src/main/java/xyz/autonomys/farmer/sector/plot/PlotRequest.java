package xyz.autonomys.farmer.sector.plot;

import xyz.autonomys.farmer.primitives.FarmerProtocolInfo;
import xyz.autonomys.farmer.primitives.PublicKey;

/**
 * Which sector to make. Together with the pieces it fixes every byte.
 *
 * @param publicKey key of the farm
 * @param sectorIndex index in the farm (u16)
 * @param protocol the chain's values; its history size becomes the sector's
 * @param piecesInSector number of pieces, at most the protocol's maximum
 */
public record PlotRequest(PublicKey publicKey, int sectorIndex, FarmerProtocolInfo protocol, int piecesInSector) {
    /** Rejects numbers of pieces the protocol does not allow. */
    public PlotRequest {
        if (piecesInSector < 1 || piecesInSector > protocol.maxPiecesInSector()) {
            throw new IllegalArgumentException("a sector has 1 to " + protocol.maxPiecesInSector()
                    + " pieces by the protocol's maximum, got " + piecesInSector);
        }
    }
}
