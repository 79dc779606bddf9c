package xyz.autonomys.farmer.cli.dev;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import xyz.autonomys.farmer.cluster.control.FreePorts;
import xyz.autonomys.farmer.primitives.PublicKey;
import xyz.autonomys.farmer.primitives.hash.Blake3;
import xyz.autonomys.farmer.primitives.ss58.Ss58;

/** The processes of a development cluster. Closing it stops all of them, in the opposite order. */
public final class DevCluster implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String DESCRIPTION = "dev.json";
    private static final String STOP_WITH_PARENT = "AUTONOMYS_FARMER_STOP_WITH_PARENT";
    private static final int CHAIN_HEAP = 1600;
    private static final int RELAY_HEAP = 48;

    private final DevOptions options;
    private final Path logs;
    private final DevNats nats;
    private final int sidePort;
    private final List<Integer> chainPorts;
    private final List<Integer> relayPorts;
    private final List<ChildProcess> children = new ArrayList<>();

    private DevCluster(DevOptions options) throws IOException, InterruptedException {
        this.options = options;
        Files.createDirectories(options.directory());
        checkDescription(options);
        this.logs = Files.createDirectories(options.directory().resolve("logs"));
        this.nats = DevNats.start(options.directory(), logs, options.hosts());
        List<Integer> ports = FreePorts.find(2 * options.hosts() + 1);
        this.sidePort = ports.getFirst();
        this.chainPorts = ports.subList(1, options.hosts() + 1);
        this.relayPorts = ports.subList(options.hosts() + 1, ports.size());
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
        wanted.put("hosts", options.hosts());
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

    private void startRoles() throws IOException {
        boolean sample = options.hosts() > 1;
        long networkPieces = (long) options.piecesInSector() * options.sectors();
        List<String> chain = new ArrayList<>(List.of(
                "dev-node",
                "--base-path",
                directory("node"),
                "--port",
                chainPorts.stream().map(String::valueOf).collect(Collectors.joining(",")),
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
                Integer.toString(options.slotMillis()),
                "--trusted-setup",
                options.trustedSetup()));
        if (sample) {
            chain.addAll(List.of("--rpc-cors", "all"));
        }
        child(sample ? "chain" : "node", CHAIN_HEAP, chain);
        for (int host = 1; host <= options.hosts(); host++) {
            startNodeHost(sample ? "-" + host : "", host);
        }
        int others = sample ? 2 : 1;
        for (int host = 1; host <= others; host++) {
            startPlotter(sample ? "-" + host : "");
        }
        for (int host = 1; host <= others; host++) {
            startStorage(sample ? "-" + host : "", share(options.sectors(), others, host));
        }
    }

    /** A node with its controller and its proof-server; in the sample cluster its process only stands for the chain's. */
    private void startNodeHost(String suffix, int host) throws IOException {
        int port = chainPorts.get(host - 1);
        if (options.hosts() > 1) {
            int relayPort = relayPorts.get(host - 1);
            child(
                    "node" + suffix,
                    RELAY_HEAP,
                    List.of("dev-relay", "--port", Integer.toString(relayPort), "--to", "127.0.0.1:" + port));
            port = relayPort;
        }
        role(
                "controller",
                suffix,
                700,
                "--node-rpc-url",
                "ws://127.0.0.1:" + port,
                "--base-path",
                directory("controller" + suffix));
        role("proof-server", suffix, 700);
    }

    /** A plot-server and caches; one cache is enough on a single host. */
    private void startPlotter(String suffix) throws IOException {
        role("sharded-cache", suffix, 600, "path=" + directory("sharded-cache" + suffix) + ",size=3GiB");
        if (options.hosts() > 1) {
            role("full-piece-sharded-cache", suffix, 600, "path=" + directory("full-piece-cache" + suffix));
        }
        role("plot-server", suffix, 1500, "--priority-cache", directory("staging" + suffix));
    }

    private void startStorage(String suffix, int sectors) throws IOException {
        role(
                "plot-client",
                suffix,
                600,
                "--reward-address",
                rewardAddress(),
                "path=" + directory("farm" + suffix) + ",sectors=" + sectors);
    }

    /** The part of {@code all} that falls to number {@code which}, counted from 1, of {@code among}. */
    private static int share(int all, int among, int which) {
        return all / among + (which <= all % among ? 1 : 0);
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

    private void role(String role, String suffix, int heapMegabytes, String... arguments) throws IOException {
        List<String> all = new ArrayList<>(
                List.of("cluster", "--nats-server", String.join(",", nats.urls()), role, "--advertise", "127.0.0.1"));
        all.addAll(List.of(arguments));
        all.addAll(List.of("--trusted-setup", options.trustedSetup()));
        child(role + suffix, heapMegabytes, all);
    }

    private void child(String name, int heapMegabytes, List<String> arguments) throws IOException {
        List<String> all = new ArrayList<>(arguments);
        if (options.verbose()) {
            all.add("-v");
        }
        children.add(ChildProcess.start(
                name,
                ChildProcess.program(heapMegabytes, all),
                Map.of(STOP_WITH_PARENT, "1"),
                logs.resolve(name + ".log")));
    }

    /** Where NATS is. */
    public List<String> natsUrls() {
        return nats.urls();
    }

    /** Every process by its name: its process id now. */
    public Map<String, Long> processes() {
        Map<String, Long> processes = new LinkedHashMap<>();
        nats.servers().forEach(server -> processes.put(server.name(), server.pid()));
        children.forEach(child -> processes.put(child.name(), child.pid()));
        return processes;
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
        return Stream.concat(nats.servers().stream(), children.stream())
                .mapToInt(ChildProcess::restarts)
                .sum();
    }

    /**
     * Fails if a process cannot be kept running.
     *
     * @throws IOException naming it and the last line of its log
     */
    public void check() throws IOException {
        for (ChildProcess child :
                Stream.concat(nats.servers().stream(), children.stream()).toList()) {
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
