package xyz.autonomys.farmer.farm;

import xyz.autonomys.farmer.farm.FarmException.Reason;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.sector.SectorLayout;
import xyz.autonomys.farmer.sector.SectorMetadata;

/**
 * How an allocated size becomes sectors and file lengths. The order of the integer operations is upstream's and fixed:
 * another order gives another number of sectors for the same farm.
 *
 * <p>Source: autonomys/subspace, crates/subspace-farmer/src/single_disk_farm.rs.
 *
 * @param piecesInSector pieces of a sector
 * @param sectorCount sectors the farm holds, 1…65,534
 * @param cacheCapacity pieces in the farm's piece cache
 */
public record FarmLayout(int piecesInSector, int sectorCount, long cacheCapacity) {
    /** Files are padded to this, and direct I/O is aligned to it. */
    public static final int PAGE_BYTES = 4096;

    /** Offset of the first record in {@code metadata.bin}. */
    public static final int METADATA_HEADER_BYTES = 1 << 20;

    /** Bytes of one record in {@code metadata.bin}. */
    public static final int RECORD_BYTES = SectorMetadata.ENCODED_BYTES;

    /** Bytes of an element of a piece cache: index, piece, checksum. */
    public static final int CACHE_ELEMENT_BYTES = 8 + ProtocolSizes.PIECE_BYTES + 32;

    /** Sectors a farm has at most. */
    public static final int MAX_SECTORS = 65_534;

    private static final long KNOWN_ADDRESSES_BYTES = 961_284;
    private static final long IDENTITY_BYTES = 33;
    private static final long FIXED_BYTES = 2L * (1 << 20) + IDENTITY_BYTES + KNOWN_ADDRESSES_BYTES;

    /** Bytes of a sector with {@code pieces} pieces. */
    static long sectorBytes(int pieces) {
        return new SectorLayout(pieces).sectorBytes();
    }

    /**
     * The layout of a farm.
     *
     * @param allocatedBytes bytes the operator gives to the farm
     * @param piecesInSector pieces of a sector, 1…65,535
     * @param cachePercent share of the space kept for the piece cache, 0…99; upstream's clusters use 0, its lone farmer 1
     * @throws FarmException if the space holds no sector or more than {@value #MAX_SECTORS}
     */
    public static FarmLayout of(long allocatedBytes, int piecesInSector, int cachePercent) throws FarmException {
        long sector = sectorBytes(piecesInSector);
        long usable = Math.max(allocatedBytes - FIXED_BYTES, 0) / 100 * (100 - cachePercent);
        long sectors = Math.max(usable - PAGE_BYTES, 0) / (sector + RECORD_BYTES);
        if (sectors == 0) {
            throw new FarmException(
                    Reason.BAD_SIZE,
                    "Allocated space of " + allocatedBytes + " bytes holds no sector of " + piecesInSector
                            + " pieces; allocate at least " + minimumBytes(piecesInSector, cachePercent) + " bytes");
        }
        if (sectors > MAX_SECTORS) {
            throw new FarmException(
                    Reason.BAD_SIZE,
                    "Farm is too large: allocated " + sectors + " sectors (" + sectors * sector
                            + " bytes), max supported is " + MAX_SECTORS + " (" + MAX_SECTORS * sector
                            + " bytes); split it into several farms");
        }
        long cache = 0;
        if (cachePercent > 0) {
            long left = allocatedBytes - FIXED_BYTES - padded(sectors * sector) - sectors * RECORD_BYTES;
            cache = left / CACHE_ELEMENT_BYTES & 0xFFFF_FFFFL;
        }
        return new FarmLayout(piecesInSector, (int) sectors, cache);
    }

    /** The least allocation that holds one sector. */
    public static long minimumBytes(int piecesInSector, int cachePercent) {
        return allocationFor(1, piecesInSector, cachePercent);
    }

    /** The least allocation that holds {@code sectors} sectors. */
    public static long allocationFor(int sectors, int piecesInSector, int cachePercent) {
        long needed = sectors * (sectorBytes(piecesInSector) + RECORD_BYTES) + PAGE_BYTES;
        long share = 100 - cachePercent;
        return FIXED_BYTES + (needed + share - 1) / share * 100;
    }

    /** Bytes of one sector. */
    public long sectorBytes() {
        return sectorBytes(piecesInSector);
    }

    /** Length of {@code plot.bin}. */
    public long plotFileBytes() {
        return padded(sectorCount * sectorBytes());
    }

    /** Length of {@code metadata.bin}. */
    public long metadataFileBytes() {
        return padded(METADATA_HEADER_BYTES + (long) sectorCount * RECORD_BYTES);
    }

    /** Length of {@code piece_cache.bin}; with 0 there is no such file. */
    public long cacheFileBytes() {
        return padded(cacheCapacity * CACHE_ELEMENT_BYTES);
    }

    private static long padded(long bytes) {
        return (bytes + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
    }
}
