package xyz.autonomys.farmer.cli.sample;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import xyz.autonomys.farmer.cluster.control.MemberRole;

/**
 * The program of the fault test: a sample cluster, random faults, and the report.
 *
 * <pre>
 * FaultRun DIRECTORY SEED FAULTS REPORT
 * </pre>
 */
public final class FaultRun {
    private static final Duration START = Duration.ofMinutes(20);
    private static final Duration SETTLE = Duration.ofMinutes(20);
    private static final int HOSTS = 7;
    private static final int SEGMENT_PIECES = 256;

    /** 15 s for hosts that have a processor each; where they have less, a program takes longer to start by as much. */
    private static final double LONGEST_STOP_SECONDS =
            15 * Math.max(1, (double) HOSTS / Runtime.getRuntime().availableProcessors());

    /** Longer on a small machine, on which the programs that start again have to share two or four processors. */
    private static final int LONGEST_PAUSE_MILLIS = Runtime.getRuntime().availableProcessors() < 8 ? 12_000 : 6_000;

    private static final Pattern STORED = Pattern.compile("Sector (\\d+) of farm (\\w+) is stored");
    private static final SampleSizes SIZES = new SampleSizes(2, 12, 2, 1000, "700MiB");

    private final Path directory;
    private final long seed;
    private final int count;
    private final List<String> failures = new ArrayList<>();

    private FaultRun(Path directory, long seed, int count) {
        this.directory = directory;
        this.seed = seed;
        this.count = count;
    }

    /** Runs; exit code 0 if everything held. */
    public static void main(String[] args) throws Exception {
        FaultRun run = new FaultRun(Path.of(args[0]), Long.parseLong(args[1]), Integer.parseInt(args[2]));
        run.run(Path.of(args[3]));
        run.failures.forEach(failure -> System.out.println("FAILED: " + failure));
        System.exit(run.failures.isEmpty() ? 0 : 1);
    }

    private static void say(String text) {
        System.out.println(Instant.now() + " " + text);
    }

    private void run(Path report) throws Exception {
        say("Seed " + seed + ", " + count + " faults, in " + directory);
        try (SampleCluster cluster = new SampleCluster(directory, SIZES)) {
            say("Hosts: " + cluster.network().description());
            List<DamagingProxy> proxies = cluster.startProxies();
            Faults faults = new Faults(cluster, proxies, seed);
            faults.makeSmallDisks();
            cluster.startChain();
            long start = System.nanoTime();
            cluster.startHosts();
            try (ClusterWatch watch = new ClusterWatch(cluster)) {
                SampleCluster.await("both storage hosts farm", START, watch::allFarm);
                SampleCluster.await("the caches have the first segment", START, () -> hasFirstSegment(watch));
                say("Everything farms and caches are filled after " + seconds(start) + " s");
                long begin = System.nanoTime();
                Random pauses = new Random(seed + 1);
                for (int i = 1; i <= count; i++) {
                    say("Fault " + i + ": " + faults.next());
                    Thread.sleep(pauses.nextInt(LONGEST_PAUSE_MILLIS));
                }
                long faultSeconds = seconds(begin);
                say("The faults are over after " + faultSeconds + " s");
                long settleStart = System.nanoTime();
                settle(cluster, watch);
                long settleSeconds = seconds(settleStart);
                Map<String, Long> counts = counts(cluster);
                check(watch, counts);
                cluster.stopHosts();
                Acknowledged acknowledged = checkSectors(cluster);
                checkStops(cluster);
                write(report, cluster, faults, proxies, watch, counts, acknowledged, faultSeconds, settleSeconds);
            }
        }
    }

    private static long seconds(long since) {
        return Duration.ofNanos(System.nanoTime() - since).toSeconds();
    }

    private static boolean hasFirstSegment(ClusterWatch watch) {
        return watch.figures(MemberRole.SHARDED_CACHE, "pieces stored").values().stream()
                                .mapToLong(Long::parseLong)
                                .sum()
                        >= SEGMENT_PIECES
                && watch.figures(MemberRole.FULL_PIECE_CACHE, "pieces stored").values().stream()
                        .allMatch(stored -> Long.parseLong(stored) >= SEGMENT_PIECES);
    }

    /** Without a hand, everything runs again and every sector gets plotted. */
    private void settle(SampleCluster cluster, ClusterWatch watch) throws IOException, InterruptedException {
        try {
            SampleCluster.await(
                    "all programs run", SETTLE, () -> watch.notRunning().isEmpty());
            long wanted = (long) SIZES.farmsOfHost() * SIZES.sectorsOfFarm();
            SampleCluster.await("all sectors are plotted", SETTLE, () -> {
                Map<String, String> plotted = watch.figures(MemberRole.PLOT_CLIENT, "sectors plotted");
                return plotted.size() == SampleSizes.STORAGE_HOSTS
                        && plotted.values().stream().allMatch(value -> Long.parseLong(value) == wanted);
            });
            long accepted = cluster.count("BLOCK") + cluster.count("VOTE");
            SampleCluster.await(
                    "solutions are accepted again",
                    SETTLE,
                    () -> cluster.count("BLOCK") + cluster.count("VOTE") > accepted);
        } catch (IOException e) {
            failures.add(e.getMessage() + "; not running: " + watch.notRunning() + "; plotted: "
                    + watch.figures(MemberRole.PLOT_CLIENT, "sectors plotted"));
        }
        say("Settled");
    }

    private static Map<String, Long> counts(SampleCluster cluster) throws InterruptedException {
        Map<String, Long> counts = new TreeMap<>();
        cluster.chainState()
                .path("counts")
                .properties()
                .forEach(entry -> counts.put(entry.getKey(), entry.getValue().asLong()));
        return counts;
    }

    private void check(ClusterWatch watch, Map<String, Long> counts) {
        for (String never : List.of("EQUIVOCATION", "REWARD_REVOKED", "SOLUTION_INVALID", "SOLUTION_DUPLICATE")) {
            require(counts.getOrDefault(never, 0L) == 0, never + " " + counts.get(never) + " times");
        }
        require(
                watch.longestStopSeconds() <= LONGEST_STOP_SECONDS + ClusterWatch.RESOLUTION.toSeconds(),
                "farming stopped for " + watch.longestStopSeconds() + " s at " + watch.longestStopWhen());
        require(watch.sharedWork().isEmpty(), "two owners: " + watch.sharedWork());
        require(watch.givenUp().isEmpty(), "given up by Supervisor: " + watch.givenUp());
    }

    private void require(boolean holds, String failure) {
        if (!holds) {
            failures.add(failure);
        }
    }

    /**
     * What the plot-clients said they have stored, and what scrub says of it.
     *
     * @param sectors sectors that a log says are stored
     * @param stored times that a log says so, repeated plotting included
     * @param clean farms that scrub finds no fault with
     */
    private record Acknowledged(int sectors, int stored, int clean) {}

    private Acknowledged checkSectors(SampleCluster cluster) throws IOException, InterruptedException {
        Set<String> sectors = new LinkedHashSet<>();
        int stored = 0;
        int clean = 0;
        for (SampleHost host : cluster.hosts("storage-")) {
            for (String line : Files.readAllLines(host.log("plot-client"))) {
                Matcher matcher = STORED.matcher(line);
                if (matcher.find()) {
                    sectors.add(matcher.group(2) + "-" + matcher.group(1));
                    stored++;
                }
            }
            for (int farm = 1; farm <= SIZES.farmsOfHost(); farm++) {
                String path = host.root().resolve("mnt/farm-" + farm).toString();
                Commands.Result scrub = cluster.farmer(List.of("util", "scrub", "--dry-run", path));
                say("Scrub of " + path + ": " + scrub.output().strip());
                require(scrub.code() == 0, "scrub of " + path + " ended with code " + scrub.code());
                clean += scrub.code() == 0 ? 1 : 0;
                Commands.Result info = cluster.farmer(List.of("util", "info", path));
                say(info.output().strip());
            }
        }
        return new Acknowledged(sectors.size(), stored, clean);
    }

    private void checkStops(SampleCluster cluster) throws IOException {
        for (SampleHost host : cluster.hosts()) {
            require(host.killed().isEmpty(), host.name() + ": not ended by SIGTERM in time: " + host.killed());
        }
    }

    private void write(
            Path report,
            SampleCluster cluster,
            Faults faults,
            List<DamagingProxy> proxies,
            ClusterWatch watch,
            Map<String, Long> counts,
            Acknowledged acknowledged,
            long faultSeconds,
            long settleSeconds)
            throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add("Seed " + seed + ", " + Instant.now().toString().substring(0, 10) + "; hosts: "
                + cluster.network().description() + "; " + Runtime.getRuntime().availableProcessors()
                + " processors for all of them.");
        lines.add("");
        lines.add("| what | result |");
        lines.add("|---|---:|");
        lines.add("| faults | " + count + " in " + faultSeconds + " s |");
        faults.done().forEach((kind, times) -> lines.add("| … " + kind.text() + " | " + times + " |"));
        lines.add("| blocks damaged on the way | "
                + proxies.stream().mapToInt(DamagingProxy::damaged).sum() + " |");
        lines.add("| until all programs ran and all sectors were plotted | " + settleSeconds + " s |");
        lines.add("| sectors acknowledged as stored | " + acknowledged.sectors() + " of "
                + SampleSizes.STORAGE_HOSTS * SIZES.farmsOfHost() * SIZES.sectorsOfFarm() + ", stored "
                + acknowledged.stored() + " times with replotting |");
        lines.add("| farms that scrub clean | " + acknowledged.clean() + " of "
                + SampleSizes.STORAGE_HOSTS * SIZES.farmsOfHost() + " |");
        lines.add("| sectors made by two plot-servers in turn | "
                + watch.sharedWork().size() + " |");
        lines.add(String.format(
                "| longest stop of farming while it was possible | %.0f s, seen to %d s; at most %.0f s with so many"
                        + " processors |",
                watch.longestStopSeconds(), ClusterWatch.RESOLUTION.toSeconds(), LONGEST_STOP_SECONDS));
        counts.putIfAbsent("EQUIVOCATION", 0L);
        counts.forEach((kind, times) -> lines.add("| journal: " + kind + " | " + times + " |"));
        lines.add("| programs that Supervisor gave up | " + watch.givenUp().size() + " |");
        lines.add("| failures | " + (failures.isEmpty() ? "none" : String.join("; ", failures)) + " |");
        Files.write(report, lines);
        lines.forEach(System.out::println);
    }
}
