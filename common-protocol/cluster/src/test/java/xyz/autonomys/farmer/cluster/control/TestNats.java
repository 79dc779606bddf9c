package xyz.autonomys.farmer.cluster.control;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A NATS server for the tests of a class; to be registered as a static extension. */
public final class TestNats implements BeforeAllCallback, AfterAllCallback {
    private Path directory;
    private PrivateNatsServer server;

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        directory = Files.createTempDirectory("nats-");
        server = PrivateNatsServer.start(directory, 0);
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        server.close();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    /** Its process stands still until {@link #thaw}: connections stay, but nothing is answered. */
    public void freeze() throws IOException, InterruptedException {
        signal(server, "STOP");
    }

    /** Ends {@link #freeze}. */
    public void thaw() throws IOException, InterruptedException {
        signal(server, "CONT");
    }

    static void signal(PrivateNatsServer server, String name) throws IOException, InterruptedException {
        String pid = Long.toString(server.handle().pid());
        assertEquals(0, new ProcessBuilder("kill", "-" + name, pid).start().waitFor());
    }

    /** Where it is. */
    public String url() {
        return server.url();
    }
}
