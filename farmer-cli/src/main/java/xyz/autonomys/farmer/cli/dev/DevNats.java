package xyz.autonomys.farmer.cli.dev;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import xyz.autonomys.farmer.cluster.control.FreePorts;
import xyz.autonomys.farmer.cluster.control.PrivateNatsServer;

/** NATS servers for this machine only: one, or several that form a cluster. Each is started again when it dies. */
final class DevNats implements AutoCloseable {
    private static final Duration START_TIMEOUT = Duration.ofSeconds(30);
    private static final long POLL_MILLIS = 50;

    private final List<Integer> ports;
    private final List<ChildProcess> servers;

    private DevNats(List<Integer> ports, List<ChildProcess> servers) {
        this.ports = ports;
        this.servers = servers;
    }

    /**
     * Starts the servers and waits until all listen.
     *
     * @param directory where they keep their state
     * @throws IOException if there is no nats-server, or one does not listen within 30 s
     */
    static DevNats start(Path directory, Path logs, int count) throws IOException, InterruptedException {
        List<Integer> ports = FreePorts.find(count);
        List<Integer> routes = FreePorts.find(count);
        DevNats nats = new DevNats(ports, new ArrayList<>());
        boolean started = false;
        try {
            for (int i = 0; i < count; i++) {
                String name = count == 1 ? "nats" : "nats-" + (i + 1);
                Path state = Files.createDirectories(directory.resolve(name));
                Path configuration = state.resolve("nats-server.conf");
                Files.writeString(configuration, configuration(name, state.resolve("jetstream"), i, ports, routes));
                nats.servers.add(
                        ChildProcess.start(name, command(configuration), Map.of(), logs.resolve(name + ".log")));
            }
            nats.awaitAll(logs);
            started = true;
            return nats;
        } finally {
            if (!started) {
                nats.close();
            }
        }
    }

    private static String configuration(String name, Path store, int index, List<Integer> ports, List<Integer> routes) {
        String text = "server_name: " + name + "\nhost: \"127.0.0.1\"\nport: " + ports.get(index)
                + "\nping_interval: \"10s\"\njetstream { store_dir: \"" + store + "\", max_file_store: 1GB }\n";
        if (ports.size() == 1) {
            return text;
        }
        return text + "cluster {\n  name: dev\n  host: \"127.0.0.1\"\n  port: " + routes.get(index) + "\n  routes: ["
                + routes.stream()
                        .map(port -> "\"nats://127.0.0.1:" + port + "\"")
                        .collect(Collectors.joining(", "))
                + "]\n}\n";
    }

    /** A server ends with this process, however that ends, where the system can see to it. */
    private static List<String> command(Path configuration) throws IOException {
        List<String> server = List.of(PrivateNatsServer.executable(), "--config", configuration.toString());
        try {
            new ProcessBuilder(server.getFirst(), "--version")
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            throw new IOException(
                    "nats-server could not be started (" + e.getMessage()
                            + "); install nats-server 2.10 or newer and put it on the PATH, or name it in NATS_SERVER",
                    e);
        }
        List<String> command = new ArrayList<>();
        if (Files.isExecutable(Path.of("/usr/bin/setpriv"))) {
            command.addAll(List.of("/usr/bin/setpriv", "--pdeathsig", "TERM"));
        }
        command.addAll(server);
        return command;
    }

    private void awaitAll(Path logs) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
        for (int i = 0; i < ports.size(); i++) {
            while (!accepts(ports.get(i))) {
                if (System.nanoTime() - deadline > 0) {
                    throw new IOException("the " + servers.get(i).name() + " server did not listen within "
                            + START_TIMEOUT.toSeconds() + " s; its log is in " + logs);
                }
                Thread.sleep(POLL_MILLIS);
            }
        }
    }

    private static boolean accepts(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Addresses for clients. */
    List<String> urls() {
        return ports.stream().map(port -> "nats://127.0.0.1:" + port).toList();
    }

    /** Their processes. */
    List<ChildProcess> servers() {
        return List.copyOf(servers);
    }

    @Override
    public void close() {
        servers.forEach(ChildProcess::stop);
        servers.forEach(ChildProcess::close);
    }
}
