package xyz.autonomys.farmer.farm;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.farm.FarmException.Reason;
import xyz.autonomys.farmer.primitives.GenesisHash;
import xyz.autonomys.farmer.sector.SectorIds;
import xyz.autonomys.farmer.sr25519.Sr25519KeyPair;

/**
 * The steps of opening or making a farm. Everything that can be refused is refused before anything is changed; a crash
 * after any step leaves a directory on which the same call goes on.
 */
final class FarmOpening {
    static final String PLOT_FILE_NAME = "plot.bin";

    private static final Logger LOG = LoggerFactory.getLogger(Farm.class);

    private final Path directory;
    private final FarmOptions options;
    private final Path infoFile;
    private final Path metadataFile;
    private final Path plotFile;

    FarmOpening(Path directory, FarmOptions options) {
        this.directory = directory;
        this.options = options;
        this.infoFile = directory.resolve(FarmInfo.FILE_NAME);
        this.metadataFile = directory.resolve(MetadataFile.FILE_NAME);
        this.plotFile = directory.resolve(PLOT_FILE_NAME);
    }

    /** Whether there is a farm; an empty info file is a creation that a crash cut short. */
    boolean isThereAFarm() throws IOException {
        return lengthOf(infoFile) > 0;
    }

    Farm open() throws IOException {
        FarmInfo.read(directory);
        FarmLock lock = options.locking() ? FarmLock.acquire(infoFile) : null;
        try {
            // Again, now that nobody else changes it.
            FarmInfo info = FarmInfo.read(directory);
            Sr25519KeyPair key = IdentityFile.read(directory);
            checkBelongs(info, key);
            checkPieces(info);
            FarmLayout layout = layoutOf(info);
            checkFiles(info);
            if (options.readOnly()) {
                return finish(info, layout, key, lock);
            }
            checkSpace(layout);
            checkKeepsPlotted(layout);
            long allocated = options.asksForASize() ? allocation(info.piecesInSector()) : info.allocatedSpace();
            if (allocated != info.allocatedSpace()) {
                LOG.info(
                        "{}: farm size has changed from {} to {} bytes, {} sectors",
                        directory,
                        info.allocatedSpace(),
                        allocated,
                        layout.sectorCount());
                info = info.withAllocatedSpace(allocated);
                info.write(directory);
                LOG.debug("info written");
            }
            resize(layout);
            return finish(info, layout, key, lock);
        } catch (IOException | RuntimeException e) {
            close(lock);
            throw e;
        }
    }

    Farm create() throws IOException {
        GenesisHash genesis = options.genesisHash()
                .orElseThrow(() -> new IllegalArgumentException("a new farm needs the genesis hash of its chain"));
        if (options.maxPiecesInSector().isEmpty() || !options.asksForASize() || options.readOnly()) {
            throw new IllegalArgumentException(
                    "a new farm needs the pieces in a sector and a size, and cannot be read-only");
        }
        int pieces = options.maxPiecesInSector().getAsInt();
        if (isThereAFarm()) {
            throw new FarmException(
                    Reason.ALREADY_THERE, "There is a farm in " + directory + " already; open it, or wipe it");
        }
        long allocated = allocation(pieces);
        FarmLayout layout = FarmLayout.of(allocated, pieces, options.cachePercent());
        Files.createDirectories(directory);
        checkFilesOfNoFarm();
        checkSpace(layout);
        try {
            Files.createFile(infoFile);
        } catch (FileAlreadyExistsException e) {
            LOG.info("{} is empty, going on with a creation that was cut short", infoFile);
        }
        FarmLock lock = options.locking() ? FarmLock.acquire(infoFile) : null;
        try {
            if (isThereAFarm()) {
                throw new FarmException(
                        Reason.ALREADY_THERE, "A farm has been made in " + directory + " meanwhile; open it");
            }
            LOG.debug("lock taken");
            Sr25519KeyPair key = Files.exists(directory.resolve(IdentityFile.FILE_NAME))
                    ? IdentityFile.read(directory)
                    : IdentityFile.create(directory, new SecureRandom());
            LOG.debug("identity written");
            FarmInfo info = new FarmInfo(FarmId.random(), genesis, key.publicKey(), pieces, allocated);
            checkFiles(info);
            info.write(directory);
            LOG.debug("info written");
            resize(layout);
            try (FileChannel names = FileChannel.open(directory, StandardOpenOption.READ)) {
                names.force(true);
            }
            return finish(info, layout, key, lock);
        } catch (IOException | RuntimeException e) {
            close(lock);
            throw e;
        }
    }

    private void checkBelongs(FarmInfo info, Sr25519KeyPair key) throws FarmException {
        if (!info.publicKey().equals(key.publicKey())) {
            throw new FarmException(
                    Reason.FOREIGN,
                    infoFile + " is of the key " + info.publicKey() + ", " + IdentityFile.FILE_NAME + " is of the key "
                            + key.publicKey() + "; put the right identity back, or wipe the farm");
        }
        if (options.genesisHash().isPresent() && !options.genesisHash().get().equals(info.genesisHash())) {
            throw new FarmException(
                    Reason.FOREIGN,
                    "The farm in " + directory + " belongs to the chain with genesis hash " + info.genesisHash()
                            + ", the node is of " + options.genesisHash().get()
                            + "; connect to a node of the farm's chain, or wipe the farm");
        }
    }

    private void checkPieces(FarmInfo info) throws FarmException {
        if (options.maxPiecesInSector().isEmpty()) {
            return;
        }
        int maximum = options.maxPiecesInSector().getAsInt();
        if (info.piecesInSector() > maximum) {
            throw new FarmException(
                    Reason.FOREIGN,
                    "The farm in " + directory + " has sectors of " + info.piecesInSector() + " pieces, at most "
                            + maximum + " are allowed; allow more, or wipe the farm and plot it anew");
        }
        if (info.piecesInSector() < maximum) {
            LOG.info(
                    "{} has sectors of {} pieces, {} would be allowed; a farm keeps what it was made with",
                    directory,
                    info.piecesInSector(),
                    maximum);
        }
    }

    private long allocation(int pieces) {
        return options.sectors().isPresent()
                ? FarmLayout.allocationFor(options.sectors().getAsInt(), pieces, options.cachePercent())
                : options.allocatedBytes().orElseThrow();
    }

    /** Without a wish the plot stays as long as it is: how much of the size a piece cache takes is written nowhere. */
    private FarmLayout layoutOf(FarmInfo info) throws IOException {
        int pieces = info.piecesInSector();
        if (!options.asksForASize()) {
            long sectors = lengthOf(plotFile) / FarmLayout.sectorBytes(pieces);
            if (sectors > 0) {
                return new FarmLayout(pieces, (int) Math.min(sectors, FarmLayout.MAX_SECTORS), 0);
            }
            return FarmLayout.of(info.allocatedSpace(), pieces, options.cachePercent());
        }
        return FarmLayout.of(allocation(pieces), pieces, options.cachePercent());
    }

    /** Refuses files that hold less than the farm says; {@code util scrub} makes the farm say what they hold. */
    private void checkFiles(FarmInfo info) throws IOException {
        long metadataLength = lengthOf(metadataFile);
        long plotLength = lengthOf(plotFile);
        if (metadataLength < FarmLayout.METADATA_HEADER_BYTES) {
            if (plotLength > 0 || options.readOnly()) {
                throw new FarmException(
                        Reason.DAMAGED,
                        metadataFile + (metadataLength < 0 ? " is missing" : " has only " + metadataLength + " bytes")
                                + ", so nobody knows what is in " + plotFile
                                + "; restore it from a backup, or delete both files to plot the farm anew");
            }
            return;
        }
        int count;
        try (MetadataFile metadata = MetadataFile.open(metadataFile, false)) {
            count = metadata.readCount();
        }
        String remedy = "; restore it from a backup, or run 'util scrub' to keep the sectors that are there";
        if (plotLength < 0 && (count > 0 || options.readOnly())) {
            throw new FarmException(
                    Reason.DAMAGED, plotFile + " is missing, expected " + count + " sectors in it" + remedy);
        }
        long expected = count * FarmLayout.sectorBytes(info.piecesInSector());
        if (plotLength < expected && count > 0) {
            throw new FarmException(
                    Reason.DAMAGED,
                    plotFile + " has " + plotLength + " bytes, its " + count + " sectors take " + expected + remedy);
        }
        long records = MetadataFile.recordOffset(count);
        if (metadataLength < records) {
            throw new FarmException(
                    Reason.DAMAGED,
                    metadataFile + " has " + metadataLength + " bytes, its " + count + " records end at " + records
                            + remedy);
        }
    }

    private void checkFilesOfNoFarm() throws IOException {
        for (Path file : new Path[] {metadataFile, plotFile}) {
            if (lengthOf(file) > 0 && lengthOf(infoFile) < 0) {
                throw new FarmException(
                        Reason.DAMAGED,
                        file + " is there but " + FarmInfo.FILE_NAME
                                + " is missing; restore that from a backup, or delete the file to make a new farm");
            }
        }
    }

    private void checkSpace(FarmLayout layout) throws IOException {
        long present = Math.max(0, lengthOf(plotFile)) + Math.max(0, lengthOf(metadataFile));
        long free = Files.getFileStore(directory).getUsableSpace();
        long growth = layout.plotFileBytes() + layout.metadataFileBytes() - present;
        if (growth <= free) {
            return;
        }
        long fitting = (free + present - FarmLayout.METADATA_HEADER_BYTES - 2L * FarmLayout.PAGE_BYTES)
                / (layout.sectorBytes() + FarmLayout.RECORD_BYTES);
        throw new FarmException(
                Reason.NO_SPACE,
                directory + ": " + layout.sectorCount() + " sectors take " + growth
                        + " bytes more, the file system has "
                        + free + " free; "
                        + (fitting > 0 ? "at most " + fitting + " sectors fit" : "not one sector fits"));
    }

    /** The count goes down only where that is wanted: a digit that is missing in a size would cost weeks of plotting. */
    private void checkKeepsPlotted(FarmLayout layout) throws IOException {
        if (!options.keepPlotted() || lengthOf(metadataFile) < FarmLayout.METADATA_HEADER_BYTES) {
            return;
        }
        int count;
        try (MetadataFile metadata = MetadataFile.open(metadataFile, false)) {
            count = metadata.readCount();
        }
        if (count > layout.sectorCount()) {
            throw new FarmException(
                    Reason.WOULD_LOSE,
                    "The farm in " + directory + " has " + count + " plotted sectors, the size that was given holds "
                            + layout.sectorCount() + "; give sectors=" + count
                            + " or more, or --give-up-sectors to lose the others");
        }
    }

    /** Gives both files their lengths; the count goes down before a file gets shorter. */
    private void resize(FarmLayout layout) throws IOException {
        boolean fresh = lengthOf(metadataFile) < FarmLayout.METADATA_HEADER_BYTES;
        if (!fresh) {
            try (MetadataFile metadata = MetadataFile.open(metadataFile, true)) {
                int count = metadata.readCount();
                if (count > layout.sectorCount()) {
                    LOG.warn(
                            "{}: the smaller farm has {} sectors, {} plotted ones are given up",
                            directory,
                            layout.sectorCount(),
                            count - layout.sectorCount());
                    metadata.writeCount(layout.sectorCount());
                    metadata.force();
                    LOG.debug("count lowered");
                }
            }
        }
        Preallocation.resize(metadataFile, layout.metadataFileBytes());
        LOG.debug("metadata sized");
        if (fresh) {
            try (MetadataFile metadata = MetadataFile.open(metadataFile, true)) {
                metadata.writeCount(0);
                metadata.force();
            }
        }
        Preallocation.resize(plotFile, layout.plotFileBytes());
        LOG.debug("plot sized");
    }

    private Farm finish(FarmInfo info, FarmLayout layout, Sr25519KeyPair key, FarmLock lock) throws IOException {
        boolean writable = !options.readOnly();
        MetadataFile metadata = MetadataFile.open(metadataFile, writable);
        SectorStore sectors = null;
        try {
            DirectFile plot = DirectFile.open(plotFile, writable, options.directIo());
            sectors = new SectorStore(layout, SectorIds.publicKeyHash(key.publicKey()), metadata, plot);
            sectors.load();
        } catch (IOException | RuntimeException e) {
            close(sectors == null ? metadata : sectors);
            throw e;
        }
        return new Farm(directory, info, layout, key, lock, sectors);
    }

    /** Length of a file, -1 if there is none. */
    private static long lengthOf(Path file) throws IOException {
        return Files.exists(file) ? Files.size(file) : -1;
    }

    private static void close(AutoCloseable opened) throws IOException {
        if (opened != null) {
            try {
                opened.close();
            } catch (IOException | RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IOException(e);
            }
        }
    }
}
