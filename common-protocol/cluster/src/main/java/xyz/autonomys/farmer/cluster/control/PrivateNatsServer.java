package xyz.autonomys.farmer.cluster.control;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A nats-server with JetStream for this machine only, owned by the process that started it. */
public final class PrivateNatsServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PrivateNatsServer.class);
    private static final Duration START_TIMEOUT = Duration.ofSeconds(20);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);
    private static final long POLL_MILLIS = 50;

    private final Process process;
    private final int port;

    private PrivateNatsServer(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** The nats-server to run: the variable {@code NATS_SERVER}, else {@code nats-server} on the PATH. */
    public static String executable() {
        String configured = System.getenv("NATS_SERVER");
        return configured == null || configured.isEmpty() ? "nats-server" : configured;
    }

    /**
     * Starts a server that listens on the loopback address.
     *
     * @param directory where JetStream keeps its state and the server its log
     * @param port TCP port, 0 for any free one
     * @throws IOException if there is no nats-server, or it does not listen within 20 s; the text tells where its log is
     */
    public static PrivateNatsServer start(Path directory, int port) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        Path log = directory.resolve("nats-server.log");
        Path ports = Files.createDirectories(directory.resolve("ports"));
        deletePortFiles(ports);
        List<String> command = List.of(
                executable(),
                "--jetstream",
                "--store_dir",
                directory.resolve("jetstream").toString(),
                "--addr",
                "127.0.0.1",
                "--port",
                Integer.toString(port == 0 ? -1 : port),
                "--ports_file_dir",
                ports.toString());
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
        } catch (IOException e) {
            throw new IOException("nats-server could not be started (" + e.getMessage()
                    + "); install nats-server 2.10 or newer and put it on the PATH, or name it in NATS_SERVER");
        }
        long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
        while (System.nanoTime() - deadline < 0 && process.isAlive()) {
            int actual = port == 0 ? portIn(ports) : port;
            if (actual > 0 && accepts(actual)) {
                return new PrivateNatsServer(process, actual);
            }
            Thread.sleep(POLL_MILLIS);
        }
        process.destroyForcibly();
        throw new IOException(
                "nats-server did not listen within " + START_TIMEOUT.toSeconds() + " s; its log is " + log);
    }

    private static void deletePortFiles(Path ports) throws IOException {
        try (var files = Files.list(ports)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
    }

    /** The port in the file the server wrote, {@code {"nats":["nats://127.0.0.1:PORT"],…}}; 0 if it is not there yet. */
    private static int portIn(Path ports) throws IOException {
        try (var files = Files.list(ports)) {
            for (Path file : files.toList()) {
                var matcher = java.util.regex.Pattern.compile("nats://127\\.0\\.0\\.1:(\\d+)")
                        .matcher(Files.readString(file));
                if (matcher.find()) {
                    return Integer.parseInt(matcher.group(1));
                }
            }
        }
        return 0;
    }

    private static boolean accepts(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Address for clients. */
    public String url() {
        return "nats://127.0.0.1:" + port;
    }

    /** TCP port. */
    public int port() {
        return port;
    }

    /** Its process. */
    public ProcessHandle handle() {
        return process.toHandle();
    }

    /** Kills the server without a chance to finish anything. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("nats-server did not stop within {} s and is killed", STOP_TIMEOUT.toSeconds());
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
