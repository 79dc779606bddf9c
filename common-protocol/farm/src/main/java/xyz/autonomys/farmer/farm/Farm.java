package xyz.autonomys.farmer.farm;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import xyz.autonomys.farmer.primitives.PublicKey;
import xyz.autonomys.farmer.sector.ReadAt;
import xyz.autonomys.farmer.sector.SectorMetadata;
import xyz.autonomys.farmer.sr25519.Sr25519KeyPair;

/**
 * A farm: its directory, its lock, its key and its sectors. Upstream's farmer opens what this writes and the other way
 * round.
 *
 * <p>All methods may be called from many threads. A plotted sector costs about 4 KiB of heap, the farm at most 5 MiB of
 * direct memory for its transfers.
 */
public final class Farm implements AutoCloseable {
    private final Path directory;
    private final FarmInfo info;
    private final FarmLayout layout;
    private final Sr25519KeyPair keyPair;
    private final FarmLock lock;
    private final SectorStore sectors;

    /** Takes over lock and sectors; {@code lock} is null if the farm is not locked. */
    Farm(Path directory, FarmInfo info, FarmLayout layout, Sr25519KeyPair keyPair, FarmLock lock, SectorStore sectors) {
        this.directory = directory;
        this.info = info;
        this.layout = layout;
        this.keyPair = keyPair;
        this.lock = lock;
        this.sectors = sectors;
    }

    /**
     * Opens the farm in {@code directory}, gives it the size that the options ask for, and reads all records.
     *
     * @throws FarmException saying what is wrong and what helps, in one line
     */
    public static Farm open(Path directory, FarmOptions options) throws IOException {
        return new FarmOpening(directory, options).open();
    }

    /**
     * Makes a farm in {@code directory}, which is created if missing. An identity that lies there is kept.
     *
     * @throws FarmException if there is a farm already, or none can be made
     * @throws IllegalArgumentException if the options lack chain, pieces in a sector or size
     */
    public static Farm create(Path directory, FarmOptions options) throws IOException {
        return new FarmOpening(directory, options).create();
    }

    /** Opens the farm in {@code directory}, or makes one where there is none. */
    public static Farm openOrCreate(Path directory, FarmOptions options) throws IOException {
        FarmOpening opening = new FarmOpening(directory, options);
        return opening.isThereAFarm() ? opening.open() : opening.create();
    }

    /** Where the farm is. */
    public Path directory() {
        return directory;
    }

    /** The farm's identifier. */
    public FarmId id() {
        return info.id();
    }

    /** What the farm's file says. */
    public FarmInfo info() {
        return info;
    }

    /** Sizes of the farm. */
    public FarmLayout layout() {
        return layout;
    }

    /** The farm's public key, under which it plots and is rewarded. */
    public PublicKey publicKey() {
        return keyPair.publicKey();
    }

    /** The farm's key, to sign rewards with. */
    public Sr25519KeyPair keyPair() {
        return keyPair;
    }

    /** Sectors that have room. */
    public int sectorsTotal() {
        return layout.sectorCount();
    }

    /** Sectors that are plotted; with those to be plotted yet they make the total. */
    public int sectorsPlotted() {
        return sectors.plotted();
    }

    /** The sector at {@code index} if it is plotted; empty if it has to be plotted, or is being replaced right now. */
    public Optional<SectorSummary> sector(int index) {
        checkIndex(index);
        return sectors.summary(index);
    }

    /**
     * Whether a sector is still the one that {@link #sector} gave. What was read of it before this says so is of that
     * sector; else it may be a mixture with the one that replaces it.
     */
    public boolean isStillThere(SectorSummary sector) {
        return sectors.summary(sector.sectorIndex()).orElse(null) == sector;
    }

    /**
     * Reads the record of a plotted sector from the disk.
     *
     * @throws FarmException if it is damaged
     */
    public SectorMetadata readMetadata(int index) throws IOException {
        checkIndex(index);
        return sectors.readRecord(index);
    }

    /** Reads the bytes of a sector from the disk. What it reads changes when the sector is replaced. */
    public ReadAt sectorReader(int index) {
        checkIndex(index);
        return sectors.reader(index);
    }

    /**
     * Makes room for a finished sector that is on its way here.
     *
     * @throws IllegalStateException if a sector is being written at this index
     */
    public IncomingSector beginSector(int index) {
        checkIndex(index);
        return sectors.begin(index);
    }

    /** Bytes of a staged file: a sector and its record. */
    public long stagedBytes() {
        return layout.sectorBytes() + SectorMetadata.ENCODED_BYTES;
    }

    SectorStore sectors() {
        return sectors;
    }

    private void checkIndex(int index) {
        Objects.checkIndex(index, layout.sectorCount());
    }

    /** Closes the files and gives up the lock. Sectors being written fail. */
    @Override
    public void close() throws IOException {
        try (lock) {
            sectors.close();
        }
    }
}
