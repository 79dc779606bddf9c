package xyz.autonomys.farmer.sector.read;

/** How the chunks of a record are read from a sector. The result is the same. */
public enum ReadMode {
    /** Each where it is, many at a time: 32,768 small reads. For disks that do those well. */
    CONCURRENT_CHUNKS("ConcurrentChunks"),
    /** The whole sector front to back, keeping what is needed. For disks that only stream. */
    WHOLE_SECTOR("WholeSector");

    private final String spelling;

    ReadMode(String spelling) {
        this.spelling = spelling;
    }

    /** The name that upstream's command line uses. */
    @Override
    public String toString() {
        return spelling;
    }
}
