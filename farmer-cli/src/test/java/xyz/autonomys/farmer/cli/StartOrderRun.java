package xyz.autonomys.farmer.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import xyz.autonomys.farmer.cli.sample.SampleAccount;
import xyz.autonomys.farmer.cluster.control.ControlPlane;
import xyz.autonomys.farmer.cluster.control.Member;
import xyz.autonomys.farmer.cluster.control.MemberRole;
import xyz.autonomys.farmer.cluster.control.Membership;
import xyz.autonomys.farmer.cluster.control.NatsSettings;
import xyz.autonomys.farmer.cluster.control.PrivateNatsServer;
import xyz.autonomys.farmer.cluster.control.Subjects;

/**
 * The program of the test of start orders: NATS, chain and all roles are started in random orders with random pauses,
 * each role by its command line on a thread of this process, and every time the cluster must come up and farm. Every
 * other order goes on with the state of the order before; the others begin a new cluster on the old disks.
 *
 * <pre>
 * StartOrderRun DIRECTORY SEED ORDERS
 * </pre>
 */
public final class StartOrderRun {
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final int LONGEST_PAUSE_MILLIS = 1500;
    private static final String NATS = "nats-server";
    private static final int NATS_PORT = 4222;
    private static final int NODE_PORT = 9944;

    private final Path directory;
    private final Random random;
    private final Map<String, Thread> running = new ConcurrentHashMap<>();
    private final Map<String, String> ended = new ConcurrentHashMap<>();
    private PrivateNatsServer nats;

    private StartOrderRun(Path directory, long seed) {
        this.directory = directory;
        this.random = new Random(seed);
    }

    /** Runs; exit code 0 if every order came up. */
    public static void main(String[] args) throws Exception {
        long seed = Long.parseLong(args[1]);
        System.out.println("Seed " + seed);
        StartOrderRun run = new StartOrderRun(Path.of(args[0]), seed);
        int orders = Integer.parseInt(args[2]);
        for (int i = 1; i <= orders; i++) {
            run.order(i);
        }
        System.exit(0);
    }

    private Map<String, List<String>> commands(String cluster) {
        Map<String, List<String>> commands = new LinkedHashMap<>();
        commands.put(
                "dev-node",
                List.of(
                        "dev-node",
                        "--base-path",
                        path("node"),
                        "--port",
                        Integer.toString(NODE_PORT),
                        "--pieces-in-sector",
                        "2",
                        "--network-pieces",
                        "2",
                        "--block-bytes",
                        "65536",
                        "--trusted-setup",
                        "development"));
        role(commands, cluster, "controller", "--base-path", path("controller"));
        role(commands, cluster, "proof-server");
        role(commands, cluster, "sharded-cache", "path=" + path("shard") + ",size=700MiB");
        role(commands, cluster, "full-piece-sharded-cache", "path=" + path("full"));
        role(commands, cluster, "plot-server", "--priority-cache", path("staging"));
        role(
                commands,
                cluster,
                "plot-client",
                "--reward-address",
                SampleAccount.address(),
                "path=" + path("farm") + ",sectors=1");
        return commands;
    }

    private String path(String name) {
        return directory.resolve(name).toString();
    }

    private static void role(Map<String, List<String>> commands, String cluster, String role, String... arguments) {
        List<String> words = new ArrayList<>(List.of(
                "cluster",
                "--nats-server",
                "nats://127.0.0.1:" + NATS_PORT,
                "--cluster-name",
                cluster,
                role,
                "--advertise",
                "127.0.0.1",
                "--trusted-setup",
                "development"));
        words.addAll(List.of(arguments));
        commands.put(role, words);
    }

    private void order(int number) throws Exception {
        String cluster = "order-" + (number + 1) / 2;
        Map<String, List<String>> commands = commands(cluster);
        List<String> order = new ArrayList<>(commands.keySet());
        order.add(NATS);
        Collections.shuffle(order, random);
        System.out.println(Instant.now() + " Order " + number + " of cluster " + cluster + ": " + order);
        long begin = System.nanoTime();
        Instant started = Instant.now();
        for (String what : order) {
            if (what.equals(NATS)) {
                nats = PrivateNatsServer.start(directory.resolve("nats"), NATS_PORT);
            } else {
                start(what, commands.get(what));
            }
            Thread.sleep(random.nextInt(LONGEST_PAUSE_MILLIS));
        }
        try (ControlPlane control = ControlPlane.connect(
                        NatsSettings.of(List.of("nats://127.0.0.1:" + NATS_PORT)), new Subjects(cluster), "watch");
                Membership membership = new Membership(control)) {
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (!isUp(membership)) {
                if (!ended.isEmpty()) {
                    throw new IOException("a role ended in order " + number + ": " + ended);
                }
                if (System.nanoTime() - deadline > 0) {
                    throw new IOException("order " + number + " did not come up within " + PATIENCE.toMinutes()
                            + " minutes; members: " + membership.present());
                }
                Thread.sleep(200);
            }
        }
        System.out.println(started + " up after "
                + Duration.ofNanos(System.nanoTime() - begin).toMillis() + " ms");
        List<String> stopping = new ArrayList<>(running.keySet());
        Collections.shuffle(stopping, random);
        for (String what : stopping) {
            running.get(what).interrupt();
        }
        for (String what : stopping) {
            Thread thread = running.remove(what);
            if (!thread.join(Duration.ofSeconds(60))) {
                throw new IOException(what + " did not stop in order " + number);
            }
        }
        ended.clear();
        nats.close();
    }

    private void start(String what, List<String> words) {
        StringWriter err = new StringWriter();
        running.put(what, Thread.ofPlatform().name(what).start(() -> {
            int code = Main.commandLine(new PrintWriter(new StringWriter()), new PrintWriter(err, true))
                    .execute(ClusterCommand.withoutSeparators(words.toArray(String[]::new)));
            ended.put(what, "code " + code + " " + err);
        }));
    }

    /** Every role is a member, its caches are filled, and the farm is plotted and audited. */
    private static boolean isUp(Membership membership) {
        return figure(membership, MemberRole.PLOT_CLIENT, "slots audited") > 1
                && figure(membership, MemberRole.PLOT_CLIENT, "sectors plotted") == 1
                && isFilled(membership, MemberRole.SHARDED_CACHE)
                && isFilled(membership, MemberRole.FULL_PIECE_CACHE)
                && !membership.present(MemberRole.CONTROLLER).isEmpty()
                && !membership.present(MemberRole.PROOF_SERVER).isEmpty()
                && !membership.present(MemberRole.PLOT_SERVER).isEmpty();
    }

    private static boolean isFilled(Membership membership, MemberRole role) {
        return figure(membership, role, "pieces stored") > 0
                && figure(membership, role, "pieces stored") >= figure(membership, role, "pieces wanted");
    }

    private static long figure(Membership membership, MemberRole role, String name) {
        return membership.present(role).stream()
                .map(Member::details)
                .flatMap(List::stream)
                .filter(detail -> detail.name().equals(name))
                .mapToLong(detail -> Long.parseLong(detail.value()))
                .max()
                .orElse(-1);
    }
}
