package xyz.autonomys.farmer.cli.dev;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import xyz.autonomys.farmer.cluster.control.PrivateNatsServer;
import xyz.autonomys.farmer.primitives.PublicKey;
import xyz.autonomys.farmer.primitives.hash.Blake3;
import xyz.autonomys.farmer.primitives.ss58.Ss58;

/** The processes of a development cluster. Closing it stops all of them, in the opposite order. */
public final class DevCluster implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String DESCRIPTION = "dev.json";
    private static final String STOP_WITH_PARENT = "AUTONOMYS_FARMER_STOP_WITH_PARENT";

    private final DevOptions options;
    private final Path logs;
    private final PrivateNatsServer nats;
    private final int nodePort;
    private final int sidePort;
    private final List<ChildProcess> children = new ArrayList<>();

    private DevCluster(DevOptions options) throws IOException, InterruptedException {
        this.options = options;
        Files.createDirectories(options.directory());
        checkDescription(options);
        this.logs = Files.createDirectories(options.directory().resolve("logs"));
        this.nats = PrivateNatsServer.start(options.directory().resolve("nats"), 0);
        this.nodePort = freePort();
        this.sidePort = freePort();
    }

    /**
     * Starts everything. Returns at once; roles wait for each other.
     *
     * @throws IOException if nats-server or a process cannot be started, or the directory belongs to another cluster
     */
    public static DevCluster start(DevOptions options) throws IOException, InterruptedException {
        DevCluster cluster = new DevCluster(options);
        boolean started = false;
        try {
            cluster.startRoles();
            started = true;
            return cluster;
        } finally {
            if (!started) {
                cluster.close();
            }
        }
    }

    /** A kept directory can only go on as what it is. */
    private static void checkDescription(DevOptions options) throws IOException {
        Path file = options.directory().resolve(DESCRIPTION);
        ObjectNode wanted = JSON.createObjectNode();
        wanted.put("piecesInSector", options.piecesInSector());
        wanted.put("sectors", options.sectors());
        wanted.put("trustedSetup", options.trustedSetup());
        if (Files.exists(file)) {
            String found = JSON.readTree(file.toFile()).toString();
            if (!found.equals(wanted.toString())) {
                throw new IOException(options.directory() + " holds a cluster with " + found + ", asked for is "
                        + wanted + "; use another --dir, or the same options");
            }
        } else {
            Files.writeString(file, wanted.toString());
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void startRoles() throws IOException {
        long networkPieces = (long) options.piecesInSector() * options.sectors();
        child(
                "node",
                1600,
                "dev-node",
                "--base-path",
                directory("node"),
                "--port",
                Integer.toString(nodePort),
                "--side-port",
                Integer.toString(sidePort),
                "--pieces-in-sector",
                Integer.toString(options.piecesInSector()),
                "--network-pieces",
                Long.toString(networkPieces),
                "--votes-per-block",
                Integer.toString(DevOptions.VOTES_PER_BLOCK),
                "--block-bytes",
                Integer.toString(DevOptions.BLOCK_BYTES),
                "--slot-time",
                Integer.toString(options.slotMillis()));
        role(
                "controller",
                700,
                "--node-rpc-url",
                "ws://127.0.0.1:" + nodePort,
                "--base-path",
                directory("controller"),
                "--advertise",
                "127.0.0.1");
        role("sharded-cache", 600, "--advertise", "127.0.0.1", "path=" + directory("sharded-cache") + ",size=3GiB");
        role("proof-server", 700, "--advertise", "127.0.0.1");
        role("plot-server", 1500, "--advertise", "127.0.0.1", "--priority-cache", directory("staging"));
        role(
                "plot-client",
                600,
                "--advertise",
                "127.0.0.1",
                "--reward-address",
                rewardAddress(),
                "path=" + directory("farm") + ",sectors=" + options.sectors());
    }

    /** An account nobody owns: its rewards exist on a simulated chain only. */
    private static String rewardAddress() {
        return Ss58.format(
                PublicKey.of(Blake3.hash("autonomys-farmer dev".getBytes(java.nio.charset.StandardCharsets.US_ASCII))
                        .toBytes()),
                Ss58.AUTONOMYS_PREFIX);
    }

    private String directory(String name) {
        return options.directory().resolve(name).toString();
    }

    private void role(String role, int heapMegabytes, String... arguments) throws IOException {
        List<String> all = new ArrayList<>(List.of("cluster", "--nats-server", nats.url(), role));
        all.addAll(List.of(arguments));
        child(role, heapMegabytes, all.toArray(String[]::new));
    }

    private void child(String name, int heapMegabytes, String... arguments) throws IOException {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--trusted-setup");
        all.add(options.trustedSetup());
        if (options.verbose()) {
            all.add("-v");
        }
        children.add(ChildProcess.start(
                name, heapMegabytes, Map.of(STOP_WITH_PARENT, "1"), logs.resolve(name + ".log"), all));
    }

    /** Where NATS is. */
    public String natsUrl() {
        return nats.url();
    }

    /** Where the node's journal is. */
    public String sideUrl() {
        return "http://127.0.0.1:" + sidePort;
    }

    /** Where the logs are. */
    public Path logs() {
        return logs;
    }

    /** How often processes were started again. */
    public int restarts() {
        return children.stream().mapToInt(ChildProcess::restarts).sum();
    }

    /**
     * Fails if a process cannot be kept running.
     *
     * @throws IOException naming it and the last line of its log
     */
    public void check() throws IOException {
        for (ChildProcess child : children) {
            Optional<String> reason = child.hopeless();
            if (reason.isPresent()) {
                throw new IOException(reason.get());
            }
        }
    }

    @Override
    public void close() {
        children.reversed().forEach(ChildProcess::stop);
        children.reversed().forEach(ChildProcess::close);
        nats.close();
    }
}
