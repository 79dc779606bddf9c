package xyz.autonomys.farmer.sector.plot;

import java.util.List;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.SectorId;
import xyz.autonomys.farmer.sector.SectorMetadata;

/**
 * A sector that has been written.
 *
 * @param sectorId its id
 * @param metadata what the farm keeps of it
 * @param pieceIndexes the piece at each offset, unsigned
 * @param checksum BLAKE3 of all its bytes but the last 32, which are this checksum
 */
public record PlottedSector(SectorId sectorId, SectorMetadata metadata, List<Long> pieceIndexes, Blake3Hash checksum) {
    /** Takes a copy of the list. */
    public PlottedSector {
        pieceIndexes = List.copyOf(pieceIndexes);
    }
}
