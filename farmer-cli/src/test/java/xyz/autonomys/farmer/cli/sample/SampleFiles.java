package xyz.autonomys.farmer.cli.sample;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import xyz.autonomys.farmer.cluster.control.PrivateNatsServer;

/**
 * The files of {@code deploy/}, adapted to hosts that are directories on this machine: paths get the host's directory in
 * front, sizes become small, one plot-server of four stays, heaps are limited. Addresses change only where there are no
 * namespaces. What a command line does stays as it is.
 */
final class SampleFiles {
    /** The repository's deployment files. */
    static final Path DEPLOY = Path.of("..", "deploy").toAbsolutePath().normalize();

    private static final String LAUNCHER = "/opt/autonomys-farmer/autonomys-farmer";
    private static final Map<String, Integer> HEAPS = Map.of(
            "controller", 300,
            "proof-server", 400,
            "sharded-cache", 300,
            "full-piece-sharded-cache", 300,
            "plot-client", 300,
            "node", 32);

    /** The program of plotter 1 and that of plotter 2 that others reach through a proxy, by its address number 2 or 3. */
    static final List<String> PROXIED = List.of("sharded-cache", "plot-server-0");

    private final HostNetwork network;
    private final Path root;
    private final SampleSizes sizes;
    private final Program program;
    private final boolean bound;

    /**
     * Files below a directory.
     *
     * @param root directory of all hosts
     */
    SampleFiles(HostNetwork network, Path root, SampleSizes sizes, Program program)
            throws IOException, InterruptedException {
        this.network = network;
        this.program = program;
        this.root = root;
        this.sizes = sizes;
        this.bound = canBind();
    }

    private static boolean canBind() throws InterruptedException {
        try {
            return Commands.tryRun("numactl", "--physcpubind=0", "--membind=0", "true")
                            .code()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** Node host 1, 2 or 3, with a process that stands for its chain node. */
    SupervisorFile node(int which, int number, String chainAddress) throws IOException {
        Path host = root.resolve("node-" + which);
        Path nats = Files.createDirectories(host.resolve("etc/nats")).resolve("node-" + which + ".conf");
        Files.writeString(
                nats, adapted(host, number, Files.readString(DEPLOY.resolve("nats/node-" + which + ".conf"))));
        SupervisorFile file = read("node.conf", host, number);
        file = file.with("nats-server", "command", command -> command.replaceFirst(
                        "^nats-server", PrivateNatsServer.executable())
                .replace("node-1.conf", "node-" + which + ".conf"));
        String own = network.separatePorts() ? "127.0.0.1" : network.address(number);
        file = file.with(
                "node",
                "command",
                empty -> program.launcher() + " dev-relay --listen " + own + " --port 9944 --to " + chainAddress);
        Map<String, String> like = file.program("controller");
        for (Map.Entry<String, String> value : like.entrySet()) {
            if (!value.getKey().equals("command")) {
                file = file.with("node", value.getKey(), empty -> value.getValue());
            }
        }
        return file.with("node", "environment", empty -> text(Program.environment(HEAPS.get("node"))));
    }

    /** Plotter host 1 or 2. */
    SupervisorFile plotter(int which, int number) throws IOException {
        SupervisorFile file = read("plotter.conf", root.resolve("plotter-" + which), number);
        for (int gpu = 1; gpu < 4; gpu++) {
            file = file.without("plot-server-" + gpu);
        }
        if (network.separatePorts()) {
            // What others get from this program goes through a proxy that can damage it.
            file = file.with(
                    PROXIED.get(which - 1),
                    "command",
                    command -> command.replace(
                            " --listen-port", " --advertise " + network.address(1 + which) + " --listen-port"));
        }
        return file;
    }

    /** Storage host 1 or 2. */
    SupervisorFile storage(int which, int number) throws IOException {
        return read("storage.conf", root.resolve("storage-" + which), number);
    }

    private SupervisorFile read(String name, Path host, int number) throws IOException {
        SupervisorFile file = SupervisorFile.read(DEPLOY.resolve("supervisor").resolve(name));
        Files.createDirectories(host.resolve("var/lib/autonomys-farmer"));
        Files.createDirectories(host.resolve("var/lib/nats"));
        String logs = host.resolve("log").toString();
        for (String what : file.programs()) {
            Map<String, String> environment = new LinkedHashMap<>(file.environment(what));
            environment.computeIfPresent("HOME", (key, home) -> host + home);
            environment.putAll(Program.environment(HEAPS.getOrDefault(what, 600)));
            file = file.withoutValue(what, "user")
                    .with(what, "directory", directory -> host + directory)
                    .with(what, "stdout_logfile", log -> log.replace("/var/log/autonomys-farmer", logs))
                    .with(what, "command", command -> adapted(host, number, command))
                    .with(what, "environment", ignored -> text(environment));
        }
        return file;
    }

    private static String text(Map<String, String> environment) {
        return environment.entrySet().stream()
                .map(entry -> entry.getKey() + "=\"" + entry.getValue() + "\"")
                .collect(Collectors.joining(","));
    }

    private String adapted(Path host, int number, String text) {
        String adapted = text.replace(LAUNCHER, program.launcher().toString())
                .replaceAll("(?<=[ =\"])/(mnt|var/lib|etc)/", host + "/$1/")
                .replaceAll("sectors=\\d+", "sectors=" + sizes.sectorsOfFarm())
                .replaceAll("size=\\w+", "size=" + sizes.cacheSize())
                .replace("REWARD_ADDRESS", SampleAccount.address())
                .replaceAll(
                        "numactl --physcpubind=\\S+ --membind=\\d",
                        bound ? "numactl --physcpubind=+all --membind=0" : "")
                .strip();
        for (int farm = sizes.farmsOfHost() + 1; farm <= 4; farm++) {
            adapted = adapted.replaceAll(" path=\\S+/farm-" + farm + ",\\S+", "");
        }
        if (!network.separatePorts()) {
            adapted = adapted.replaceAll("(127\\.0\\.0\\.1|0\\.0\\.0\\.0):", network.address(number) + ":")
                    .replaceAll("10\\.0\\.0\\.", "127.0.0.");
            List<String> words = new ArrayList<>(List.of(adapted.split(" ")));
            int port = words.indexOf("--listen-port");
            if (port > 0) {
                words.set(port + 1, Integer.toString(Integer.parseInt(words.get(port + 1)) + 100 * number));
                words.addAll(port, List.of("--advertise", network.address(number)));
                adapted = String.join(" ", words);
            }
        }
        return adapted;
    }
}
