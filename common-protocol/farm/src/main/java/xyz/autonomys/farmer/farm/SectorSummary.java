package xyz.autonomys.farmer.farm;

import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.primitives.SectorId;
import xyz.autonomys.farmer.sector.SectorMetadata;

/**
 * What a farm keeps of a plotted sector in memory, about 4 KiB: where every 64th s-bucket begins. The sizes between are
 * read from {@code metadata.bin} when one s-bucket is wanted.
 */
public final class SectorSummary {
    private final SectorId sectorId;
    private final int sectorIndex;
    private final int piecesInSector;
    private final long historySize;
    private final int[] groupOffsets;

    SectorSummary(SectorId sectorId, SectorMetadata metadata) {
        this.sectorId = sectorId;
        this.sectorIndex = metadata.sectorIndex();
        this.piecesInSector = metadata.piecesInSector();
        this.historySize = metadata.historySize();
        this.groupOffsets = new int[ProtocolSizes.S_BUCKETS / MetadataFile.GROUP];
        for (int group = 0; group < groupOffsets.length; group++) {
            groupOffsets[group] = metadata.sBucketOffset(group * MetadataFile.GROUP);
        }
    }

    /** Whether this is the stand-in for a sector that must be plotted again: no s-bucket holds anything. */
    static boolean isPlaceholder(SectorMetadata metadata) {
        int last = ProtocolSizes.S_BUCKETS - 1;
        return metadata.sBucketOffset(last) + metadata.sBucketSize(last) == 0;
    }

    /** Identifier of the sector, from the farm's key, the index and the history size. */
    public SectorId sectorId() {
        return sectorId;
    }

    /** Index of the sector in its farm. */
    public int sectorIndex() {
        return sectorIndex;
    }

    /** Pieces in the sector. */
    public int piecesInSector() {
        return piecesInSector;
    }

    /** History size at which the sector was plotted, unsigned; decides which pieces it holds and when it expires. */
    public long historySize() {
        return historySize;
    }

    /** Chunks in all s-buckets below number {@code 64·group}. */
    int groupOffset(int group) {
        return groupOffsets[group];
    }

    @Override
    public String toString() {
        return "sector " + sectorIndex + " " + sectorId + ", history size " + Long.toUnsignedString(historySize);
    }
}
