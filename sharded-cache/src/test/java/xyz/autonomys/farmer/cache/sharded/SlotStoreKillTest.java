package xyz.autonomys.farmer.cache.sharded;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that writes pieces is killed; what it acknowledged is there. */
class SlotStoreKillTest {
    private static final int SLOTS = 24;
    private static final int BATCH = 3;
    private static final int ROUNDS = 5;

    @TempDir
    private Path directory;

    /** Fills the store, says which piece is stored, makes room and goes on until it is killed. */
    static final class Writer {
        private Writer() {}

        public static void main(String[] args) throws IOException {
            PrintStream out = new PrintStream(System.out, true, StandardCharsets.US_ASCII);
            SlotStore store = SlotStore.open(Path.of(args[0]), SLOTS);
            long next = Long.parseLong(args[1]);
            while (true) {
                while (store.count() + BATCH > SLOTS) {
                    long oldest = new TreeSet<>(store.pieces()).first();
                    out.println("- " + oldest);
                    store.remove(CacheItem.whole(oldest));
                }
                List<CacheItem.Content> batch = new ArrayList<>();
                for (int i = 0; i < BATCH; i++) {
                    batch.add(TestPieces.piece(next + i));
                }
                store.put(batch);
                out.println("+ " + next);
                next += BATCH;
            }
        }
    }

    @Test
    void whatWasAcknowledgedSurvivesKill() throws Exception {
        Set<Long> acknowledged = new TreeSet<>();
        long next = 0;
        for (int round = 0; round < ROUNDS; round++) {
            Process writer = new ProcessBuilder(
                            ProcessHandle.current().info().command().orElseThrow(),
                            "-Xmx128m",
                            "--add-modules",
                            "jdk.incubator.vector",
                            "--enable-native-access=ALL-UNNAMED",
                            "-cp",
                            System.getProperty("java.class.path"),
                            Writer.class.getName(),
                            directory.toString(),
                            Long.toString(next))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try (BufferedReader lines = writer.inputReader(StandardCharsets.US_ASCII)) {
                int wanted = 3 + 2 * round;
                String line;
                while ((line = lines.readLine()) != null) {
                    long index = Long.parseLong(line.substring(2));
                    if (line.startsWith("-")) {
                        acknowledged.remove(index);
                        continue;
                    }
                    for (int i = 0; i < BATCH; i++) {
                        acknowledged.add(index + i);
                    }
                    next = index + BATCH;
                    if (wanted-- == 0) {
                        // What it still says between the kill and its death counts as well.
                        writer.toHandle().destroyForcibly();
                    }
                }
            }
            assertTrue(writer.waitFor() != 0);
            try (SlotStore store = SlotStore.open(directory, SLOTS)) {
                for (long index : acknowledged) {
                    assertArrayEquals(
                            TestPieces.piece(index).bytes(),
                            store.read(CacheItem.whole(index)).bytes(),
                            "piece " + index);
                }
                for (long index : store.pieces()) {
                    assertNotNull(store.read(CacheItem.whole(index)).bytes(), "piece " + index);
                }
                next = Math.max(next, new TreeSet<>(store.pieces()).last() + 1);
            }
        }
        assertTrue(acknowledged.size() >= SLOTS / 2);
    }
}
