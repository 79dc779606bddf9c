package xyz.autonomys.farmer.cluster.data;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;

/** Credentials, a server on any loopback port, and a client, for tests with real sockets. */
final class TestCluster implements AutoCloseable {
    static final ClusterCredentials CREDENTIALS = credentials(1, 2);
    static final Duration PATIENT = Duration.ofSeconds(20);

    final DataServer server;
    final DataClient client;

    TestCluster() throws IOException {
        server = DataServer.start(CREDENTIALS, serverSettings(Duration.ofSeconds(5), Duration.ofSeconds(20)));
        client = DataClient.open(CREDENTIALS, DataClientSettings.defaults().withTimeouts(PATIENT, PATIENT, PATIENT));
    }

    static ClusterCredentials credentials(int id, int secret) {
        byte[] idBytes = new byte[ClusterId.SIZE];
        Arrays.fill(idBytes, (byte) id);
        byte[] secretBytes = new byte[ClusterSecret.SIZE];
        Arrays.fill(secretBytes, (byte) secret);
        return new ClusterCredentials(ClusterId.of(idBytes), ClusterSecret.of(secretBytes));
    }

    static DataServerSettings serverSettings(Duration handshake, Duration stall) {
        return new DataServerSettings(
                0, "127.0.0.1", 1, 64, 16, 8 << 20, 1 << 20, handshake, stall, Duration.ofSeconds(2));
    }

    PeerAddress address() {
        return new PeerAddress("127.0.0.1", server.port());
    }

    /** Direct memory that buffers take now. */
    static long directBytes() {
        return java.lang.management.ManagementFactory.getPlatformMXBeans(java.lang.management.BufferPoolMXBean.class)
                        .stream()
                        .filter(pool -> pool.getName().equals("direct"))
                        .mapToLong(java.lang.management.BufferPoolMXBean::getMemoryUsed)
                        .sum()
                + io.netty.buffer.PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
    }

    static byte[] bytes(long seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    @Override
    public void close() {
        client.close();
        server.close();
    }
}
