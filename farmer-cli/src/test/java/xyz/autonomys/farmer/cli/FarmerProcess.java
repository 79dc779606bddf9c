package xyz.autonomys.farmer.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The program under test as a process of its own. */
final class FarmerProcess {
    private FarmerProcess() {}

    /**
     * One that is not started yet.
     *
     * @param heap the most that its heap may have, as {@code -Xmx} takes it
     * @param log what its output is appended to
     */
    static ProcessBuilder of(String heap, Path log, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-Xmx" + heap,
                "-XX:+UseSerialGC",
                "--add-modules",
                "jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(arguments);
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    }

    /** The same, started. */
    static Process start(String heap, Path log, List<String> arguments) throws IOException {
        return of(heap, log, arguments).start();
    }
}
