package xyz.autonomys.farmer.cli.sample;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import xyz.autonomys.farmer.cluster.control.ControlPlane;
import xyz.autonomys.farmer.cluster.control.Member;
import xyz.autonomys.farmer.cluster.control.MemberRole;
import xyz.autonomys.farmer.cluster.control.Membership;
import xyz.autonomys.farmer.cluster.control.NatsSettings;
import xyz.autonomys.farmer.cluster.control.PrivateNatsServer;
import xyz.autonomys.farmer.cluster.control.Subjects;

/**
 * The program of the test of the operators' guide: each of its command lines is run by the launcher, with the paths of
 * this machine, and must do what it is for.
 *
 * <pre>
 * GuideRun DIRECTORY
 * </pre>
 */
public final class GuideRun {
    private static final Duration PATIENCE = Duration.ofMinutes(20);
    private static final int STOP_SECONDS = 10;
    private static final int NATS_PORT = 4222;
    private static final int HEAP = 1500;
    private static final String NATS = "nats://127.0.0.1:" + NATS_PORT;

    private final Path directory;
    private final Program program;
    private final List<Role> roles = new ArrayList<>();

    /** A command line that runs until it is stopped. */
    private record Role(String line, Process process, Path log) {}

    private GuideRun(Path directory) throws IOException {
        this.directory = directory;
        this.program = Program.layOut(directory.resolve("opt"));
    }

    /** Runs; exit code 0 if every command line did what it is for. */
    public static void main(String[] args) throws Exception {
        System.out.println("nats-server: "
                + Commands.run(PrivateNatsServer.executable(), "--version").strip());
        GuideRun run = new GuideRun(Path.of(args[0]));
        try (PrivateNatsServer nats = PrivateNatsServer.start(run.directory.resolve("nats"), NATS_PORT)) {
            System.out.println("NATS at " + nats.url());
            run.startRoles();
            run.awaitFarming();
            run.utilities();
            run.stopRoles();
        }
        System.exit(0);
    }

    private static void say(String text) {
        System.out.println(Instant.now() + " " + text);
    }

    private String path(String name) {
        return directory.resolve(name).toString();
    }

    private void startRoles() throws IOException {
        start("dev-node --base-path " + path("node") + " --port 9944 --pieces-in-sector 2 --network-pieces 4"
                + " --block-bytes 65536 --segments 2");
        start("cluster --nats-server " + NATS + " controller --node-rpc-url ws://127.0.0.1:9944 --base-path "
                + path("controller"));
        start("cluster --nats-servers " + NATS + " sharded-cache path=" + path("shard-1") + ",size=400MiB path="
                + path("shard-2") + ",size=400MiB");
        start("cluster --nats-server " + NATS + " --nats-server localhost:" + NATS_PORT
                + " full-piece-sharded-cache path=" + path("full"));
        start("cluster --nats-server " + NATS + ",localhost:" + NATS_PORT + " proof-server");
        start("cluster --nats-server " + NATS + " plot-server --priority-cache --listen-port 30030 " + path("staging"));
        start("cluster --nats-server " + NATS + " plot-client --reward-address " + SampleAccount.address() + " path="
                + path("farm-1") + ",sectors=1 path=" + path("farm-2") + ",sectors=1");
    }

    private void start(String line) throws IOException {
        say("autonomys-farmer " + line);
        Path log = directory.resolve("role-" + roles.size() + ".log");
        Process process = program.process("autonomys-farmer", HEAP, List.of(line.split(" ")))
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        process.getOutputStream().close();
        roles.add(new Role(line, process, log));
    }

    private void awaitFarming() throws Exception {
        try (ControlPlane control = ControlPlane.connect(
                        NatsSettings.of(List.of(NATS)), new Subjects(Subjects.DEFAULT_CLUSTER), "watch");
                Membership membership = new Membership(control)) {
            SampleCluster.await("two farms are plotted, caches are filled and a solution is accepted", PATIENCE, () -> {
                for (Role role : roles) {
                    if (!role.process().isAlive()) {
                        throw new IOException("a role has ended: " + role.line() + "\n" + Files.readString(role.log()));
                    }
                }
                return figure(membership, MemberRole.PLOT_CLIENT, "sectors plotted") == 2
                        && figure(membership, MemberRole.SHARDED_CACHE, "pieces stored") >= 512
                        && figure(membership, MemberRole.FULL_PIECE_CACHE, "pieces stored") >= 512
                        && figure(membership, MemberRole.PLOT_CLIENT, "solutions accepted") > 0;
            });
        }
        say("All roles work");
    }

    private static long figure(Membership membership, MemberRole role, String name) {
        return membership.present(role).stream()
                .map(Member::details)
                .flatMap(List::stream)
                .filter(detail -> detail.name().equals(name))
                .mapToLong(detail -> Long.parseLong(detail.value()))
                .sum();
    }

    private void utilities() throws IOException, InterruptedException {
        utility("util members --nats-servers " + NATS);
        utility("util info " + path("farm-1") + " " + path("farm-2"));
        utility("util reinitialization-cache --nats-servers " + NATS + " --delay 2 --wait");
        utility("util sharded-cache-benchmark --nats-servers " + NATS
                + " --sectors 2 --epoch 2 --cache-item-type piece --concurrency 4");
        utility("util verify-piece --nats-server " + NATS + " --progress-dir " + path("verify"));
        ProcessBuilder export =
                program.process("autonomys-export-piece", HEAP, List.of("--out", path("export"), "--to", "0"));
        export.environment().put("NODE_URL", "ws://127.0.0.1:9944");
        mustEndWell("NODE_URL=ws://127.0.0.1:9944 autonomys-export-piece --out " + path("export"), export);
        utility("util verify-piece path=" + path("export"));
        if (!Files.exists(directory.resolve("export/segment-00000000.pieces"))) {
            throw new IOException("the export has not written segment 0 to " + path("export"));
        }
    }

    private void utility(String line) throws IOException, InterruptedException {
        mustEndWell("autonomys-farmer " + line, program.process("autonomys-farmer", HEAP, List.of(line.split(" "))));
    }

    private static void mustEndWell(String line, ProcessBuilder process) throws IOException, InterruptedException {
        say(line);
        Commands.Result result = Commands.tryRun(process);
        System.out.println(result.output());
        if (result.code() != 0) {
            throw new IOException(line + " ended with code " + result.code());
        }
    }

    private void stopRoles() throws IOException, InterruptedException {
        long start = System.nanoTime();
        roles.reversed().forEach(role -> role.process().destroy());
        for (Role role : roles) {
            long left = TimeUnit.SECONDS.toNanos(STOP_SECONDS) - (System.nanoTime() - start);
            if (!role.process().waitFor(left, TimeUnit.NANOSECONDS)) {
                throw new IOException(role.line() + " did not end within " + STOP_SECONDS + " s of SIGTERM\n"
                        + Files.readString(role.log()));
            }
        }
        for (Role role : roles) {
            String text = Files.readString(role.log());
            if (text.contains("\tat ")) {
                throw new IOException("an operator of " + role.line() + " saw a stack trace:\n" + text);
            }
        }
        say("All roles have ended");
    }
}
