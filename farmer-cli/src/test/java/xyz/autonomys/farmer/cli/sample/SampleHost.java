package xyz.autonomys.farmer.cli.sample;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A host of the sample cluster: its directory, its files, and a supervisord that runs its programs. */
public final class SampleHost {
    private final HostNetwork network;
    private final String name;
    private final int number;
    private final Path root;
    private final SupervisorFile programs;
    private Process supervisord;
    private boolean cut;

    /**
     * A host whose files are written.
     *
     * @param number last byte of its address
     * @param root its directory
     * @param programs what runs on it
     */
    SampleHost(HostNetwork network, String name, int number, Path root, SupervisorFile programs) throws IOException {
        this.network = network;
        this.name = name;
        this.number = number;
        this.root = root;
        this.programs = programs;
        Files.createDirectories(root.resolve("log"));
        SupervisorFile main = SupervisorFile.read(SampleFiles.DEPLOY.resolve("supervisor/supervisord.conf"));
        Map<String, Map<String, String>> sections = new LinkedHashMap<>(main.sections());
        sections.put("unix_http_server", Map.of("file", socket().toString()));
        sections.put(
                "supervisord",
                Map.of(
                        "logfile", root.resolve("log/supervisord.log").toString(),
                        "pidfile", root.resolve("supervisord.pid").toString(),
                        "childlogdir", root.resolve("log").toString(),
                        "minfds", "4096"));
        sections.put("supervisorctl", Map.of("serverurl", "unix://" + socket()));
        sections.put("include", Map.of("files", root.resolve("programs.conf").toString()));
        new SupervisorFile(sections).write(root.resolve("supervisord.conf"));
        programs.write(root.resolve("programs.conf"));
    }

    private Path socket() {
        return root.resolve("s");
    }

    /** Its name. */
    public String name() {
        return name;
    }

    /** Last byte of its address. */
    public int number() {
        return number;
    }

    /** Where its files are. */
    public Path root() {
        return root;
    }

    /** Names of its programs. */
    public List<String> programs() {
        return programs.programs();
    }

    /** Words of a program's command line as it is run. */
    public List<String> command(String program) {
        return programs.command(program);
    }

    /** Where a program's log is. */
    public Path log(String program) {
        return root.resolve("log").resolve(program + ".log");
    }

    /** Starts supervisord, which starts its programs when {@code autostart} says so. */
    public void start() throws IOException, InterruptedException {
        supervisord = new ProcessBuilder(network.on(
                        name,
                        List.of(
                                "supervisord",
                                "-n",
                                "-c",
                                root.resolve("supervisord.conf").toString())))
                .redirectErrorStream(true)
                .redirectOutput(root.resolve("log/supervisord.out").toFile())
                .start();
        supervisord.getOutputStream().close();
        long deadline = System.nanoTime() + 60_000_000_000L;
        while (!Files.exists(socket())) {
            if (!supervisord.isAlive() || System.nanoTime() - deadline > 0) {
                throw new IOException("supervisord of " + name + " did not start; see " + root.resolve("log"));
            }
            Thread.sleep(50);
        }
    }

    /** {@code supervisorctl} with these arguments; what it prints, also when it reports a failure. */
    public String control(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of("supervisorctl", "-c", root.resolve("supervisord.conf").toString()));
        command.addAll(List.of(arguments));
        return Commands.tryRun(command).output();
    }

    /** Supervisor's word for each program: RUNNING, STARTING, BACKOFF, STOPPED, EXITED, FATAL. */
    public Map<String, String> states() throws IOException, InterruptedException {
        Map<String, String> states = new LinkedHashMap<>();
        for (String line : control("status").split("\n")) {
            String[] words = line.strip().split("\\s+");
            if (words.length >= 2 && programs.programs().contains(words[0])) {
                states.put(words[0], words[1]);
            }
        }
        return states;
    }

    /** The process of a program, if it runs now. */
    public Optional<ProcessHandle> process(String program) {
        String mark = mark(program);
        return processes().stream()
                .filter(process -> commandLine(process).contains(mark))
                .findFirst();
    }

    /** What only this program's command line on this host has. */
    private String mark(String program) {
        List<String> words = programs.command(program);
        int cluster = words.indexOf("cluster");
        return cluster < 0 ? words.getLast() : " " + words.get(cluster + 3) + " ";
    }

    private static String commandLine(ProcessHandle process) {
        try {
            return Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"))
                    .replace('\0', ' ');
        } catch (IOException e) {
            return "";
        }
    }

    /** Everything supervisord started. */
    List<ProcessHandle> processes() {
        return supervisord == null
                ? List.of()
                : supervisord
                        .toHandle()
                        .descendants()
                        .filter(ProcessHandle::isAlive)
                        .toList();
    }

    /** Whether nothing gets to it now. */
    public boolean isCut() {
        return cut;
    }

    /** Cuts it off. */
    public void cut() throws IOException, InterruptedException {
        cut = true;
        network.cut(name, processes());
    }

    /** The end of {@link #cut}. */
    public void heal() throws IOException, InterruptedException {
        network.heal(name, processes());
        cut = false;
    }

    /** Stops all programs, then supervisord. */
    public void stop() throws IOException, InterruptedException {
        if (supervisord != null) {
            control("shutdown");
            if (!supervisord.waitFor(60, TimeUnit.SECONDS)) {
                throw new IOException("supervisord of " + name + " did not end within 60 s");
            }
            supervisord = null;
        }
    }

    /** Programs that supervisord had to kill because they did not end in time. */
    public List<String> killed() throws IOException {
        return Files.readAllLines(root.resolve("log/supervisord.log")).stream()
                .filter(line -> line.contains("killing '"))
                .filter(line -> line.contains("SIGKILL"))
                .toList();
    }
}
