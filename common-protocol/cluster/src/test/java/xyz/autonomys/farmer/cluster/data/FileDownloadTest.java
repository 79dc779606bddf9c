package xyz.autonomys.farmer.cluster.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.hash.Blake3;

class FileDownloadTest {
    private static final int LENGTH = 9 * FileDownload.BLOCK_BYTES + 12_345;

    @TempDir
    Path directory;

    private TestCluster cluster;
    private byte[] content;
    private Path staged;
    private final AtomicInteger requests = new AtomicInteger();
    private volatile Blake3Hash announced;

    @BeforeEach
    void start() throws IOException {
        cluster = new TestCluster();
        content = TestCluster.bytes(3, LENGTH);
        staged = Files.write(directory.resolve("staged"), content);
        announced = Blake3.hash(content);
        cluster.server.register(DataRequest.FileRange.class, (request, answer) -> {
            requests.incrementAndGet();
            if (!request.fileId().equals("task/1")) {
                answer.missing(0);
                return;
            }
            try (FileChannel file = FileChannel.open(staged, StandardOpenOption.READ)) {
                long length = Math.min(request.length(), LENGTH - request.offset());
                answer.file(0, file, 0, LENGTH, request.offset(), length, announced);
            }
        });
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    private FileChannel target() throws IOException {
        return FileChannel.open(
                directory.resolve("target"),
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
    }

    private static FileSink sink(FileChannel target) {
        return (bytes, offset) -> {
            while (bytes.hasRemaining()) {
                target.write(bytes, offset + bytes.position());
            }
        };
    }

    @Test
    void aFileArrivesInAlignedBlocks() throws Exception {
        try (FileChannel target = target();
                FileDownload download = new FileDownload(cluster.client, "task/1", LENGTH, (bytes, offset) -> {
                    assertEquals(0, offset % FileDownload.BLOCK_BYTES);
                    assertEquals(
                            0, java.lang.foreign.MemorySegment.ofBuffer(bytes).address() % 4096);
                    sink(target).write(bytes, offset);
                })) {
            download.continueFrom(cluster.address(), cluster.client.defaultOptions());
            assertTrue(download.isComplete());
        }
        assertArrayEquals(content, Files.readAllBytes(directory.resolve("target")));
    }

    @Test
    void aDownloadGoesOnWhereTheConnectionBroke() throws Exception {
        DataServer second = DataServer.start(
                TestCluster.CREDENTIALS, TestCluster.serverSettings(TestCluster.PATIENT, TestCluster.PATIENT));
        long[] resumedAt = {-1};
        second.register(DataRequest.FileRange.class, (request, answer) -> {
            resumedAt[0] = request.offset();
            try (FileChannel file = FileChannel.open(staged, StandardOpenOption.READ)) {
                answer.file(0, file, 0, LENGTH, request.offset(), LENGTH - request.offset(), announced);
            }
        });
        try (FileChannel target = target();
                FileDownload download = new FileDownload(cluster.client, "task/1", LENGTH, (bytes, offset) -> {
                    sink(target).write(bytes, offset);
                    if (offset == 4L * FileDownload.BLOCK_BYTES) {
                        cluster.server.close();
                    }
                })) {
            DataPlaneException broken = assertThrows(
                    DataPlaneException.class,
                    () -> download.continueFrom(cluster.address(), cluster.client.defaultOptions()));
            assertEquals(FailureKind.DISCONNECTED, broken.kind());
            long reached = download.position();
            assertTrue(reached >= 5L * FileDownload.BLOCK_BYTES && reached < LENGTH);
            download.continueFrom(new PeerAddress("127.0.0.1", second.port()), cluster.client.defaultOptions());
            assertTrue(download.isComplete());
            assertEquals(reached, resumedAt[0]);
        } finally {
            second.close();
        }
        assertArrayEquals(content, Files.readAllBytes(directory.resolve("target")));
    }

    @Test
    void anotherProcessAdoptsWhatIsOnDisk() throws Exception {
        Files.write(directory.resolve("target"), java.util.Arrays.copyOf(content, 3 * FileDownload.BLOCK_BYTES + 17));
        try (FileChannel target = target();
                FileDownload download = new FileDownload(cluster.client, "task/1", LENGTH, sink(target))) {
            download.adopt(
                    (bytes, offset) -> {
                        while (bytes.hasRemaining()) {
                            assertTrue(target.read(bytes, offset + bytes.position()) > 0);
                        }
                    },
                    target.size());
            assertEquals(3L * FileDownload.BLOCK_BYTES, download.position());
            download.continueFrom(cluster.address(), cluster.client.defaultOptions());
        }
        assertArrayEquals(content, Files.readAllBytes(directory.resolve("target")));
    }

    @Test
    void aFlippedByteIsFoundAndTheDownloadBeginsAgain() throws Exception {
        try (FileChannel file = FileChannel.open(staged, StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.wrap(new byte[] {(byte) ~content[77]}), 77);
        }
        try (FileChannel target = target();
                FileDownload download = new FileDownload(cluster.client, "task/1", LENGTH, sink(target))) {
            DataPlaneException damaged = assertThrows(
                    DataPlaneException.class,
                    () -> download.continueFrom(cluster.address(), cluster.client.defaultOptions()));
            assertEquals(FailureKind.CHECKSUM, damaged.kind());
            assertEquals(0, download.position());
            assertFalse(download.isComplete());
            Files.write(staged, content);
            download.continueFrom(cluster.address(), cluster.client.defaultOptions());
            assertTrue(download.isComplete());
        }
        assertArrayEquals(content, Files.readAllBytes(directory.resolve("target")));
    }

    @Test
    void anUnknownFileIsNotServed() throws Exception {
        try (FileDownload download =
                new FileDownload(cluster.client, "task/2", LENGTH, (bytes, _) -> bytes.position(bytes.limit()))) {
            DataPlaneException missing = assertThrows(
                    DataPlaneException.class,
                    () -> download.continueFrom(cluster.address(), cluster.client.defaultOptions()));
            assertEquals(FailureKind.MISSING, missing.kind());
        }
    }
}
