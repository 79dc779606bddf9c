package xyz.autonomys.farmer.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import xyz.autonomys.farmer.cluster.data.ClusterCredentials;
import xyz.autonomys.farmer.cluster.data.ClusterId;
import xyz.autonomys.farmer.cluster.data.ClusterSecret;
import xyz.autonomys.farmer.cluster.data.PeerAddress;
import xyz.autonomys.farmer.cluster.data.TransferBenchmark;

/** {@code autonomys-farmer util benchmark data-plane}: pieces from process to process, beside what iperf3 moves. */
@Command(
        name = "data-plane",
        description =
                "Move pieces of 1 MiB with verified checksums over loopback from another process, and, where iperf3"
                        + " is installed, the same number of connections with iperf3 in the same run.",
        mixinStandardHelpOptions = true)
final class DataPlaneBenchmark implements Callable<Integer> {
    private static final Duration WARM_UP = Duration.ofSeconds(15);
    private static final Duration START_TIMEOUT = Duration.ofSeconds(30);
    private static final String IPERF = "iperf3";

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--connections",
            paramLabel = "N",
            description = "TCP connections (default: ${DEFAULT-VALUE}).",
            defaultValue = "2")
    @Range(from = 1, to = 64)
    private int connections;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description = "Seconds to measure, each of both (default: ${DEFAULT-VALUE}).",
            defaultValue = "5")
    @Range(from = 1)
    private int seconds;

    @Option(names = "--tls", description = "Encrypt the connections of the data plane; iperf3's are not.")
    private boolean tls;

    @Option(
            names = "--directory",
            paramLabel = "DIR",
            description = "Where 64 MiB of pieces are put for the time of the run (default: the temporary directory).")
    private Path directory = Path.of(System.getProperty("java.io.tmpdir"));

    @Option(names = "--source", hidden = true, description = "Be the sending process.")
    private boolean source;

    @Override
    public Integer call() throws Exception {
        if (source) {
            return serve();
        }
        PrintWriter out = spec.commandLine().getOut();
        Optional<Peer> peer = iperf();
        TransferBenchmark.Result ours = measure();
        out.printf(
                Locale.ROOT,
                "data plane: %d connections%s, %.2f Gbit/s, receiver %.2f cores, %.2f ns of CPU per KiB%n",
                connections,
                tls ? " with TLS" : "",
                ours.gigabits(),
                ours.receiverCpuSeconds() / ours.seconds(),
                ours.receiverCpuSeconds() * 1e9 / (ours.bytes() / 1024.0));
        if (peer.isEmpty()) {
            out.println("iperf3 is not installed; install it to see the ratio");
            return Main.DONE;
        }
        out.printf(
                Locale.ROOT,
                "iperf3:     %d connections, %.2f Gbit/s, receiver %.2f cores%n",
                connections,
                peer.get().gigabits(),
                peer.get().receiverCores());
        out.printf(
                Locale.ROOT, "ratio:      %.2f%n", ours.gigabits() / peer.get().gigabits());
        return Main.DONE;
    }

    private record Peer(double gigabits, double receiverCores) {}

    /** The sending process: takes the secret from standard input, says its port, ends with its parent. */
    private int serve() throws IOException {
        byte[] secret = new byte[ClusterSecret.SIZE];
        if (System.in.readNBytes(secret, 0, secret.length) != secret.length) {
            throw new IOException("the receiving process has gone");
        }
        try (TransferBenchmark.Source pieces = new TransferBenchmark.Source(credentials(secret), directory)) {
            spec.commandLine().getOut().println(pieces.port());
            spec.commandLine().getOut().flush();
            while (System.in.read() >= 0) {
                // Only the end matters.
            }
        }
        return Main.DONE;
    }

    private ClusterCredentials credentials(byte... secret) {
        return new ClusterCredentials(ClusterId.of(new byte[ClusterId.SIZE]), ClusterSecret.of(secret), tls);
    }

    private TransferBenchmark.Result measure() throws IOException, InterruptedException {
        byte[] secret = new byte[ClusterSecret.SIZE];
        new SecureRandom().nextBytes(secret);
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElse("java"));
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(Main.class.getName());
        command.addAll(List.of("util", "benchmark", "data-plane", "--source", "--directory", directory.toString()));
        Process sender = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (OutputStream toSender = sender.getOutputStream();
                BufferedReader fromSender = sender.inputReader(StandardCharsets.UTF_8)) {
            toSender.write(secret);
            toSender.flush();
            String port = fromSender.readLine();
            if (port == null) {
                throw new IOException(
                        "the sending process did not start; is there room for 64 MiB in " + directory + "?");
            }
            return TransferBenchmark.receive(
                    credentials(secret),
                    new PeerAddress("127.0.0.1", Integer.parseInt(port)),
                    connections,
                    WARM_UP,
                    Duration.ofSeconds(seconds));
        } finally {
            stop(sender);
        }
    }

    /** What iperf3 moves; empty if it is not installed. */
    private Optional<Peer> iperf() throws IOException, InterruptedException {
        int port = freePort();
        Process server;
        try {
            server = new ProcessBuilder(IPERF, "-s", "-1", "-p", Integer.toString(port), "-B", "127.0.0.1")
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            return Optional.empty();
        }
        Path output = Files.createTempFile("iperf3-", ".json");
        try {
            long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
            while (true) {
                Process client = new ProcessBuilder(
                                IPERF,
                                "-c",
                                "127.0.0.1",
                                "-p",
                                Integer.toString(port),
                                "-P",
                                Integer.toString(connections),
                                "-t",
                                Integer.toString(seconds),
                                "-J")
                        .redirectOutput(output.toFile())
                        .start();
                try {
                    if (client.waitFor(seconds + START_TIMEOUT.toSeconds(), TimeUnit.SECONDS)
                            && client.exitValue() == 0) {
                        JsonNode end =
                                new ObjectMapper().readTree(output.toFile()).path("end");
                        return Optional.of(new Peer(
                                end.path("sum_received").path("bits_per_second").asDouble() / 1e9,
                                end.path("cpu_utilization_percent")
                                                .path("remote_total")
                                                .asDouble()
                                        / 100));
                    }
                } finally {
                    stop(client);
                }
                if (System.nanoTime() - deadline > 0) {
                    throw new IOException("iperf3 does not run: " + Files.readString(output));
                }
                Thread.sleep(100);
            }
        } finally {
            stop(server);
            Files.deleteIfExists(output);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void stop(Process process) throws InterruptedException {
        process.destroy();
        if (!process.waitFor(5, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
    }
}
