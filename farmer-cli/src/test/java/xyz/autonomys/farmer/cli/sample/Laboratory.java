package xyz.autonomys.farmer.cli.sample;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Runs a test program in a process of its own, which may make networks and file systems that nobody else sees: with its
 * own namespaces for the network, mounts and processes where the machine allows it. All processes it starts end with it.
 */
public final class Laboratory {
    /** Set for the program when it has namespaces of its own. */
    static final String SEPARATE = "AUTONOMYS_FARMER_SEPARATE";

    private static final List<String> SEPARATED = List.of(
            "unshare",
            "--net",
            "--mount",
            "--pid",
            "--fork",
            "--kill-child",
            "--mount-proc",
            "--propagation",
            "private");

    private Laboratory() {}

    /**
     * Runs a program and waits for it; its output goes where that of this process goes.
     *
     * @param program class with a main method
     * @param options further options of its JVM
     * @param environment further variables
     * @return its exit code
     */
    public static int run(
            Class<?> program,
            List<String> options,
            Map<String, String> environment,
            List<String> arguments,
            Path directory)
            throws IOException, InterruptedException {
        boolean separate = isAllowed();
        List<String> command = new ArrayList<>();
        if (separate) {
            command.addAll(SEPARATED);
            command.addAll(List.of(
                    "sh",
                    "-c",
                    "mkdir -p /run/netns; mount -t tmpfs none /run/netns; ip link set lo up; exec \"$@\"",
                    "sh"));
        }
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules",
                "jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:+UseSerialGC"));
        command.addAll(options);
        command.addAll(List.of(
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                program.getName()));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(Files.createDirectories(directory)
                        .resolve(program.getSimpleName() + ".log")
                        .toFile());
        builder.environment().putAll(environment);
        if (separate) {
            builder.environment().put(SEPARATE, "1");
        }
        Process process = builder.start();
        Thread stop = new Thread(process::destroy);
        Runtime.getRuntime().addShutdownHook(stop);
        try {
            return process.waitFor();
        } finally {
            process.destroy();
            Runtime.getRuntime().removeShutdownHook(stop);
        }
    }

    private static boolean isAllowed() throws IOException, InterruptedException {
        List<String> probe = new ArrayList<>(SEPARATED);
        probe.addAll(List.of(
                "sh",
                "-c",
                "mkdir -p /run/netns && mount -t tmpfs none /run/netns && ip link add probe type bridge"
                        + " && ip netns add probe && ip netns exec probe unshare --uts true"));
        try {
            return Commands.tryRun(probe).code() == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
