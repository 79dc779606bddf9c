package xyz.autonomys.farmer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.ParseResult;
import xyz.autonomys.farmer.cli.sample.SupervisorFile;
import xyz.autonomys.farmer.cluster.control.PrivateNatsServer;

/** The files in {@code deploy/}: each parses, each command line is one, and nothing on a host collides. */
class DeployFilesTest {
    private static final Path DEPLOY = Path.of("..", "deploy");
    private static final Path SUPERVISOR = DEPLOY.resolve("supervisor");
    private static final Path SYSTEMD = DEPLOY.resolve("systemd");
    private static final String LAUNCHER = "/opt/autonomys-farmer/autonomys-farmer";
    private static final List<String> HOSTS = List.of("node.conf", "plotter.conf", "storage.conf");

    @Test
    void everyCommandLineOfSupervisorIsUnderstood() throws IOException {
        Set<String> roles = new TreeSet<>();
        for (String host : HOSTS) {
            SupervisorFile file = SupervisorFile.read(SUPERVISOR.resolve(host));
            for (String program : file.programs()) {
                List<String> command = withoutNumactl(file.command(program));
                if (command.getFirst().equals("nats-server")) {
                    continue;
                }
                assertEquals(LAUNCHER, command.getFirst(), host);
                roles.add(understand(command.subList(1, command.size())));
            }
        }
        assertEquals(everyRole(), roles);
    }

    @Test
    void supervisorNeverGivesUpAndLetsRolesEnd() throws IOException {
        for (String host : HOSTS) {
            SupervisorFile file = SupervisorFile.read(SUPERVISOR.resolve(host));
            for (String program : file.programs()) {
                Map<String, String> values = file.program(program);
                String where = host + " " + program;
                assertEquals("true", values.get("autorestart"), where);
                assertTrue(Integer.parseInt(values.get("startretries")) >= 1_000_000, where);
                assertTrue(Integer.parseInt(values.get("stopwaitsecs")) > 10, where);
                assertEquals("TERM", values.get("stopsignal"), where);
                assertNotNull(values.get("user"), where);
            }
        }
        Map<String, Map<String, String>> main =
                SupervisorFile.read(SUPERVISOR.resolve("supervisord.conf")).sections();
        assertTrue(Integer.parseInt(main.get("supervisord").get("minfds")) >= 65536);
    }

    @Test
    void nothingOnAHostCollides() throws IOException {
        for (String host : HOSTS) {
            SupervisorFile file = SupervisorFile.read(SUPERVISOR.resolve(host));
            Map<String, String> taken = new HashMap<>();
            for (String program : file.programs()) {
                for (String resource : resources(file, program)) {
                    String other = taken.put(resource, program);
                    assertEquals(null, other, host + ": " + program + " and " + other + " share " + resource);
                }
            }
        }
    }

    /** Ports, directories, GPUs, and each core of a range. */
    private static List<String> resources(SupervisorFile file, String program) {
        List<String> resources = new ArrayList<>();
        List<String> words = file.command(program);
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (word.equals("--listen-port")) {
                resources.add("port " + words.get(i + 1));
            } else if (word.equals("--metrics-listen")) {
                resources.add(
                        "port " + words.get(i + 1).substring(words.get(i + 1).lastIndexOf(':') + 1));
            } else if (word.startsWith("path=")) {
                resources.add(DirectoryArgument.parse(word, Set.of("size", "sectors"))
                        .path()
                        .toString());
            } else if (word.equals("--base-path") || word.equals("--config")) {
                resources.add(words.get(i + 1));
            } else if (word.startsWith("/mnt/")) {
                resources.add(word);
            } else if (word.startsWith("--physcpubind=")) {
                String[] range = word.substring(word.indexOf('=') + 1).split("-");
                for (int core = Integer.parseInt(range[0]); core <= Integer.parseInt(range[1]); core++) {
                    resources.add("core " + core);
                }
            }
        }
        if (file.environment(program).containsKey("CUDA_VISIBLE_DEVICES")) {
            resources.add("GPU " + file.environment(program).get("CUDA_VISIBLE_DEVICES"));
        }
        return resources;
    }

    @Test
    void everyCommandLineOfSystemdIsUnderstood() throws IOException {
        Set<String> roles = new TreeSet<>();
        Map<String, String> values = environment(SYSTEMD.resolve("cluster.env"));
        Set<String> used = new HashSet<>();
        try (var units = Files.list(SYSTEMD)) {
            for (Path unit :
                    units.filter(file -> file.toString().endsWith(".service")).toList()) {
                String name = unit.getFileName().toString();
                for (int instance = 0; instance < (name.contains("@") ? 4 : 1); instance++) {
                    Map<String, String> all = new HashMap<>(values);
                    if (name.contains("@")) {
                        all.putAll(environment(SYSTEMD.resolve("plot-server-" + instance + ".env")));
                    }
                    List<String> command =
                            withoutNumactl(expand(value(unit, "ExecStart"), Integer.toString(instance), all, used));
                    if (command.getFirst().endsWith("/nats-server")) {
                        assertEquals(List.of("--config", "/etc/nats/node-1.conf"), command.subList(1, 3));
                        continue;
                    }
                    assertEquals(LAUNCHER, command.getFirst(), name);
                    roles.add(understand(command.subList(1, command.size())));
                }
                assertEquals("always", value(unit, "Restart"), name);
                assertEquals("0", value(unit, "StartLimitIntervalSec"), name);
                assertTrue(Integer.parseInt(value(unit, "TimeoutStopSec")) > 10, name);
            }
        }
        assertEquals(everyRole(), roles);
        assertTrue(used.containsAll(values.keySet()), "used are " + used + " of " + values.keySet());
    }

    @Test
    void systemdAndSupervisorRunTheSame() throws IOException {
        Map<String, String> values = environment(SYSTEMD.resolve("cluster.env"));
        Map<String, List<String>> supervisor = new LinkedHashMap<>();
        for (String host : HOSTS) {
            SupervisorFile file = SupervisorFile.read(SUPERVISOR.resolve(host));
            for (String program : file.programs()) {
                supervisor.put(program, withoutNumactl(file.command(program)));
            }
        }
        for (String role :
                List.of("controller", "proof-server", "sharded-cache", "full-piece-sharded-cache", "plot-client")) {
            Path unit = SYSTEMD.resolve("autonomys-" + role + ".service");
            assertEquals(supervisor.get(role), expand(value(unit, "ExecStart"), "", values, new HashSet<>()), role);
        }
        for (int gpu = 0; gpu < 4; gpu++) {
            Map<String, String> all = new HashMap<>(values);
            all.putAll(environment(SYSTEMD.resolve("plot-server-" + gpu + ".env")));
            Path unit = SYSTEMD.resolve("autonomys-plot-server@.service");
            assertEquals(
                    supervisor.get("plot-server-" + gpu),
                    withoutNumactl(expand(value(unit, "ExecStart"), Integer.toString(gpu), all, new HashSet<>())));
        }
    }

    @Test
    void natsServerAcceptsItsFiles() throws Exception {
        List<String> shapes = new ArrayList<>();
        for (int host = 1; host <= 3; host++) {
            Path file = DEPLOY.resolve("nats").resolve("node-" + host + ".conf");
            Process check = new ProcessBuilder(PrivateNatsServer.executable(), "-t", "--config", file.toString())
                    .redirectErrorStream(true)
                    .start();
            String output = new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(check.waitFor(60, TimeUnit.SECONDS), "the check of " + file + " ends");
            assertEquals(0, check.exitValue(), output);
            String text = Files.readString(file);
            assertTrue(text.contains("server_name: node-" + host + "\n"), file.toString());
            shapes.add(text.replace("node-" + host, "node-N").replace("\"10.0.0.1" + host + "\"", "\"ADDRESS\""));
        }
        assertEquals(1, new HashSet<>(shapes).size(), "the files differ in name and address only");
    }

    /** The role that a command line runs; fails if the program does not take it as it is. */
    private static String understand(List<String> arguments) {
        String[] args = arguments.toArray(String[]::new);
        ParseResult parsed = Main.commandLine(new PrintWriter(new StringWriter()), new PrintWriter(new StringWriter()))
                .parseArgs(ClusterCommand.withoutSeparators(args));
        ClusterCommand cluster =
                (ClusterCommand) parsed.subcommand().commandSpec().userObject();
        cluster.check();
        assertEquals(3, cluster.nats().servers().size(), arguments.toString());
        assertFalse(cluster.nats().servers().toString().contains("127."), arguments.toString());
        for (String word : args) {
            if (word.startsWith("path=")) {
                DirectoryArgument directory = DirectoryArgument.parse(word, Set.of("size", "sectors"));
                directory.size("size");
                directory.number("sectors");
            }
        }
        return parsed.subcommand().subcommand().commandSpec().name();
    }

    private static Set<String> everyRole() {
        return new TreeSet<>(
                new picocli.CommandLine(new ClusterCommand()).getSubcommands().keySet());
    }

    private static List<String> withoutNumactl(List<String> command) {
        if (!command.getFirst().endsWith("numactl")) {
            return command;
        }
        int first = 1;
        while (command.get(first).startsWith("--")) {
            first++;
        }
        return command.subList(first, command.size());
    }

    private static Map<String, String> environment(Path file) throws IOException {
        Map<String, String> values = new LinkedHashMap<>();
        for (String line : Files.readAllLines(file)) {
            if (!line.isBlank() && !line.startsWith("#")) {
                int at = line.indexOf('=');
                assertTrue(at > 0, file + ": " + line);
                values.put(line.substring(0, at), line.substring(at + 1));
            }
        }
        return values;
    }

    private static String value(Path unit, String name) throws IOException {
        return Files.readAllLines(unit).stream()
                .filter(line -> line.startsWith(name + "="))
                .map(line -> line.substring(name.length() + 1))
                .findFirst()
                .orElseThrow(() -> new AssertionError(unit + " has no " + name));
    }

    /** As systemd does it: a braced variable is one word, one without braces as many as it has. */
    private static List<String> expand(String text, String instance, Map<String, String> values, Set<String> used) {
        List<String> words = new ArrayList<>();
        for (String word : text.replace("%i", instance).split(" ")) {
            if (word.matches("\\$[A-Z_]+")) {
                words.addAll(List.of(lookUp(word.substring(1), values, used).split(" ")));
            } else {
                Matcher matcher = Pattern.compile("\\$\\{([A-Z_]+)}").matcher(word);
                words.add(matcher.replaceAll(match -> Matcher.quoteReplacement(lookUp(match.group(1), values, used))));
            }
        }
        return words;
    }

    private static String lookUp(String name, Map<String, String> values, Set<String> used) {
        used.add(name);
        String value = values.get(name);
        assertNotNull(value, "no file sets " + name);
        return value;
    }
}
