package xyz.autonomys.farmer.cli.dev;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The program of the soak test: a cluster farms at twenty times the real speed, and what each process takes must not grow.
 * Its own JVM needs {@code -XX:NativeMemoryTracking=summary}, which the processes inherit.
 *
 * <pre>
 * SoakRun DIRECTORY MINUTES REPORT
 * </pre>
 */
public final class SoakRun {
    private static final int SLOT_MILLIS = 50;
    private static final Duration START = Duration.ofMinutes(20);
    private static final Duration SAMPLE = Duration.ofSeconds(10);
    private static final Pattern HEAP =
            Pattern.compile("(?:total|def new generation|tenured generation).*used (\\d+)K");
    private static final Pattern DIRECT = Pattern.compile("Other \\(reserved=\\d+KB, committed=(\\d+)KB\\)");

    /** What may be more at the end: a share of it, and some at all. */
    private static final int WINDOWS = 4;

    private static final double GROWTH = 1.10;

    private final List<String> failures = new ArrayList<>();
    private final Map<String, List<Sample>> samples = new LinkedHashMap<>();

    private SoakRun() {}

    /**
     * What a process takes.
     *
     * @param pid the process
     * @param heapKib heap that is used after a collection
     * @param directKib memory outside the heap that buffers take
     * @param files open file handles
     * @param threads threads
     */
    private record Sample(long pid, long heapKib, long directKib, long files, long threads) {}

    /** Runs; exit code 0 if nothing grew. */
    public static void main(String[] args) throws Exception {
        SoakRun run = new SoakRun();
        run.run(Path.of(args[0]), Duration.ofSeconds(Math.round(60 * Double.parseDouble(args[1]))), Path.of(args[2]));
        run.failures.forEach(failure -> System.out.println("FAILED: " + failure));
        System.exit(run.failures.isEmpty() ? 0 : 1);
    }

    private void run(Path directory, Duration length, Path report) throws Exception {
        DevOptions options = new DevOptions(directory, 1, 2, 4, SLOT_MILLIS, "development", false);
        try (DevCluster cluster = DevCluster.start(options);
                DevView view = DevView.of(cluster)) {
            long start = System.nanoTime();
            while (view.now().clientFigure("sectors plotted") < options.sectors()) {
                cluster.check();
                if (System.nanoTime() - start > START.toNanos()) {
                    throw new IOException("the farm was not plotted within " + START.toMinutes() + " minutes");
                }
                Thread.sleep(1000);
            }
            long begin = System.nanoTime();
            long firstSlot = view.now().slot();
            long firstAudits = view.now().clientFigure("slots audited");
            while (System.nanoTime() - begin < length.toNanos()) {
                cluster.check();
                Thread.sleep(SAMPLE.toMillis());
                for (Map.Entry<String, Long> process : cluster.processes().entrySet()) {
                    if (!process.getKey().startsWith("nats")) {
                        samples.computeIfAbsent(process.getKey(), name -> new ArrayList<>())
                                .add(sample(process.getValue()));
                    }
                }
            }
            DevState end = view.now();
            if (cluster.restarts() > 0) {
                failures.add(cluster.restarts() + " processes ended; see " + cluster.logs());
            }
            write(report, length, end.slot() - firstSlot, end.clientFigure("slots audited") - firstAudits, end);
        }
    }

    private static Sample sample(long pid) throws IOException, InterruptedException {
        command("GC.run", pid);
        String heap = command("GC.heap_info", pid);
        String memory = command("VM.native_memory", pid);
        long used = 0;
        for (Matcher matcher = HEAP.matcher(heap); matcher.find(); ) {
            used += Long.parseLong(matcher.group(1));
        }
        Matcher direct = DIRECT.matcher(memory);
        long files;
        try (var open = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            files = open.count();
        }
        long threads = Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                .filter(line -> line.startsWith("Threads:"))
                .mapToLong(line ->
                        Long.parseLong(line.substring("Threads:".length()).strip()))
                .findFirst()
                .orElseThrow();
        return new Sample(pid, used, direct.find() ? Long.parseLong(direct.group(1)) : 0, files, threads);
    }

    private static String command(String name, long pid) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), Long.toString(pid), name)
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output;
    }

    private void write(Path report, Duration length, long slots, long audits, DevState end) throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add(Instant.now().toString().substring(0, 10) + ": " + slots + " slots of " + SLOT_MILLIS + " ms in "
                + length.toSeconds() + " s, " + audits + " of them audited, segments " + end.segments() + ".");
        lines.add("");
        lines.add("| process | heap, MiB | direct memory, MiB | file handles | threads |");
        lines.add("|---|---:|---:|---:|---:|");
        samples.forEach((name, all) -> {
            // The first third warms up: caches fill, pools find their size.
            List<Sample> warm = all.subList(all.size() / 3, all.size());
            long[][] windows = new long[WINDOWS][];
            for (int i = 0; i < WINDOWS; i++) {
                windows[i] = median(warm.subList(i * warm.size() / WINDOWS, (i + 1) * warm.size() / WINDOWS));
            }
            long[] before = windows[0];
            long[] after = windows[WINDOWS - 1];
            lines.add(String.format(
                    "| %s | %d → %d | %d → %d | %d → %d | %d → %d |",
                    name,
                    before[0] >> 10,
                    after[0] >> 10,
                    before[1] >> 10,
                    after[1] >> 10,
                    before[2],
                    after[2],
                    before[3],
                    after[3]));
            flat(name + " heap KiB", windows, 0, 16 << 10);
            flat(name + " direct memory KiB", windows, 1, 16 << 10);
            flat(name + " file handles", windows, 2, 8);
            flat(name + " threads", windows, 3, 8);
        });
        Files.write(report, lines);
        lines.forEach(System.out::println);
    }

    private static long[] median(List<Sample> all) {
        return new long[] {
            middle(all.stream().mapToLong(Sample::heapKib).sorted().toArray()),
            middle(all.stream().mapToLong(Sample::directKib).sorted().toArray()),
            middle(all.stream().mapToLong(Sample::files).sorted().toArray()),
            middle(all.stream().mapToLong(Sample::threads).sorted().toArray())
        };
    }

    private static long middle(long[] sorted) {
        return sorted.length == 0 ? 0 : sorted[sorted.length / 2];
    }

    /** One step is forgiven: what is taken when it is first needed and kept, such as tables for proofs. */
    private void flat(String what, long[][] windows, int figure, long slack) {
        long step = 0;
        for (int i = 1; i < windows.length; i++) {
            step = Math.max(step, windows[i][figure] - windows[i - 1][figure]);
        }
        long before = windows[0][figure];
        long after = windows[windows.length - 1][figure];
        if (after - step > before * GROWTH + slack) {
            failures.add(what + " grew from " + before + " to " + after + ", at most " + step + " of it at once");
        }
    }
}
