package xyz.autonomys.farmer.cache.sharded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.cluster.pieces.Pace;

/**
 * Reads everything that is stored again and again, within a budget of bytes per second, so that damage is found while
 * others still have the piece. Goes on where it was after a restart.
 */
final class Scrub implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Scrub.class);
    private static final String POSITION_FILE = "scrub-position";
    private static final Duration SAVE_EVERY = Duration.ofMinutes(1);
    private static final Duration BETWEEN_PASSES = Duration.ofMinutes(10);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(3);

    private final SlotStores stores;
    private final Pace pace;
    private final BiConsumer<Long, String> damaged;
    private final Path positionFile;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final AtomicLong checked = new AtomicLong();
    private final Thread thread;
    private long savedAt = System.nanoTime();

    /**
     * Begins.
     *
     * @param bytesPerSecond the budget
     * @param damaged called with the index of a piece of which an item was damaged, and what was found; the item is
     *     dropped already
     */
    Scrub(SlotStores stores, long bytesPerSecond, BiConsumer<Long, String> damaged) {
        this.stores = stores;
        this.pace = new Pace(bytesPerSecond);
        this.damaged = damaged;
        this.positionFile = stores.home().resolve(POSITION_FILE);
        this.thread = Thread.ofPlatform().daemon().name("cache-scrub").start(this::run);
    }

    /** Items read since the start. */
    long checked() {
        return checked.get();
    }

    private void run() {
        try {
            long from = readPosition();
            while (true) {
                long before = checked.get();
                if (!pass(from)) {
                    return;
                }
                from = 0;
                save(0);
                LOG.info("Scrub: {} items read, the whole cache is checked", checked.get() - before);
                if (stop.await(BETWEEN_PASSES.toMillis(), TimeUnit.MILLISECONDS)) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Reads everything from a piece on, and says whether it came to the end. */
    private boolean pass(long from) throws InterruptedException {
        long[] pieces =
                stores.pieces().stream().mapToLong(Long::longValue).sorted().toArray();
        int first = Arrays.binarySearch(pieces, from);
        for (int i = first < 0 ? -first - 1 : first; i < pieces.length; i++) {
            for (CacheItem item : stores.itemsOf(pieces[i])) {
                long wait = pace.nanosFor(CacheItem.bytesOf(item.parts()));
                if (stop.await(wait, TimeUnit.NANOSECONDS)) {
                    save(pieces[i]);
                    return false;
                }
                check(item);
            }
            if (System.nanoTime() - savedAt > SAVE_EVERY.toNanos()) {
                save(pieces[i]);
            }
        }
        return true;
    }

    private void check(CacheItem item) {
        try {
            String fault = stores.read(item).fault();
            checked.incrementAndGet();
            if (!fault.isEmpty()) {
                damaged.accept(item.piece(), fault);
            }
        } catch (IOException e) {
            LOG.error("{} cannot be read: {}", item, e.getMessage());
        }
    }

    private long readPosition() {
        try {
            return Files.exists(positionFile)
                    ? Long.parseLong(Files.readString(positionFile, StandardCharsets.US_ASCII)
                            .strip())
                    : 0;
        } catch (IOException | NumberFormatException e) {
            LOG.warn("{} does not say where the scrub was ({}); it begins anew", positionFile, e.getMessage());
            return 0;
        }
    }

    private void save(long position) {
        savedAt = System.nanoTime();
        Path temporary = positionFile.resolveSibling(POSITION_FILE + ".tmp");
        try {
            Files.writeString(temporary, position + "\n", StandardCharsets.US_ASCII);
            Files.move(temporary, positionFile, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            LOG.warn("Where the scrub is could not be noted: {}", e.getMessage());
        }
    }

    /** Stops after the item in work. */
    @Override
    public void close() {
        stop.countDown();
        try {
            if (!thread.join(STOP_TIMEOUT)) {
                LOG.warn("The scrub did not stop within {} s", STOP_TIMEOUT.toSeconds());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
