package xyz.autonomys.farmer.plotclient;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A disk with farms on it. Sectors are stored one after the other, and no more are asked for than the disk can store: as
 * many as it stores in the time in which a plot-server makes one, and one more. So a slow disk is never promised what would
 * only lie on a plot-server, and a fast one is kept busy by any number of them.
 */
final class Disk implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Disk.class);
    /** Sectors asked for at a time, whatever was measured. */
    static final int MOST = 64;

    private static final int FEWEST = 2;
    private static final double WEIGHT_OF_THE_NEWEST = 0.3;
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final String name;
    private final List<IntSupplier> outstanding = new CopyOnWriteArrayList<>();
    private final ExecutorService storing;
    private final AtomicInteger queued = new AtomicInteger();
    private double workSeconds;
    private double storeSeconds;
    private double writtenBytesPerSecond;

    Disk(String name) {
        this.name = name;
        this.storing = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name("store-sectors").factory());
    }

    /**
     * What tells the disk of a directory from others.
     *
     * @throws IOException if the directory cannot be looked at
     */
    static Object keyOf(Path directory) throws IOException {
        try {
            return Files.getAttribute(directory, "unix:dev");
        } catch (UnsupportedOperationException | IllegalArgumentException e) {
            return Files.getFileStore(directory);
        }
    }

    /** Name of its file system, for people. */
    String name() {
        return name;
    }

    /** Adds a farm. */
    void add(IntSupplier itsOutstanding) {
        outstanding.add(itsOutstanding);
    }

    /** Runs when everything that was to be stored before is stored; not any more once the disk stops. */
    void store(Runnable work) {
        queued.incrementAndGet();
        try {
            storing.execute(() -> {
                queued.decrementAndGet();
                work.run();
            });
        } catch (RejectedExecutionException e) {
            LOG.debug("The disk of {} stops, nothing more is stored", name);
        }
    }

    /** Whether anything is to be stored beside what is being stored now. */
    boolean isWaitedFor() {
        return queued.get() > 0;
    }

    /** A plot-server needed this long for a sector. */
    synchronized void made(Duration time) {
        workSeconds = mean(workSeconds, seconds(time));
    }

    /** A sector came and was stored in this time, {@code writing} of which went into writing its bytes. */
    synchronized void stored(Duration time, Duration writing, long bytes) {
        storeSeconds = mean(storeSeconds, seconds(time));
        writtenBytesPerSecond = mean(writtenBytesPerSecond, bytes / Math.max(1e-3, seconds(writing)));
    }

    /** Sectors that may be asked for at a time. */
    synchronized int window() {
        int least = Math.max(FEWEST, outstanding.size());
        if (storeSeconds == 0 || workSeconds == 0) {
            return least;
        }
        return (int) Math.clamp(Math.ceil(workSeconds / storeSeconds) + 1, Math.min(least, MOST), MOST);
    }

    /** Whether one more sector may be asked for. */
    boolean hasRoom() {
        return outstanding.stream().mapToInt(IntSupplier::getAsInt).sum() < window();
    }

    /** Bytes per second that it took lately; 0 before the first sector. */
    synchronized double writtenBytesPerSecond() {
        return writtenBytesPerSecond;
    }

    private static double mean(double before, double newest) {
        return before == 0 ? newest : before + WEIGHT_OF_THE_NEWEST * (newest - before);
    }

    private static double seconds(Duration time) {
        return Math.max(1e-3, time.toNanos() / 1e9);
    }

    /** Interrupts what is being stored; a transfer goes on at the next start. */
    void interrupt() {
        storing.shutdownNow();
    }

    /** The same, and waits a while for its end. */
    @Override
    public void close() {
        interrupt();
        try {
            storing.awaitTermination(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
