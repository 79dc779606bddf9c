package xyz.autonomys.farmer.farm;

import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.sector.ReadAt;
import xyz.autonomys.farmer.sector.SectorContentsMap;
import xyz.autonomys.farmer.sector.SectorFormatException;
import xyz.autonomys.farmer.sector.SectorLayout;
import xyz.autonomys.farmer.sector.SectorMetadata;

/** Whether a sector and its record belong together. */
final class SectorChecks {
    private SectorChecks() {}

    /** Why a record is not of the sector at {@code index}, if it is not. */
    static Optional<String> recordMismatch(SectorMetadata record, int index, int piecesInSector) {
        if (record.sectorIndex() != index) {
            return Optional.of("expected sector " + index + ", found sector " + record.sectorIndex());
        }
        if (record.piecesInSector() != piecesInSector) {
            return Optional.of("expected " + piecesInSector + " pieces, found " + record.piecesInSector());
        }
        return Optional.empty();
    }

    /**
     * Why a record does not describe the sector's contents map, if it does not. Both have checksums of their own, so only
     * this finds a new sector under an old record, which proves nothing any more.
     */
    static Optional<String> contentsMismatch(SectorMetadata record, ReadAt sector) throws IOException {
        byte[] encoded = new byte[new SectorLayout(record.piecesInSector()).contentsMapBytes()];
        sector.readAt(0, encoded, 0, encoded.length);
        char[] sizes;
        try {
            sizes = SectorContentsMap.decode(encoded, record.piecesInSector()).sBucketSizes();
        } catch (SectorFormatException e) {
            return Optional.of(e.getMessage());
        }
        char[] recorded = new char[ProtocolSizes.S_BUCKETS];
        for (int sBucket = 0; sBucket < recorded.length; sBucket++) {
            recorded[sBucket] = (char) record.sBucketSize(sBucket);
        }
        int differs = Arrays.mismatch(sizes, recorded);
        return differs < 0
                ? Optional.empty()
                : Optional.of("the contents map has " + (int) sizes[differs] + " chunks in s-bucket " + differs
                        + ", the record has " + (int) recorded[differs]);
    }
}
