package xyz.autonomys.farmer.cli.dev;

import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process of this program that is started again when it ends by itself. Its output goes to a log file; its standard
 * input is a pipe from us, so that it ends when we do, however we end.
 */
final class ChildProcess implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ChildProcess.class);
    private static final Duration RESTART_PAUSE = Duration.ofSeconds(1);
    private static final Duration SHORT_LIFE = Duration.ofSeconds(20);
    private static final int HOPELESS = 5;
    private static final int SMALL_HEAP = 100;
    private static final Set<Integer> KILLED = Set.of(128 + 9, 128 + 15);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);

    private final String name;
    private final List<String> command;
    private final Map<String, String> environment;
    private final Path log;
    private final Thread keeper;
    private volatile Process process;
    private volatile boolean stopping;
    private volatile int restarts;
    private volatile int shortLives;

    private ChildProcess(String name, List<String> command, Map<String, String> environment, Path log) {
        this.name = name;
        this.command = command;
        this.environment = environment;
        this.log = log;
        this.keeper = Thread.ofPlatform().daemon().name("keep-" + name).unstarted(this::keep);
    }

    /**
     * The command that runs this program with the Java and the options of this process.
     *
     * @param heapMegabytes its largest heap
     * @param arguments of the program
     */
    static List<String> program(int heapMegabytes, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElse("java"));
        for (String option : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (!option.startsWith("-Xm")
                    && !option.matches("-XX:[+-]Use\\w+")
                    && !option.matches("-(agent|java).*:.*")) {
                command.add(option);
            }
        }
        command.add("-Xmx" + heapMegabytes + "m");
        command.add("-XX:+UseSerialGC");
        if (heapMegabytes < SMALL_HEAP) {
            // Nothing that has so little to keep has much to compute.
            command.add("-XX:TieredStopAtLevel=1");
        }
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add("xyz.autonomys.farmer.cli.Main");
        command.addAll(arguments);
        return List.copyOf(command);
    }

    /** Starts a process and keeps it running. */
    static ChildProcess start(String name, List<String> command, Map<String, String> environment, Path log)
            throws IOException {
        ChildProcess child = new ChildProcess(name, List.copyOf(command), Map.copyOf(environment), log);
        child.launch();
        child.keeper.start();
        return child;
    }

    private void launch() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(new File(log.toString())));
        builder.environment().putAll(environment);
        process = builder.start();
    }

    private void keep() {
        try {
            while (!stopping) {
                long start = System.nanoTime();
                int code = process.waitFor();
                if (stopping) {
                    return;
                }
                restarts++;
                // One that somebody kills says nothing about itself.
                boolean failed = !KILLED.contains(code) && System.nanoTime() - start < SHORT_LIFE.toNanos();
                shortLives = failed ? shortLives + 1 : 0;
                Thread.sleep(RESTART_PAUSE.toMillis());
                if (!stopping) {
                    launch();
                    LOG.warn(
                            "The {} ended with code {} and is started again as process {}; its log is {}",
                            name,
                            code,
                            process.pid(),
                            log);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.error("The {} cannot be started again: {}", name, e.getMessage());
        }
    }

    String name() {
        return name;
    }

    /** Its process now. */
    long pid() {
        return process.pid();
    }

    /** How often it was started again. */
    int restarts() {
        return restarts;
    }

    /** Whether it ends again and again right after its start; the last line of its log is the best reason there is. */
    Optional<String> hopeless() throws IOException {
        if (shortLives < HOPELESS) {
            return Optional.empty();
        }
        List<String> lines = Files.readAllLines(log);
        return Optional.of("the " + name + " ends again and again: " + (lines.isEmpty() ? "" : lines.getLast())
                + "; its log is " + log);
    }

    /** Tells it to stop, without waiting. */
    void stop() {
        stopping = true;
        keeper.interrupt();
        process.destroy();
    }

    /** Stops it and waits until it is gone. */
    @Override
    public void close() {
        stop();
        try {
            if (!process.waitFor(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("The {} did not stop within {} s and is killed", name, STOP_TIMEOUT.toSeconds());
                process.destroyForcibly().waitFor(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
