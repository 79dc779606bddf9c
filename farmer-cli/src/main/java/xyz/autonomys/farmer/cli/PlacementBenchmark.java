package xyz.autonomys.farmer.cli;

import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import xyz.autonomys.farmer.cluster.control.CacheLayout;
import xyz.autonomys.farmer.cluster.control.CacheMap;
import xyz.autonomys.farmer.cluster.control.MemberId;
import xyz.autonomys.farmer.cluster.control.Placement;

/** {@code autonomys-farmer util benchmark placement}: where pieces lie, and what a cache holds, on one core. */
@Command(
        name = "placement",
        description = "Place pieces on caches, and compute one cache's share of history, on one core.",
        mixinStandardHelpOptions = true)
final class PlacementBenchmark implements Runnable {
    private static final int WARM_UP = 200_000;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--caches",
            paramLabel = "N",
            defaultValue = "100",
            description = "Caches of the map (default: ${DEFAULT-VALUE}).")
    @Range(from = 1, to = CacheMap.MAX_MEMBERS)
    private int caches;

    @Option(
            names = "--items",
            paramLabel = "N",
            defaultValue = "10000000",
            description = "Pieces of history (default: ${DEFAULT-VALUE}).")
    @Range(from = 1)
    private int items;

    @Override
    public void run() {
        measure(CacheLayout.pieces(1));
        measure(CacheLayout.splitParity(CacheLayout.DEFAULT_DATA_FRAGMENTS, CacheLayout.DEFAULT_PARITY_FRAGMENTS));
    }

    private void measure(CacheLayout layout) {
        Map<MemberId, Long> weights = new HashMap<>();
        for (int i = 0; i < caches; i++) {
            weights.put(new MemberId(String.format("%016x", 0x9E3779B97F4A7C15L * (i + 1))), (1L << 40) + i);
        }
        CacheMap map = CacheMap.after(Optional.empty(), layout, weights, 0);
        Placement before = new Placement(map);
        MemberId added = new MemberId("0123456789abcdef");
        weights.put(added, 1L << 40);
        Placement after = new Placement(CacheMap.after(Optional.of(map), layout, weights, 0));
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long held = 0;
        for (int piece = 0; piece < WARM_UP; piece++) {
            held += before.shares(piece).size();
            held += before.isHolder(0, piece) ? 1 : 0;
        }
        int some = Math.max(1, items / 10);
        long start = threads.getCurrentThreadCpuTime();
        for (int piece = 0; piece < some; piece++) {
            held += before.shares(piece).size();
        }
        long placed = threads.getCurrentThreadCpuTime() - start;
        start = threads.getCurrentThreadCpuTime();
        int own = after.position(added);
        long moved = 0;
        for (int piece = 0; piece < items; piece++) {
            moved += after.isHolder(own, piece) ? 1 : 0;
        }
        long share = threads.getCurrentThreadCpuTime() - start;
        if (held == 0) {
            throw new IllegalStateException("nothing was placed");
        }
        PrintWriter out = spec.commandLine().getOut();
        out.printf(
                Locale.ROOT,
                "%d caches, %s: one piece placed in %.3f µs; the share of one cache of %d pieces in %.2f s; one cache"
                        + " more moves %.4f of the data, 1/(n+1) is %.4f%n",
                caches,
                layout,
                placed / 1e3 / some,
                items,
                share / 1e9,
                moved / (double) items / layout.copies(),
                1.0 / (caches + 1));
    }
}
