package xyz.autonomys.farmer.kzg;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The setup is installed checked and whole, or not at all; every failure says what is wrong. */
class SetupInstallerTest {
    private static final String CEREMONY = System.getenv(SetupLocations.VARIABLE);

    @TempDir
    Path directory;

    private HttpServer server;

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            Path file = directory.resolve(exchange.getRequestURI().getPath().substring(1));
            byte[] body = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
            exchange.sendResponseHeaders(Files.exists(file) ? 200 : 404, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private String url(String file) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/" + file;
    }

    private Path target() {
        return directory.resolve("new").resolve("installed.bin");
    }

    private String refusal(String from) {
        String message = assertThrows(IOException.class, () -> new SetupInstaller(target()).install(from))
                .getMessage();
        assertFalse(Files.exists(target()));
        return message;
    }

    private static void assertContains(String text, String part) {
        assertTrue(text.contains(part), () -> part + " is not in: " + text);
    }

    @Test
    void refusesWhatIsNotTheSetup() throws IOException {
        Files.write(directory.resolve("short"), new byte[100]);
        Files.write(directory.resolve("long"), new byte[TrustedSetups.FILE_BYTES + 5]);
        Files.write(directory.resolve("other"), new byte[TrustedSetups.FILE_BYTES]);
        Files.createFile(directory.resolve("empty"));
        for (String prefix : List.of(directory + "/", url(""))) {
            assertContains(refusal(prefix + "short"), "it has 100 bytes, expected 1579104");
            assertContains(refusal(prefix + "empty"), "it has 0 bytes, expected 1579104");
            assertContains(refusal(prefix + "long"), "it has more than 1579104 bytes");
            assertContains(refusal(prefix + "other"), "expected " + TrustedSetups.FILE_SHA256);
        }
        assertContains(refusal(directory + "/none"), "there is no file at " + directory + "/none");
        assertContains(refusal(url("none")), "status 404, expected 200");
        assertContains(refusal(url("none")), TrustedSetups.REMEDY);
        assertContains(refusal("http://127.0.0.1:1/none"), "could not be downloaded from http://127.0.0.1:1/none");
        assertContains(refusal("http://a b/"), "is no URL");
    }

    @Test
    void refusesTranscriptsThatAreNotTheCeremonys() throws IOException {
        assertContains(transcriptRefusal("{"), "is no transcript of the ceremony: ");
        assertContains(transcriptRefusal("{}"), "has no setup of 32768 G1 and 65 G2 powers");
        assertContains(transcriptRefusal("{\"G1Powers\": 3}"), "G1Powers is no list");
        assertContains(transcriptRefusal("{\"G1Powers\": [{}]}"), "element 0 of G1Powers is no text of 0x and 96");
        assertContains(
                transcriptRefusal("{\"G2Powers\": [\"0x" + "00".repeat(96) + "\", \"0x" + "0g".repeat(96) + "\"]}"),
                "element 1 of G2Powers: ");
        String point = "\"0x" + "00".repeat(96) + "\"";
        assertContains(
                transcriptRefusal(
                        "{\"G2Powers\": [" + String.join(",", java.util.Collections.nCopies(66, point)) + "]}"),
                "G2Powers has more than 65 elements");
        assertContains(
                transcriptRefusal(transcript(new byte[TrustedSetups.FILE_BYTES])),
                "expected " + TrustedSetups.FILE_SHA256);
    }

    private String transcriptRefusal(String json) throws IOException {
        Files.writeString(directory.resolve("transcript"), json);
        return refusal(directory + "/transcript");
    }

    @Test
    void installsFromFilesAndServersInBothForms() throws IOException {
        assumeTrue(CEREMONY != null, "AUTONOMYS_TRUSTED_SETUP is not set: the ceremony's setup file is needed");
        byte[] setup = Files.readAllBytes(Path.of(CEREMONY));
        Files.write(directory.resolve("binary"), setup);
        Files.writeString(directory.resolve("transcript"), transcript(setup));
        for (String from :
                List.of(directory + "/binary", directory + "/transcript", url("binary"), url("transcript"))) {
            Files.deleteIfExists(target());
            new SetupInstaller(target()).install(from);
            assertArrayEquals(setup, Files.readAllBytes(target()), from);
            // Again, over the first.
            new SetupInstaller(target()).install(from);
            try (Stream<Path> files = Files.list(target().getParent())) {
                assertEquals(List.of(target()), files.toList(), "nothing is left behind");
            }
        }
        assertTrue(
                TrustedSetups.find(new SetupLocations(java.util.Optional.empty(), directory.resolve("none"), target()))
                        .isPresent());
        Kzg kzg = Kzgs.open(TrustedSetups.read(target()));
        TrustedSetups.checkPairings(TrustedSetups.read(target()), kzg);
    }

    /** A transcript with two smaller setups before the one that counts. */
    private static String transcript(byte[] setup) {
        StringBuilder json = new StringBuilder("{\"transcripts\": [");
        for (int count : new int[] {4096, 16384, TrustedSetup.G1_POWERS}) {
            json.append(count == 4096 ? "" : ",")
                    .append("{\"numG1Powers\": ")
                    .append(count)
                    .append(", \"numG2Powers\": 65, \"powersOfTau\": {\"G1Powers\": [");
            appendPowers(json, setup, 0, count, 48);
            json.append("], \"G2Powers\": [");
            appendPowers(json, setup, TrustedSetup.G1_POWERS * 48, TrustedSetup.G2_POWERS, 96);
            json.append("]}, \"witness\": {\"runningProducts\": [\"0x00\"]}}");
        }
        return json.append("], \"participantIds\": []}").toString();
    }

    private static void appendPowers(StringBuilder json, byte[] setup, int offset, int count, int bytes) {
        for (int i = 0; i < count; i++) {
            byte[] point = Arrays.copyOfRange(setup, offset + i * bytes, offset + (i + 1) * bytes);
            json.append(i == 0 ? "" : ",")
                    .append("\"0x")
                    .append(HexFormat.of().formatHex(point))
                    .append('"');
        }
    }

    @Test
    void looksWhereItIsTold() throws IOException {
        Path home = directory.resolve("home");
        SetupLocations standard = SetupLocations.of(Map.of(), home);
        assertEquals(
                List.of(
                        home.resolve(".local/share/autonomys-farmer/eth-public-parameters.bin"),
                        Path.of("/usr/share/autonomys-farmer/eth-public-parameters.bin")),
                standard.files());
        SetupLocations data = SetupLocations.of(Map.of("XDG_DATA_HOME", directory.toString()), home);
        assertEquals(directory.resolve("autonomys-farmer/eth-public-parameters.bin"), data.user());
        assertEquals(standard, SetupLocations.of(Map.of("XDG_DATA_HOME", "relative"), home));
        SetupLocations named = SetupLocations.of(
                Map.of(SetupLocations.VARIABLE, directory.resolve("named").toString()), home);
        assertEquals(List.of(directory.resolve("named")), named.files());
        assertContains(
                assertThrows(IOException.class, () -> TrustedSetups.find(named)).getMessage(),
                directory.resolve("named") + ", which AUTONOMYS_TRUSTED_SETUP names");
        Files.write(directory.resolve("named"), "not it".getBytes(StandardCharsets.UTF_8));
        assertContains(
                assertThrows(IOException.class, () -> TrustedSetups.find(named)).getMessage(),
                "it has 6 bytes, expected 1579104; install it with: autonomys-farmer util trusted-setup install");
        SetupLocations nowhere =
                new SetupLocations(java.util.Optional.empty(), directory.resolve("a"), directory.resolve("b"));
        assertTrue(TrustedSetups.find(nowhere).isEmpty());
    }
}
