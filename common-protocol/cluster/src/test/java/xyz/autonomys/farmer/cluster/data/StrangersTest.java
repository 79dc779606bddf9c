package xyz.autonomys.farmer.cluster.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class StrangersTest {
    private DataServer server;

    @BeforeEach
    void start() throws IOException {
        server = DataServer.start(
                TestCluster.CREDENTIALS, TestCluster.serverSettings(Duration.ofMillis(300), TestCluster.PATIENT));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        socket.setSoTimeout(20_000);
        return socket;
    }

    /** What the server sends until it closes; a reset counts as a close. */
    private static byte[] readAll(Socket socket) {
        try {
            return socket.getInputStream().readAllBytes();
        } catch (IOException _) {
            return new byte[0];
        }
    }

    private static byte[] hello() {
        return Handshake.clientHello(
                Handshake.VERSION, false, TestCluster.CREDENTIALS.clusterId(), new byte[Handshake.NONCE_BYTES]);
    }

    @Test
    void whoSaysNothingIsCutWithoutAByte() throws IOException {
        try (Socket socket = connect()) {
            assertEquals(0, readAll(socket).length);
        }
        assertEquals(1, server.strangersCut());
    }

    @Test
    void whoSpeaksSomethingElseOrNamesAnotherClusterGetsNothing() throws IOException {
        byte[] http = "GET / HTTP/1.1\r\nHost: example.org\r\nAccept: */*\r\n\r\n        "
                .getBytes(StandardCharsets.US_ASCII);
        byte[] other = Handshake.clientHello(
                Handshake.VERSION, false, TestCluster.credentials(9, 2).clusterId(), new byte[32]);
        for (byte[] opening : new byte[][] {http, other}) {
            try (Socket socket = connect()) {
                socket.getOutputStream().write(opening);
                assertEquals(0, readAll(socket).length);
            }
        }
        assertEquals(2, server.strangersCut());
    }

    @Test
    void whoDoesNotKnowTheSecretGetsANonceAndNothingElse() throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(hello());
            assertEquals(Handshake.SERVER_HELLO_BYTES, socket.getInputStream().readNBytes(40).length);
            socket.getOutputStream().write(new byte[Handshake.PROOF_BYTES]);
            assertEquals(0, readAll(socket).length);
        }
        DataClient client = DataClient.open(TestCluster.credentials(1, 3), DataClientSettings.defaults());
        try {
            DataPlaneException refused = assertThrows(
                    DataPlaneException.class,
                    () -> client.ask(
                            new PeerAddress("127.0.0.1", server.port()),
                            new DataRequest.Health(),
                            client.defaultOptions(),
                            100));
            assertEquals(FailureKind.HANDSHAKE, refused.kind());
        } finally {
            client.close();
        }
    }

    @Test
    void aProofCannotBeReplayed() throws IOException {
        byte[] hello = hello();
        byte[] recorded;
        try (Socket socket = connect()) {
            socket.getOutputStream().write(hello);
            byte[] serverHello = socket.getInputStream().readNBytes(40);
            recorded = Handshake.clientProof(TestCluster.CREDENTIALS.secret(), hello, serverHello);
            socket.getOutputStream().write(recorded);
            assertArrayEquals(
                    Handshake.serverProof(TestCluster.CREDENTIALS.secret(), hello, serverHello),
                    socket.getInputStream().readNBytes(32));
        }
        try (Socket socket = connect()) {
            socket.getOutputStream().write(hello);
            socket.getInputStream().readNBytes(40);
            socket.getOutputStream().write(recorded);
            assertEquals(0, readAll(socket).length);
        }
    }

    @Test
    void anotherVersionIsRefusedAndBothAreNamed() throws Exception {
        byte[] hello = hello();
        ByteBuffer.wrap(hello).putShort(4, (short) 7);
        try (Socket socket = connect()) {
            socket.getOutputStream().write(hello);
            byte[] answer = readAll(socket);
            assertEquals(Handshake.VERSION, Handshake.version(answer));
            assertEquals(Handshake.VERSION_REFUSED, Handshake.verdict(answer));
        }
        try (ServerSocket newer = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> {
                try (Socket socket = newer.accept()) {
                    socket.getInputStream().readNBytes(Handshake.CLIENT_HELLO_BYTES);
                    byte[] refusal = Handshake.serverHello(Handshake.VERSION, Handshake.VERSION_REFUSED, new byte[32]);
                    ByteBuffer.wrap(refusal).putShort(4, (short) 8);
                    socket.getOutputStream().write(refusal);
                    readAll(socket);
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            DataClient client = DataClient.open(
                    TestCluster.CREDENTIALS,
                    DataClientSettings.defaults()
                            .withTimeouts(TestCluster.PATIENT, TestCluster.PATIENT, TestCluster.PATIENT));
            DataPlaneException refused = assertThrows(
                    DataPlaneException.class,
                    () -> client.ask(
                            new PeerAddress("127.0.0.1", newer.getLocalPort()),
                            new DataRequest.Health(),
                            client.defaultOptions(),
                            100));
            client.close();
            assertTrue(refused.getMessage().contains("version 8"), refused.getMessage());
            assertTrue(refused.getMessage().contains("version 2"), refused.getMessage());
        }
    }

    /** A member that breaks the rules after a good handshake loses its connection, and only that. */
    private void sendAsMember(byte[] frames) throws IOException {
        try (Socket socket = connect()) {
            byte[] hello = hello();
            socket.getOutputStream().write(hello);
            InputStream in = socket.getInputStream();
            byte[] serverHello = in.readNBytes(40);
            socket.getOutputStream().write(Handshake.clientProof(TestCluster.CREDENTIALS.secret(), hello, serverHello));
            in.readNBytes(32);
            socket.getOutputStream().write(frames);
            socket.shutdownOutput();
            readAll(socket);
        } catch (java.net.SocketException _) {
            // The server may reset while the test still writes.
        }
    }

    @Test
    void malformedFramesEndTheConnection() throws Exception {
        sendAsMember(ByteBuffer.allocate(16).putInt(2 << 20).putShort((short) 2).array());
        sendAsMember(ByteBuffer.allocate(16).putInt(4).putShort((short) 99).array());
        sendAsMember(ByteBuffer.allocate(81).putInt(65).putShort((short) 5).array());
        assertServes();
    }

    @Test
    @Tag("long")
    void randomFramesDoNotHurt() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int frames = 0;
        while (frames < 100_000) {
            ByteBuffer burst = ByteBuffer.allocate(64 * 1024);
            long id = 1;
            for (int i = 0; i < 200 && burst.remaining() > 300; i++, frames++) {
                byte[] body = mutatedBody(random);
                int length = random.nextInt(50) == 0 ? random.nextInt() : body.length;
                burst.putInt(length)
                        .putShort((short) (random.nextInt(40) == 0 ? random.nextInt(100) : 1 + random.nextInt(4)))
                        .putShort((short) (random.nextInt(100) == 0 ? 1 : 0))
                        .putLong(random.nextInt(30) == 0 ? random.nextLong() : id++)
                        .put(body);
            }
            sendAsMember(java.util.Arrays.copyOf(burst.array(), burst.position()));
        }
        assertServes();
    }

    private static byte[] mutatedBody(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> {
                byte[] request = TestCluster.bytes(random.nextLong(), random.nextInt(64));
                yield ByteBuffer.allocate(12 + request.length)
                        .putShort((short) random.nextInt(9))
                        .putShort((short) (random.nextInt(20) == 0 ? random.nextInt() : 0))
                        .putInt(random.nextInt(1 << 20))
                        .putInt(random.nextInt(10) == 0 ? random.nextInt() : request.length)
                        .put(request)
                        .array();
            }
            case 1 -> new byte[0];
            case 2 -> TestCluster.bytes(random.nextLong(), 4);
            default -> TestCluster.bytes(random.nextLong(), random.nextInt(200));
        };
    }

    /**
     * A few thousand strangers at a time, 10,000 in all, silent, noisy or slow, while members go on. They hold nothing but
     * a socket; what they may hold together is limited by the number of connections.
     */
    @Test
    @Tag("long")
    void tenThousandStrangersSlowNobodyAndHoldNoMemory() throws Exception {
        long direct = TestCluster.directBytes();
        java.util.List<Socket> open = new java.util.ArrayList<>();
        Random random = new Random(7);
        int largest = 0;
        try {
            for (int i = 0; i < 10_000; i++) {
                try {
                    Socket socket = connect();
                    open.add(socket);
                    switch (random.nextInt(4)) {
                        case 0 -> socket.getOutputStream().write(hello(), 0, 1 + random.nextInt(55));
                        case 1 -> socket.getOutputStream().write(TestCluster.bytes(i, 1 + random.nextInt(2000)));
                        case 2 -> socket.getOutputStream().write(hello());
                        default -> {
                            // Says nothing.
                        }
                    }
                } catch (IOException _) {
                    continue; // cut while it spoke
                }
                largest = Math.max(largest, server.connectionCount());
                if (open.size() == 2000) {
                    for (Socket socket : open) {
                        socket.close();
                    }
                    open.clear();
                }
                if (i % 1000 == 999) {
                    awaitRoom();
                    assertServes();
                }
            }
        } finally {
            for (Socket socket : open) {
                socket.close();
            }
        }
        awaitRoom();
        assertServes();
        assertTrue(largest <= 64, "connections at a time: " + largest);
        assertTrue(server.strangersCut() >= 9_000, "cut: " + server.strangersCut());
        assertTrue(
                TestCluster.directBytes() - direct <= server.memoryBudget().totalBytes(),
                "direct memory grew from " + direct + " to " + TestCluster.directBytes());
    }

    /** Until the strangers' time has passed and members find a place. */
    private void awaitRoom() throws InterruptedException {
        long deadline = System.nanoTime() + TestCluster.PATIENT.toNanos();
        while (server.connectionCount() > 0 && System.nanoTime() - deadline < 0) {
            Thread.sleep(10);
        }
        assertEquals(0, server.connectionCount());
    }

    private void assertServes() throws Exception {
        DataClient client = DataClient.open(
                TestCluster.CREDENTIALS,
                DataClientSettings.defaults()
                        .withTimeouts(TestCluster.PATIENT, TestCluster.PATIENT, TestCluster.PATIENT));
        byte[] body = {1, 2, 3};
        assertArrayEquals(
                body,
                client.ask(
                        new PeerAddress("127.0.0.1", server.port()),
                        new DataRequest.Echo(body),
                        client.defaultOptions(),
                        100));
        client.close();
    }
}
