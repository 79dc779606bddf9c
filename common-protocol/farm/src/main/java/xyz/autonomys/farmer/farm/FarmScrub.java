package xyz.autonomys.farmer.farm;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import xyz.autonomys.farmer.farm.FarmException.Reason;
import xyz.autonomys.farmer.farm.ScrubReport.Finding;
import xyz.autonomys.farmer.sector.SectorMetadata;
import xyz.autonomys.farmer.sr25519.Sr25519KeyPair;

/**
 * Checks everything of a farm that can be checked without a node, and repairs what can be repaired: a faulty sector
 * becomes an empty one that is plotted again, a faulty cache element becomes free.
 *
 * <p>Finds what upstream's scrub finds and repairs it in the same way, and finds besides sectors whose record describes
 * other contents.
 *
 * <p>Source: autonomys/subspace, crates/subspace-farmer/src/single_disk_farm.rs ({@code SingleDiskFarm::scrub}).
 */
public final class FarmScrub {
    /** Told how far the check is; called by many threads. */
    public interface Listener {
        /**
         * Some of the sectors, or elements of the cache, have been checked.
         *
         * @param what plural of what is counted
         */
        void progress(String what, long done, long total);

        /** A fault was found. */
        void found(Finding finding);
    }

    private static final int ELEMENTS_PER_STEP = 1000;
    private static final int SECTORS_PER_STEP = 10;

    private final Path directory;
    private final ScrubOptions options;
    private final Listener listener;
    private final List<Finding> findings = new ArrayList<>();
    private int sectors;
    private final AtomicInteger notPlotted = new AtomicInteger();
    private long cacheElements;

    private FarmScrub(Path directory, ScrubOptions options, Listener listener) {
        this.directory = directory;
        this.options = options;
        this.listener = listener;
    }

    /**
     * Checks the farm in {@code directory}.
     *
     * @throws FarmException if the farm is in use, or damaged in a way that nothing repairs; the message says where
     * @throws InterruptedException if the thread is interrupted; sectors that were repaired stay so
     */
    public static ScrubReport scrub(Path directory, ScrubOptions options, Listener listener)
            throws IOException, InterruptedException {
        return new FarmScrub(directory, options, listener).run();
    }

    private ScrubReport run() throws IOException, InterruptedException {
        if (options.target() != ScrubOptions.Target.CACHE) {
            FarmInfo.read(directory);
            try (FarmLock _ = options.locking() ? FarmLock.acquire(directory.resolve(FarmInfo.FILE_NAME)) : null) {
                checkFarm(FarmInfo.read(directory));
            }
        }
        if (options.target().includesCache()) {
            checkCache();
        }
        findings.sort(Comparator.comparing((Finding finding) -> finding.file().toString())
                .thenComparingLong(Finding::offset));
        return new ScrubReport(sectors, notPlotted.get(), cacheElements, findings);
    }

    private void checkFarm(FarmInfo info) throws IOException, InterruptedException {
        Sr25519KeyPair key = IdentityFile.read(directory);
        if (!key.publicKey().equals(info.publicKey())) {
            throw new FarmException(
                    Reason.FOREIGN,
                    directory.resolve(IdentityFile.FILE_NAME) + ": expected the entropy of key " + info.publicKey()
                            + ", as " + FarmInfo.FILE_NAME + " says, found that of " + key.publicKey()
                            + "; restore both files from a backup");
        }
        Path plotFile = directory.resolve(FarmOpening.PLOT_FILE_NAME);
        Path metadataFile = directory.resolve(MetadataFile.FILE_NAME);
        for (Path file : new Path[] {metadataFile, plotFile}) {
            if (!Files.exists(file)) {
                throw new FarmException(
                        Reason.DAMAGED, file + " is missing; restore it from a backup, or wipe the farm");
            }
        }
        try (MetadataFile metadata = MetadataFile.open(metadataFile, !options.dryRun());
                FileChannel plot = FileChannel.open(plotFile, openOptions())) {
            sectors = countThatFits(metadata, plotFile, plot.size(), info.piecesInSector());
            SectorScrub scrub = new SectorScrub(
                    metadata,
                    plotFile,
                    plot,
                    info.piecesInSector(),
                    options.target().includesPlot(),
                    options.dryRun());
            checkSectors(scrub);
            if (!options.dryRun()) {
                metadata.force();
                plot.force(true);
            }
        }
    }

    /** Lowers the count of sectors to what both files have room for. */
    private int countThatFits(MetadataFile metadata, Path plotFile, long plotBytes, int pieces) throws IOException {
        int count = metadata.readCount();
        long records = (metadata.size() - FarmLayout.METADATA_HEADER_BYTES) / FarmLayout.RECORD_BYTES;
        if (count > records) {
            count = lower(metadata, metadata.path(), metadata.size(), count, (int) records);
        }
        long bodies = plotBytes / FarmLayout.sectorBytes(pieces);
        if (count > bodies) {
            count = lower(metadata, plotFile, plotBytes, count, (int) bodies);
        }
        return count;
    }

    private int lower(MetadataFile metadata, Path file, long length, int count, int room) throws IOException {
        if (!options.dryRun()) {
            metadata.writeCount(room);
        }
        report(new Finding(
                file,
                length,
                OptionalInt.empty(),
                "the file ends here, with room for " + room + " sectors, expected " + count,
                "the farm counts " + room + " sectors",
                !options.dryRun()));
        return room;
    }

    private void checkSectors(SectorScrub scrub) throws IOException, InterruptedException {
        AtomicInteger next = new AtomicInteger();
        AtomicLong done = new AtomicLong();
        int workers = Math.max(1, Math.min(options.threads(), sectors));
        try (ExecutorService pool = Executors.newFixedThreadPool(
                workers, Thread.ofPlatform().name("scrub-", 0).daemon().factory())) {
            List<Future<?>> running = new ArrayList<>();
            for (int worker = 0; worker < workers; worker++) {
                running.add(pool.submit(() -> {
                    byte[] buffer = new byte[SectorScrub.BLOCK_BYTES];
                    for (int index = next.getAndIncrement(); index < sectors; index = next.getAndIncrement()) {
                        SectorMetadata record = scrub.check(index, buffer, this::report);
                        if (SectorSummary.isPlaceholder(record)) {
                            notPlotted.incrementAndGet();
                        }
                        long checked = done.incrementAndGet();
                        if (checked % SECTORS_PER_STEP == 0 || checked == sectors) {
                            listener.progress("sectors", checked, sectors);
                        }
                    }
                    return null;
                }));
            }
            try {
                for (Future<?> worker : running) {
                    worker.get();
                }
            } catch (ExecutionException e) {
                if (e.getCause() instanceof IOException io) {
                    throw io;
                }
                throw new IllegalStateException("the check of " + directory + " failed", e.getCause());
            } finally {
                next.set(sectors);
            }
        }
    }

    private void checkCache() throws IOException {
        Path file = directory.resolve(CacheScrub.FILE_NAME);
        if (!Files.exists(file)) {
            // As it should be: a cluster keeps its pieces elsewhere.
            return;
        }
        try (FileChannel cache = FileChannel.open(file, openOptions())) {
            CacheScrub scrub = new CacheScrub(file, cache, options.dryRun());
            cacheElements = cache.size() / FarmLayout.CACHE_ELEMENT_BYTES;
            for (long element = 0; element < cacheElements; element++) {
                scrub.check(element, this::report);
                if ((element + 1) % ELEMENTS_PER_STEP == 0 || element + 1 == cacheElements) {
                    listener.progress("cache elements", element + 1, cacheElements);
                }
            }
            if (!options.dryRun()) {
                cache.force(true);
            }
        }
    }

    private Set<StandardOpenOption> openOptions() {
        return options.dryRun()
                ? EnumSet.of(StandardOpenOption.READ)
                : EnumSet.of(StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    private void report(Finding finding) {
        synchronized (findings) {
            findings.add(finding);
        }
        listener.found(finding);
    }
}
