package xyz.autonomys.farmer.cluster.control;

import xyz.autonomys.farmer.primitives.FarmerProtocolInfo;
import xyz.autonomys.farmer.primitives.PublicKey;

/**
 * A sector to be made.
 *
 * @param owner the plot-client that owns the slot on disk
 * @param farmId id of the farm, 26 characters (ULID)
 * @param publicKey key of the farm
 * @param sectorIndex which sector (u16)
 * @param generation how often this sector was asked for before (u64): a repeated task is a new one
 * @param piecesInSector pieces of the farm's sectors (u16)
 * @param protocolInfo what fixes the pieces, the history size above all
 */
public record PlotTask(
        MemberId owner,
        String farmId,
        PublicKey publicKey,
        int sectorIndex,
        long generation,
        int piecesInSector,
        FarmerProtocolInfo protocolInfo) {
    /** The form of {@link #taskId}: farm, sector index (u16) and generation (u64). */
    public static final String ID_PATTERN = "[0-9A-Z]{26}-\\d{1,5}-\\d{1,20}";

    /** Checks what becomes part of a subject. */
    public PlotTask {
        if (!farmId.matches("[0-9A-Z]{26}")) {
            throw new IllegalArgumentException("farm id \"" + farmId + "\" is not 26 digits and capital letters");
        }
    }

    /** Name of the task: two tasks of one name are one task. */
    public String taskId() {
        return taskId(farmId, sectorIndex, generation);
    }

    /** Name of the task for a sector of a farm. */
    public static String taskId(String farmId, int sectorIndex, long generation) {
        return farmId + "-" + sectorIndex + "-" + Long.toUnsignedString(generation);
    }
}
