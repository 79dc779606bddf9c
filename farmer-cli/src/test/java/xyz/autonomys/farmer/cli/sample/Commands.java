package xyz.autonomys.farmer.cli.sample;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Short commands of the system. */
final class Commands {
    private static final long PATIENCE_SECONDS = 600;

    /**
     * How a command ended.
     *
     * @param code its exit code
     * @param output what it printed, on either stream
     */
    record Result(int code, String output) {}

    private Commands() {}

    /** Runs a command that must succeed, and returns what it printed. */
    static String run(String... command) throws IOException, InterruptedException {
        Result result = tryRun(command);
        if (result.code() != 0) {
            throw new IOException(
                    String.join(" ", command) + " ended with code " + result.code() + ": " + result.output());
        }
        return result.output();
    }

    /** Runs a command that may fail. */
    static Result tryRun(String... command) throws IOException, InterruptedException {
        return tryRun(List.of(command));
    }

    /** Runs a command that may fail. */
    static Result tryRun(List<String> command) throws IOException, InterruptedException {
        return tryRun(new ProcessBuilder(command).redirectErrorStream(true));
    }

    /** Runs a process that may fail. */
    static Result tryRun(ProcessBuilder builder) throws IOException, InterruptedException {
        Process process = builder.start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException(builder.command() + " did not end within " + PATIENCE_SECONDS + " s");
        }
        return new Result(process.exitValue(), output);
    }
}
