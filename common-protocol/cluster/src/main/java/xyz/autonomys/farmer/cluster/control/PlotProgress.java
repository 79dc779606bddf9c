package xyz.autonomys.farmer.cluster.control;

/**
 * How far a sector is; worthless when late.
 *
 * @param server the plot-server at work
 * @param farmId farm of the sector
 * @param sectorIndex which sector
 * @param pieces pieces it has in all
 * @param piecesArrived pieces that are there, verified
 * @param recordsEncoded records that are encoded
 */
public record PlotProgress(
        MemberId server, String farmId, int sectorIndex, int pieces, int piecesArrived, int recordsEncoded) {}
