package xyz.autonomys.farmer.cli.sample;

/**
 * How large the sample cluster is.
 *
 * @param farmsOfHost farms of a storage host, 1 to 4
 * @param sectorsOfFarm sectors of a farm
 * @param piecesInSector pieces of a sector
 * @param slotMillis duration of a slot in milliseconds
 * @param cacheSize each directory of a sharded cache, as its command line says it
 */
public record SampleSizes(int farmsOfHost, int sectorsOfFarm, int piecesInSector, int slotMillis, String cacheSize) {
    /** Storage hosts. */
    static final int STORAGE_HOSTS = 2;

    /** Pieces that farm in all. */
    long networkPieces() {
        return (long) STORAGE_HOSTS * farmsOfHost * sectorsOfFarm * piecesInSector;
    }
}
