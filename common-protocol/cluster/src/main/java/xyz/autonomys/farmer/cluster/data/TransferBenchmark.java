package xyz.autonomys.farmer.cluster.data;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.LongAdder;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.primitives.hash.Blake3;

/**
 * Moves pieces from one process to another as plotting does, each checked by its checksum, to see what the data plane
 * reaches on a host. The pieces lie in a file in the page cache and go to the socket from there.
 */
public final class TransferBenchmark {
    /** Pieces of the source; all are asked for again and again. */
    private static final int PIECES = 64;

    private static final int BATCH = 32;

    private TransferBenchmark() {}

    /** The sending side: a data server that has {@value #PIECES} made-up pieces. */
    public static final class Source implements AutoCloseable {
        private final Path path;
        private final FileChannel file;
        private final List<Blake3Hash> checksums = new ArrayList<>();
        private final DataServer server;

        /**
         * Makes the pieces and begins to serve on a loopback port.
         *
         * @param directory where the file of pieces is made; deleted when this is closed
         */
        public Source(ClusterCredentials credentials, Path directory) throws IOException {
            path = Files.createTempFile(directory, "data-plane-", ".pieces");
            file = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
            Random random = new Random(1);
            byte[] piece = new byte[ProtocolSizes.PIECE_BYTES];
            for (int i = 0; i < PIECES; i++) {
                random.nextBytes(piece);
                checksums.add(Blake3.hash(piece));
                ByteBuffer bytes = ByteBuffer.wrap(piece);
                while (bytes.hasRemaining()) {
                    file.write(bytes, (long) i * piece.length + bytes.position());
                }
            }
            server = DataServer.start(credentials, DataServerSettings.onPort(0));
            server.register(DataRequest.Pieces.class, this::answer);
        }

        private void answer(DataRequest.Pieces request, Answer answer) throws IOException, InterruptedException {
            for (long index : request.indices()) {
                int slot = (int) Long.remainderUnsigned(index, PIECES);
                answer.file(
                        index,
                        file,
                        (long) slot * ProtocolSizes.PIECE_BYTES,
                        ProtocolSizes.PIECE_BYTES,
                        0,
                        ProtocolSizes.PIECE_BYTES,
                        checksums.get(slot));
            }
        }

        /** The port it listens on. */
        public int port() {
            return server.port();
        }

        @Override
        public void close() throws IOException {
            server.close();
            file.close();
            Files.deleteIfExists(path);
        }
    }

    /**
     * What was moved.
     *
     * @param bytes bytes of pieces, all with the right checksum
     * @param seconds in which
     * @param receiverCpuSeconds processor time of this process in that time
     */
    public record Result(long bytes, double seconds, double receiverCpuSeconds) {
        /** Gigabits per second. */
        public double gigabits() {
            return bytes * 8 / seconds / 1e9;
        }
    }

    /**
     * Asks a {@link Source} for pieces over this many connections, first for {@code warmUp}, then for {@code time}.
     *
     * @throws IOException if the source fails, or a piece does not have its checksum
     */
    public static Result receive(
            ClusterCredentials credentials, PeerAddress source, int connections, Duration warmUp, Duration time)
            throws IOException, InterruptedException {
        LongAdder received = new LongAdder();
        try (DataClient client = DataClient.open(
                        credentials, DataClientSettings.defaults().withConnections(connections));
                ExecutorService askers = Executors.newVirtualThreadPerTaskExecutor()) {
            long end = System.nanoTime() + warmUp.plus(time).toNanos();
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < connections; i++) {
                long first = (long) i * BATCH;
                running.add(askers.submit(() -> {
                    while (System.nanoTime() - end < 0) {
                        ask(client, source, first, received);
                    }
                    return null;
                }));
            }
            Thread.sleep(warmUp.toMillis());
            long before = received.sum();
            double cpuBefore = cpuSeconds();
            long start = System.nanoTime();
            Thread.sleep(time.toMillis());
            Result result =
                    new Result(received.sum() - before, (System.nanoTime() - start) / 1e9, cpuSeconds() - cpuBefore);
            for (Future<?> asker : running) {
                asker.get();
            }
            return result;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException failure ? failure : new IOException(e.getCause());
        }
    }

    private static void ask(DataClient client, PeerAddress source, long first, LongAdder received)
            throws DataPlaneException, InterruptedException {
        long[] indices = new long[BATCH];
        for (int i = 0; i < BATCH; i++) {
            indices[i] = first + i;
        }
        List<String> bad = new ArrayList<>();
        client.pieces(
                source,
                new DataRequest.Pieces(ItemType.PIECE, false, indices),
                RequestOptions.within(Duration.ofMinutes(1)),
                answer -> {
                    if (answer instanceof PieceAnswer.Found) {
                        received.add(ProtocolSizes.PIECE_BYTES);
                    } else {
                        bad.add(answer.toString());
                    }
                });
        if (!bad.isEmpty()) {
            throw new DataPlaneException(FailureKind.CHECKSUM, "of " + BATCH + " pieces these are wrong: " + bad);
        }
    }

    private static double cpuSeconds() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                        .getProcessCpuTime()
                / 1e9;
    }
}
