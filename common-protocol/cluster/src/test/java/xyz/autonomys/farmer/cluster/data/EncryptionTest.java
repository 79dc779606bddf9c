package xyz.autonomys.farmer.cluster.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import xyz.autonomys.farmer.primitives.hash.Blake3;

/** Connections are encrypted if either side wants that; peers of the version before are spoken to in theirs. */
class EncryptionTest {
    private static final byte[] TEXT =
            "a text that must not be read on the way ".repeat(50_000).getBytes(StandardCharsets.US_ASCII);

    private static ClusterCredentials credentials(int secret, boolean tls) {
        ClusterCredentials plain = TestCluster.credentials(1, secret);
        return new ClusterCredentials(plain.clusterId(), plain.secret(), tls);
    }

    private static DataServer server(boolean tls) throws IOException {
        return DataServer.start(
                credentials(2, tls), TestCluster.serverSettings(TestCluster.PATIENT, TestCluster.PATIENT));
    }

    private static DataClient client(ClusterCredentials credentials) {
        return DataClient.open(
                credentials,
                DataClientSettings.defaults()
                        .withTimeouts(TestCluster.PATIENT, TestCluster.PATIENT, TestCluster.PATIENT));
    }

    private static byte[] echo(DataClient client, int port) throws Exception {
        return client.ask(
                new PeerAddress("127.0.0.1", port), new DataRequest.Echo(TEXT), client.defaultOptions(), TEXT.length);
    }

    @ParameterizedTest
    @CsvSource({"false,false,true", "true,false,false", "false,true,false", "true,true,false"})
    void whatEitherSideWantsEncryptedIsNotReadOnTheWay(boolean serverWants, boolean clientWants, boolean readable)
            throws Exception {
        try (DataServer server = server(serverWants);
                Wire wire = new Wire(server.port());
                DataClient client = client(credentials(2, clientWants))) {
            assertArrayEquals(TEXT, echo(client, wire.port()));
            assertTrue(wire.recorded().size() > TEXT.length);
            assertEquals(
                    readable,
                    wire.recorded().toString(StandardCharsets.ISO_8859_1).contains("must not be read"));
        }
    }

    @Test
    void filesTravelEncryptedToo() throws Exception {
        java.nio.file.Path path = java.nio.file.Files.createTempFile("encrypted", ".bin");
        try (DataServer server = server(true);
                DataClient client = client(credentials(2, false));
                java.nio.channels.FileChannel file = java.nio.channels.FileChannel.open(
                        java.nio.file.Files.write(path, TestCluster.bytes(5, 3_000_001)))) {
            byte[] bytes = TestCluster.bytes(5, 3_000_001);
            server.register(
                    DataRequest.FileRange.class,
                    (_, answer) -> answer.file(0, file, 0, bytes.length, 0, bytes.length, Blake3.hash(bytes)));
            assertArrayEquals(
                    bytes,
                    client.ask(
                            new PeerAddress("127.0.0.1", server.port()),
                            new DataRequest.FileRange("x", 0, bytes.length),
                            client.defaultOptions(),
                            bytes.length));
        } finally {
            java.nio.file.Files.delete(path);
        }
    }

    @Test
    void anotherSecretMakesAnotherKey() throws Exception {
        try (DataServer server = server(true);
                DataClient client = client(credentials(3, true))) {
            DataPlaneException refused = assertThrows(DataPlaneException.class, () -> echo(client, server.port()));
            assertEquals(FailureKind.HANDSHAKE, refused.kind());
        }
    }

    /** What the handshake of a build of version 1 sends, and takes. */
    @Test
    void aClientOfTheVersionBeforeIsServedUnlessTlsIsWanted() throws Exception {
        byte[] hello = Handshake.clientHello(1, false, TestCluster.CREDENTIALS.clusterId(), new byte[32]);
        try (DataServer server = server(false);
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.getOutputStream().write(hello);
            byte[] answer = socket.getInputStream().readNBytes(Handshake.SERVER_HELLO_BYTES);
            assertEquals(1, Handshake.version(answer));
            assertEquals(Handshake.GO_ON, Handshake.verdict(answer));
            socket.getOutputStream().write(Handshake.clientProof(TestCluster.CREDENTIALS.secret(), hello, answer));
            assertArrayEquals(
                    Handshake.serverProof(TestCluster.CREDENTIALS.secret(), hello, answer),
                    socket.getInputStream().readNBytes(Handshake.PROOF_BYTES));
        }
        try (DataServer server = server(true);
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.getOutputStream().write(hello);
            byte[] answer = socket.getInputStream().readAllBytes();
            assertEquals(Handshake.VERSION_REFUSED, Handshake.verdict(answer));
        }
    }

    @Test
    void aServerOfTheVersionBeforeIsAskedInItsVersion() throws Exception {
        try (DataServer server = server(false);
                Former former = new Former(server.port());
                DataClient client = client(credentials(2, false));
                DataClient wantsTls = client(credentials(2, true))) {
            assertArrayEquals(TEXT, echo(client, former.port()));
            assertEquals(List.of(2, 1), former.versions());
            DataPlaneException refused = assertThrows(DataPlaneException.class, () -> echo(wantsTls, former.port()));
            assertTrue(
                    refused.getMessage().contains("version 1")
                            && refused.getMessage().contains("version 2")
                            && refused.getMessage().contains("TLS"),
                    refused.getMessage());
            assertFalse(former.versions().size() > 3);
        }
    }

    /** Hands bytes on between a client and a server. */
    private static class Wire implements AutoCloseable {
        private final ServerSocket listener = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
        private final int target;
        private final ByteArrayOutputStream recorded = new ByteArrayOutputStream();

        Wire(int target) throws IOException {
            this.target = target;
            Thread.ofVirtual().start(() -> {
                try {
                    while (true) {
                        Socket client = listener.accept();
                        Thread.ofVirtual().start(() -> serve(client));
                    }
                } catch (IOException _) {
                    // closed
                }
            });
        }

        private void serve(Socket client) {
            try (client) {
                relay(client);
            } catch (IOException _) {
                // one of them has gone
            }
        }

        void relay(Socket client) throws IOException {
            try (Socket server = new Socket(InetAddress.getLoopbackAddress(), target)) {
                Thread.ofVirtual().start(() -> copy(client, server));
                copy(server, client);
            }
        }

        private void copy(Socket from, Socket to) {
            try {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                byte[] buffer = new byte[65536];
                for (int count = in.read(buffer); count > 0; count = in.read(buffer)) {
                    synchronized (recorded) {
                        recorded.write(buffer, 0, count);
                    }
                    out.write(buffer, 0, count);
                }
                to.shutdownOutput();
            } catch (IOException _) {
                // one of them has gone
            }
        }

        ByteArrayOutputStream recorded() {
            synchronized (recorded) {
                return recorded;
            }
        }

        int port() {
            return listener.getLocalPort();
        }

        @Override
        public void close() throws IOException {
            listener.close();
        }
    }

    /** Refuses every version but 1, as a build of version 1 does. */
    private static final class Former extends Wire {
        private final List<Integer> versions = new java.util.concurrent.CopyOnWriteArrayList<>();

        Former(int target) throws IOException {
            super(target);
        }

        List<Integer> versions() {
            return versions;
        }

        @Override
        void relay(Socket client) throws IOException {
            java.io.PushbackInputStream in = new java.io.PushbackInputStream(client.getInputStream(), 64);
            byte[] hello = in.readNBytes(Handshake.CLIENT_HELLO_BYTES);
            versions.add(Handshake.version(hello));
            if (Handshake.version(hello) != 1) {
                client.getOutputStream().write(Handshake.serverHello(1, Handshake.VERSION_REFUSED, new byte[32]));
                return;
            }
            Socket server = new Socket(InetAddress.getLoopbackAddress(), super.target);
            server.getOutputStream().write(hello);
            Thread.ofVirtual().start(() -> super.copy(client, server));
            super.copy(server, client);
            server.close();
        }
    }
}
