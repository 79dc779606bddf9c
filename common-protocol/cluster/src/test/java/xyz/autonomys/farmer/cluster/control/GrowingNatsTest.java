package xyz.autonomys.farmer.cluster.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nats.client.JetStreamApiException;
import io.nats.client.api.Replica;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.FarmerProtocolInfo;
import xyz.autonomys.farmer.primitives.PublicKey;

/** From one NATS server to a cluster of three, with real servers. */
class GrowingNatsTest {
    private static final Logger LOG = LoggerFactory.getLogger(GrowingNatsTest.class);
    private static final long PATIENCE_SECONDS = 300;
    private static final Subjects SUBJECTS = new Subjects("growing");

    @TempDir
    private Path directory;

    private final List<Process> servers = new ArrayList<>();

    @AfterEach
    void stop() throws InterruptedException {
        for (Process server : servers) {
            server.destroyForcibly().waitFor();
        }
    }

    private Path store(int number) {
        return directory.resolve("store-" + number);
    }

    private Process server(int number, int port, String cluster) throws IOException {
        Path configuration = directory.resolve("nats-" + number + ".conf");
        Files.writeString(
                configuration,
                "server_name: nats-" + number + "\nhost: \"127.0.0.1\"\nport: " + port + "\njetstream { store_dir: \""
                        + store(number) + "\" }\n" + cluster);
        Process server = new ProcessBuilder(PrivateNatsServer.executable(), "--config", configuration.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("nats-" + number + ".log").toFile()))
                .start();
        servers.add(server);
        return server;
    }

    /** Three servers as deploy/nats has them. */
    private List<String> cluster(List<Integer> ports) throws IOException {
        List<Integer> routes = FreePorts.find(ports.size());
        String known = routes.stream()
                .map(route -> "\"nats://127.0.0.1:" + route + "\"")
                .collect(Collectors.joining(", "));
        for (int i = 0; i < ports.size(); i++) {
            server(
                    i + 1,
                    ports.get(i),
                    "cluster { name: growing, host: \"127.0.0.1\", port: " + routes.get(i) + ", routes: [" + known
                            + "] }\n");
        }
        return ports.stream().map(port -> "nats://127.0.0.1:" + port).toList();
    }

    private static ControlPlane connect(List<String> urls) throws Exception {
        return ControlPlane.connect(NatsSettings.of(urls), SUBJECTS, "test");
    }

    private static void eventually(String what, Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (true) {
            try {
                if (condition.call()) {
                    return;
                }
            } catch (ControlException | IOException | JetStreamApiException e) {
                // A stream without a leader does not answer for a moment.
                LOG.info("Trying again: {}", e.getMessage());
            }
            assertTrue(System.nanoTime() - deadline < 0, what + " did not happen in " + PATIENCE_SECONDS + " s");
            Thread.sleep(100);
        }
    }

    private static PlotTask task(int sector) {
        return new PlotTask(
                new MemberId("0000000000000001"),
                "01M88EBPR2WKMCEW3ZYQTRA0GK",
                PublicKey.fromHex("4a".repeat(32)),
                sector,
                0,
                2,
                new FarmerProtocolInfo(1, 1000, 5, 1, 10, 4));
    }

    /** Copies of each stream that are there and have everything. */
    private static TreeMap<String, Integer> copies(ControlPlane plane) throws Exception {
        TreeMap<String, Integer> copies = new TreeMap<>();
        for (String name : plane.streamNames()) {
            var info = plane.jetStreamManagement().getStreamInfo(name);
            assertEquals(3, info.getConfiguration().getReplicas(), name);
            List<Replica> others = info.getClusterInfo().getReplicas();
            copies.put(
                    name,
                    others == null
                            ? 1
                            : 1
                                    + (int) others.stream()
                                            .filter(replica -> replica.isCurrent() && !replica.isOffline())
                                            .count());
        }
        return copies;
    }

    @Test
    void whatOneServerHadIsInAllThreeAfterwards() throws Exception {
        List<Integer> ports = FreePorts.find(3);
        Process alone = server(1, ports.getFirst(), "");
        Path backup = directory.resolve("backup");
        ClusterIdentity identity;
        List<StreamBackup.Copied> saved;
        try (ControlPlane plane = connect(List.of("nats://127.0.0.1:" + ports.getFirst()));
                ClusterIdentities identities = new ClusterIdentities(plane)) {
            identity = identities.establish(Blake3Hash.fromHex("12".repeat(32)));
            PlottingQueue queue = new PlottingQueue(plane);
            for (int sector = 0; sector < 100; sector++) {
                queue.post(task(sector));
            }
            assertEquals(List.of(), new StreamReplicas(plane).raise(), "one server keeps one copy");
            saved = new StreamBackup(plane).save(backup);
            assertTrue(saved.contains(new StreamBackup.Copied(SUBJECTS.plotTaskStream(), 100)), saved.toString());
            IOException refused = assertThrows(IOException.class, () -> new StreamBackup(plane).save(backup));
            assertTrue(refused.getMessage().contains("not empty"), refused.getMessage());
        }
        alone.destroy();
        alone.waitFor();
        Files.move(store(1), directory.resolve("store-before"));
        List<String> urls = cluster(ports);
        try (ControlPlane plane = connect(urls)) {
            assertEquals(saved, new StreamBackup(plane).restore(backup));
            ControlException refused =
                    assertThrows(ControlException.class, () -> new StreamBackup(plane).restore(backup));
            assertTrue(refused.getMessage().contains("already"), refused.getMessage());
            StreamReplicas replicas = new StreamReplicas(plane);
            List<String> raised = new ArrayList<>();
            eventually("copies of all streams asked for", () -> {
                raised.addAll(replicas.raise());
                return raised.size() == saved.size();
            });
            eventually("three copies of all streams", () -> copies(plane).values().stream()
                    .allMatch(copies -> copies == 3));
            assertEquals(List.of(), replicas.raise(), "raised once");
        }
        // Any one server may go now, the first one too, and everything is still there.
        servers.get(1).destroyForcibly().waitFor();
        try (ControlPlane plane = connect(urls);
                ClusterIdentities identities = new ClusterIdentities(plane)) {
            assertEquals(identity, identities.await());
            eventually("the tasks", () -> {
                PlottingQueue queue = new PlottingQueue(plane);
                for (int sector = 0; sector < 100; sector++) {
                    assertTrue(queue.has(task(sector).taskId()));
                }
                return true;
            });
            eventually("the first task", () -> new PlottingQueue(plane)
                    .puller(new MemberId("0000000000000002"))
                    .next(Duration.ofSeconds(5))
                    .map(pulled -> pulled.task().taskId())
                    .equals(Optional.of(task(0).taskId())));
        }
        backToOneServer(identity, urls);
    }

    @Test
    void aStreamWhoseRestoringStandsStillIsRestoredAnew() throws Exception {
        int before = FreePorts.find(1).getFirst();
        server(1, before, "");
        Path backup = directory.resolve("backup");
        List<StreamBackup.Copied> saved;
        try (ControlPlane plane = connect(List.of("nats://127.0.0.1:" + before))) {
            new PlottingQueue(plane).post(task(0));
            saved = new StreamBackup(plane).save(backup);
        }
        int after = FreePorts.find(1).getFirst();
        server(2, after, "");
        try (LossyNats relay = new LossyNats(after, "$JS.SNAPSHOT.RESTORE.");
                ControlPlane plane = connect(List.of("nats://127.0.0.1:" + relay.port()))) {
            // The server gives a restoring up when nothing of it has come for 5 s.
            assertEquals(saved, new StreamBackup(plane, Duration.ofSeconds(7)).restore(backup));
            assertTrue(relay.hasLost(), "nothing was lost");
            assertTrue(new PlottingQueue(plane).has(task(0).taskId()));
        }
    }

    private void backToOneServer(ClusterIdentity identity, List<String> urls) throws Exception {
        Path backup = directory.resolve("backup-of-three");
        List<StreamBackup.Copied> saved;
        try (ControlPlane plane = connect(urls)) {
            saved = new StreamBackup(plane).save(backup);
        }
        int port = FreePorts.find(1).getFirst();
        server(4, port, "");
        try (ControlPlane plane = connect(List.of("nats://127.0.0.1:" + port))) {
            assertEquals(saved, new StreamBackup(plane).restore(backup));
            try (ClusterIdentities identities = new ClusterIdentities(plane)) {
                assertEquals(identity, identities.await());
            }
        }
    }
}
