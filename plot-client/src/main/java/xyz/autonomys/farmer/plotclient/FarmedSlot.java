package xyz.autonomys.farmer.plotclient;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.telemetry.RepeatedLog;

/**
 * The newest slot of which a solution may have been submitted, in a file beside the first farm, written before the
 * solution leaves. A process that is started anew begins behind it (rule M5 of the node RPC chapter, section 13.3). The
 * file outlives the process; a restart of the machine takes longer than the few seconds in which it matters. Thread-safe.
 */
final class FarmedSlot implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FarmedSlot.class);

    private static final Duration PATIENCE = Duration.ofMillis(100);
    private static final Duration QUIET = Duration.ofMinutes(1);

    private final Path file;
    private final String chain;
    private final RepeatedLog failures = new RepeatedLog(LOG, QUIET);
    private final ExecutorService writer = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("farmed-slot").factory());
    private OptionalLong newest = OptionalLong.empty();
    /** The write that goes on, until it has written the newest slot. */
    private Future<?> writing;

    /**
     * Reads the file.
     *
     * @param chain genesis hash; a slot of another chain does not count
     */
    FarmedSlot(Path file, String chain) {
        this.file = file;
        this.chain = chain;
        try {
            String[] words =
                    Files.readString(file, StandardCharsets.US_ASCII).strip().split(" ");
            if (words.length == 2 && words[0].equals(chain)) {
                newest = OptionalLong.of(Long.parseUnsignedLong(words[1]));
            }
        } catch (NoSuchFileException e) {
            LOG.debug("{} is new", file);
        } catch (IOException | NumberFormatException e) {
            LOG.warn("{} cannot be read: {}", file, e.getMessage());
        }
    }

    /** The newest slot, if there was one. */
    synchronized OptionalLong newest() {
        return newest;
    }

    /**
     * A solution of this slot is about to leave. Waits for the file only a moment: a disk that hangs must not keep the
     * solutions of farms on other disks, and what a restart loses by that is a few seconds.
     */
    void note(long slot) throws InterruptedException {
        Future<?> written;
        synchronized (this) {
            if (newest.isPresent() && Long.compareUnsigned(newest.getAsLong(), slot) >= 0) {
                return;
            }
            newest = OptionalLong.of(slot);
            if (writing == null) {
                writing = writer.submit(this::write);
            }
            written = writing;
        }
        try {
            written.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            failures.warn("slow", "{} is not written in time; see whether its disk hangs (dmesg)", file);
        } catch (ExecutionException e) {
            throw new IllegalStateException("writing " + file + " failed", e.getCause());
        }
    }

    private void write() {
        OptionalLong wrote = OptionalLong.empty();
        while (true) {
            OptionalLong slot;
            synchronized (this) {
                if (wrote.equals(newest)) {
                    writing = null;
                    return;
                }
                slot = newest;
            }
            try {
                Path fresh = file.resolveSibling(file.getFileName() + ".tmp");
                Files.writeString(
                        fresh, chain + " " + Long.toUnsignedString(slot.getAsLong()) + "\n", StandardCharsets.US_ASCII);
                Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } catch (IOException | RuntimeException e) {
                failures.warn("fault", "{} could not be written: {}", file, e.toString());
            }
            wrote = slot;
        }
    }

    @Override
    public void close() {
        writer.shutdown();
    }
}
