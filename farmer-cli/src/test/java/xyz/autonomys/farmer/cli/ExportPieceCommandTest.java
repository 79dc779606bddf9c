package xyz.autonomys.farmer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import xyz.autonomys.farmer.devnode.DevNode;
import xyz.autonomys.farmer.devnode.DevNodeSettings;
import xyz.autonomys.farmer.devnode.chain.ChainSettings;
import xyz.autonomys.farmer.kzg.Kzg;
import xyz.autonomys.farmer.kzg.Kzgs;
import xyz.autonomys.farmer.kzg.TrustedSetup;

/** {@code util export-piece} and {@code util verify-piece} against a simulated node with two segments. */
class ExportPieceCommandTest {
    @TempDir
    static Path directory;

    private static DevNode node;

    @BeforeAll
    static void startNode() throws Exception {
        Kzg kzg = Kzgs.openWithSecret(TrustedSetup.development());
        ChainSettings chain = ChainSettings.development(1000, 1L << 40, 1000);
        node = DevNode.start(
                DevNodeSettings.of(chain, directory.resolve("node")).withSegments(2), kzg, kzg);
    }

    @AfterAll
    static void stopNode() {
        node.close();
    }

    private record Outcome(int code, String output) {}

    private static Outcome run(String... arguments) {
        StringWriter text = new StringWriter();
        PrintWriter out = new PrintWriter(text, true);
        return new Outcome(Main.commandLine(out, out).execute(arguments), text.toString());
    }

    private static Outcome export(Path out, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "util",
                "export-piece",
                "--trusted-setup",
                "development",
                "--node-url",
                node.url(),
                "--out",
                out.toString()));
        arguments.addAll(List.of(more));
        return run(arguments.toArray(String[]::new));
    }

    private static Outcome verify(Path path, String... more) {
        List<String> arguments =
                new ArrayList<>(List.of("util", "verify-piece", "--trusted-setup", "development", "path=" + path));
        arguments.addAll(List.of(more));
        return run(arguments.toArray(String[]::new));
    }

    static String sha256(Path file) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer buffer = ByteBuffer.allocate(1 << 20);
            while (channel.read(buffer.clear()) >= 0) {
                digest.update(buffer.flip());
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    static void flipBit(Path file, long offset) throws Exception {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            channel.read(one, offset);
            one.put(0, (byte) (one.get(0) ^ 4));
            channel.write(one.flip(), offset);
        }
    }

    @Test
    void segmentsAreWrittenOnceVerifiedAndRepaired() throws Exception {
        Path out = directory.resolve("export");
        Path first = out.resolve("segment-00000000.pieces");
        Path second = out.resolve("segment-00000001.pieces");

        Outcome written = export(out);
        assertEquals(0, written.code(), written.output());
        assertTrue(written.output().contains("2 segments written"), written.output());
        FileTime time = Files.getLastModifiedTime(second);
        String bytes = sha256(second);

        Outcome again = export(out);
        assertEquals(0, again.code(), again.output());
        assertTrue(again.output().contains("0 segments written"), again.output());
        assertEquals(time, Files.getLastModifiedTime(second));

        Outcome good = verify(out, "--node-url", node.url());
        assertEquals(0, good.code(), good.output());
        assertTrue(good.output().contains("2 segments verified, all pieces are good"), good.output());

        flipBit(second, Files.size(second) - 100);
        Outcome bad = verify(out);
        assertEquals(1, bad.code(), bad.output());
        assertTrue(bad.output().contains("segment 1: bad pieces 511"), bad.output());

        Files.delete(second);
        Outcome missing = verify(out, "--node-url", node.url());
        assertEquals(1, missing.code(), missing.output());
        assertTrue(missing.output().contains("missing pieces 256-511"), missing.output());

        // Segment 1 alone: it begins with what is left of block 0.
        Outcome repaired = export(out, "--from", "1", "--to", "1");
        assertEquals(0, repaired.code(), repaired.output());
        assertEquals(bytes, sha256(second));
        assertTrue(Files.exists(first));
    }

    @Test
    void whatCannotBeExportedIsNamed() {
        Outcome late = export(directory.resolve("late"), "--to", "7");
        assertEquals(1, late.code());
        assertTrue(late.output().contains("segment 7 cannot be exported yet"), late.output());
        Outcome backwards = export(directory.resolve("late"), "--from", "3", "--to", "1");
        assertEquals(2, backwards.code(), backwards.output());
    }

    @Test
    void aDirectoryOfAnotherChainIsRefused() throws Exception {
        Path other = Files.createDirectories(directory.resolve("other"));
        Files.writeString(other.resolve("genesis-hash"), "ab".repeat(32) + "\n");
        Outcome refused = export(other);
        assertEquals(1, refused.code());
        assertTrue(refused.output().contains("holds pieces of the chain with genesis hash abab"), refused.output());
    }

    @Test
    void aNodeThatIsNotThereIsNamed() {
        Outcome refused = run(
                "util",
                "export-piece",
                "--trusted-setup",
                "development",
                "--node-url",
                "ws://127.0.0.1:1",
                "--patience",
                "0",
                "--out",
                directory.resolve("nothing").toString());
        assertEquals(1, refused.code());
        assertTrue(refused.output().contains("error: node ws://127.0.0.1:1 cannot be reached"), refused.output());
        Outcome wrong = run("util", "export-piece", "--node-url", "http://127.0.0.1:1");
        assertEquals(2, wrong.code());
        assertTrue(wrong.output().contains("ws://HOST:PORT"), wrong.output());
    }
}
