package xyz.autonomys.farmer.farm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.EOFException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DirectFileTest {
    private static final int MIB = 1 << 20;

    /** Offset and size of upstream's round trips (direct_io_file.rs). */
    private static final int[][] ROUND_TRIPS = {
        {0, 512},
        {0, 4096},
        {0, 500},
        {0, 4000},
        {5, 50},
        {12, 500},
        {96, 4000},
        {4000, 96},
        {10000, 5},
        {0, MIB},
        {0, 2 * MIB},
        {5, MIB - 5},
        {5, 2 * MIB - 5},
        {5, MIB},
        {5, 2 * MIB},
        {MIB, MIB},
        {MIB, 2 * MIB},
        {MIB + 5, MIB - 5},
        {MIB + 5, 2 * MIB - 5},
        {MIB + 5, MIB},
        {MIB + 5, 2 * MIB}
    };

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatIsWrittenIsReadBackAndNothingElseChanges(boolean direct) throws Exception {
        Path path = Files.write(directory.resolve("file"), new byte[5 * MIB]);
        byte[] expected = new byte[5 * MIB];
        SplittableRandom random = new SplittableRandom(1);
        try (DirectFile file = DirectFile.open(path, true, direct)) {
            for (int[] trip : ROUND_TRIPS) {
                byte[] written = new byte[trip[1]];
                random.nextBytes(written);
                file.write(trip[0], ByteBuffer.wrap(written));
                System.arraycopy(written, 0, expected, trip[0], written.length);
                byte[] read = new byte[trip[1] + 2];
                file.read(trip[0], read, 1, trip[1]);
                for (int i = 0; i < written.length; i++) {
                    assertEquals(written[i], read[i + 1]);
                }
            }
            file.force();
        }
        assertArrayEquals(expected, Files.readAllBytes(path));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void readingPastTheEndFailsWithTheLength(boolean direct) throws Exception {
        Path path = Files.write(directory.resolve("file"), new byte[5000]);
        try (DirectFile file = DirectFile.open(path, false, direct)) {
            EOFException e = assertThrows(EOFException.class, () -> file.read(4990, ByteBuffer.allocate(11)));
            assertTrue(e.getMessage().contains("ends at byte 5000"), e.getMessage());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void neighboursInOnePageWrittenAtOnceDoNotHarmEachOther(boolean direct) throws Exception {
        Path path = Files.write(directory.resolve("file"), new byte[64 * 1024]);
        try (DirectFile file = DirectFile.open(path, true, direct)) {
            Thread[] writers = new Thread[8];
            for (int w = 0; w < writers.length; w++) {
                int writer = w;
                writers[w] = Thread.ofPlatform().start(() -> {
                    byte[] mark = {(byte) (writer + 1)};
                    for (int i = writer; i < 64 * 1024; i += 97 * writers.length) {
                        try {
                            file.write(i, ByteBuffer.wrap(mark));
                        } catch (java.io.IOException e) {
                            throw new java.io.UncheckedIOException(e);
                        }
                    }
                });
            }
            for (Thread writer : writers) {
                writer.join();
            }
        }
        byte[] bytes = Files.readAllBytes(path);
        for (int w = 0; w < 8; w++) {
            for (int i = w; i < bytes.length; i += 97 * 8) {
                assertEquals(w + 1, bytes[i], "byte " + i);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false})
    void withoutDirectIoTheFileSaysSo(boolean direct) throws Exception {
        try (DirectFile file = DirectFile.open(directory.resolve("new"), true, direct)) {
            assertFalse(file.isDirect());
            assertEquals(0, file.size());
        }
    }
}
