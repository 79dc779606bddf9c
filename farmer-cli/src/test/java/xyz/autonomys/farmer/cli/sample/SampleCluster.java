package xyz.autonomys.farmer.cli.sample;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Three node hosts, two plotters, two storage hosts, and the chain, which is nobody's host and has no faults. Everything
 * is started by Supervisor from the deployment files.
 */
public final class SampleCluster implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration HTTP_TIMEOUT = Duration.ofSeconds(5);
    private static final int CHAIN = 1;
    private static final int CHAIN_PORT = 9951;
    private static final int SIDE_PORT = 9970;
    private static final int NODE_HOSTS = 3;
    private static final int PLOTTERS = 2;
    private static final int CHAIN_HEAP = 1200;
    private static final int UTILITY_HEAP = 400;
    private static final int FIRST_NODE = 11;
    private static final int FIRST_PLOTTER = 21;
    private static final int FIRST_STORAGE = 31;

    private final HostNetwork network;
    private final Path root;
    private final SampleSizes sizes;
    private final Program program;
    private final List<SampleHost> hosts = new ArrayList<>();
    private final HttpClient http = HttpClient.newHttpClient();
    private Process chain;

    /** A cluster below a directory, which must be empty; its files are written, nothing runs. */
    public SampleCluster(Path root, SampleSizes sizes) throws IOException, InterruptedException {
        this.network = HostNetwork.here();
        this.root = root;
        this.sizes = sizes;
        this.program = Program.layOut(root.resolve("opt"));
        SampleFiles files = new SampleFiles(network, root, sizes, program);
        for (int i = 1; i <= NODE_HOSTS; i++) {
            int number = FIRST_NODE + i - 1;
            network.add("node-" + i, number);
            add("node-" + i, number, files.node(i, number, network.address(CHAIN) + ":" + (CHAIN_PORT + i - 1)));
        }
        for (int i = 1; i <= PLOTTERS; i++) {
            int number = FIRST_PLOTTER + i - 1;
            network.add("plotter-" + i, number);
            add("plotter-" + i, number, files.plotter(i, number));
        }
        for (int i = 1; i <= SampleSizes.STORAGE_HOSTS; i++) {
            int number = FIRST_STORAGE + i - 1;
            network.add("storage-" + i, number);
            add("storage-" + i, number, files.storage(i, number));
        }
    }

    private void add(String name, int number, SupervisorFile programs) throws IOException {
        hosts.add(new SampleHost(network, name, number, Files.createDirectories(root.resolve(name)), programs));
    }

    /** Starts the chain and waits until it has history. */
    public void startChain() throws IOException, InterruptedException {
        List<String> ports = new ArrayList<>();
        for (int i = 0; i < NODE_HOSTS; i++) {
            ports.add(Integer.toString(CHAIN_PORT + i));
        }
        ProcessBuilder builder = program.process(
                        "autonomys-farmer",
                        CHAIN_HEAP,
                        List.of(
                                "dev-node",
                                "--base-path",
                                root.resolve("chain").toString(),
                                "--listen",
                                network.address(CHAIN),
                                "--port",
                                String.join(",", ports),
                                "--rpc-cors",
                                "all",
                                "--side-port",
                                Integer.toString(SIDE_PORT),
                                "--pieces-in-sector",
                                Integer.toString(sizes.piecesInSector()),
                                "--network-pieces",
                                Long.toString(sizes.networkPieces()),
                                "--votes-per-block",
                                "3",
                                "--block-bytes",
                                Integer.toString(2 << 20),
                                "--slot-time",
                                Integer.toString(sizes.slotMillis())))
                .redirectOutput(root.resolve("chain.log").toFile());
        chain = builder.start();
        await(
                "the chain has history",
                Duration.ofMinutes(10),
                () -> chainState().path("segments").asLong() > 0);
    }

    /** Proxies in front of one program of each plotter, where hosts have their ports to themselves. */
    public List<DamagingProxy> startProxies() throws IOException {
        List<DamagingProxy> proxies = new ArrayList<>();
        for (int i = 1; network.separatePorts() && i <= PLOTTERS; i++) {
            String program = SampleFiles.PROXIED.get(i - 1);
            SampleHost host = hosts("plotter-" + i).getFirst();
            List<String> command = host.command(program);
            int port = Integer.parseInt(command.get(command.indexOf("--listen-port") + 1));
            proxies.add(DamagingProxy.start(
                    program + " of " + host.name(),
                    new InetSocketAddress(network.address(1 + i), port),
                    new InetSocketAddress(network.address(host.number()), port)));
        }
        return proxies;
    }

    /** Starts supervisord on all hosts, which start all programs. */
    public void startHosts() throws IOException, InterruptedException {
        for (SampleHost host : hosts) {
            host.start();
        }
    }

    /** Something that may not be so yet. */
    @FunctionalInterface
    public interface Condition {
        /** Whether it is so. */
        boolean holds() throws IOException, InterruptedException;
    }

    /** Waits for a condition. */
    public static void await(String what, Duration patience, Condition condition)
            throws IOException, InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() - deadline > 0) {
                throw new IOException("waited for " + patience.toSeconds() + " s until " + what);
            }
            Thread.sleep(500);
        }
    }

    /** What the hosts are joined by. */
    public HostNetwork network() {
        return network;
    }

    /** All hosts. */
    public List<SampleHost> hosts() {
        return List.copyOf(hosts);
    }

    /** The hosts whose name begins like this. */
    public List<SampleHost> hosts(String prefix) {
        return hosts.stream().filter(host -> host.name().startsWith(prefix)).toList();
    }

    /** Addresses of the NATS servers. */
    public List<String> natsServers() {
        return hosts("node-").stream()
                .map(host -> "nats://" + network.address(host.number()) + ":4222")
                .toList();
    }

    /** What the chain says of itself; empty while it does not answer. */
    public JsonNode chainState() throws InterruptedException {
        try {
            return JSON.readTree(http.send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + SIDE_PORT + "/state"))
                                    .timeout(HTTP_TIMEOUT)
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body());
        } catch (IOException e) {
            if (chain != null && !chain.isAlive()) {
                throw new IllegalStateException("the chain has ended; see " + root.resolve("chain.log"), e);
            }
            return JSON.createObjectNode();
        }
    }

    /** How often a kind of thing stands in the chain's journal. */
    public long count(String kind) throws InterruptedException {
        return chainState().path("counts").path(kind).asLong();
    }

    /** Runs the program under test with these arguments, and waits for it. */
    Commands.Result farmer(List<String> arguments) throws IOException, InterruptedException {
        return Commands.tryRun(program.process("autonomys-farmer", UTILITY_HEAP, arguments));
    }

    /** Stops all hosts, side by side. */
    public void stopHosts() throws IOException, InterruptedException {
        List<Thread> threads = new ArrayList<>();
        List<Exception> failures = java.util.Collections.synchronizedList(new ArrayList<>());
        for (SampleHost host : hosts) {
            threads.add(Thread.ofVirtual().start(() -> {
                try {
                    host.stop();
                } catch (IOException | InterruptedException e) {
                    failures.add(e);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        if (!failures.isEmpty()) {
            throw new IOException("a host did not stop", failures.getFirst());
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        try {
            stopHosts();
        } finally {
            if (chain != null) {
                chain.destroy();
                if (!chain.waitFor(15, TimeUnit.SECONDS)) {
                    chain.destroyForcibly();
                }
            }
            http.shutdownNow();
        }
    }
}
