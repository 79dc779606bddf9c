package xyz.autonomys.farmer.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import xyz.autonomys.farmer.cluster.control.CacheMap;
import xyz.autonomys.farmer.cluster.control.CacheMaps;
import xyz.autonomys.farmer.cluster.control.ControlPlane;
import xyz.autonomys.farmer.cluster.control.Membership;
import xyz.autonomys.farmer.cluster.pieces.CacheReinitialization;

/** {@code autonomys-farmer util reinitialization-cache}. */
@Command(
        name = "reinitialization-cache",
        description = "Announce a new cache epoch: every cache computes its share anew and fetches only what it lacks.",
        mixinStandardHelpOptions = true)
final class ReinitializationCacheCommand implements Callable<Integer> {
    private static final Duration REPORT_EVERY = Duration.ofSeconds(2);

    @Spec
    private CommandSpec spec;

    @Mixin
    private NatsOptions nats = new NatsOptions();

    @Mixin
    private LayoutOptions layout = new LayoutOptions();

    @Option(
            names = "--delay",
            paramLabel = "SECONDS",
            defaultValue = "0",
            description = "When the epoch starts, seconds from now (default: ${DEFAULT-VALUE}).")
    @Range(from = 0)
    private int delay;

    @Option(names = "--wait", description = "Show the progress of the move until everything is in its place.")
    private boolean wait;

    @Override
    public Integer call() throws Exception {
        nats.check();
        PrintWriter out = spec.commandLine().getOut();
        try (ControlPlane control = ControlPlane.connect(nats.nats(), nats.subjects(), "util reinitialization-cache");
                Membership membership = new Membership(control);
                CacheMaps maps = new CacheMaps(control, _ -> {})) {
            // Only a member that is heard again is there; its record may be of one that has gone.
            Thread.sleep(Membership.HEARTBEAT.plusSeconds(1).toMillis());
            CacheMap map = CacheReinitialization.announce(
                    maps,
                    membership.presentWithin(Membership.HEARTBEAT.plusMillis(500)),
                    layout::layout,
                    System.currentTimeMillis() + Duration.ofSeconds(delay).toMillis());
            out.printf("Announced %s; it starts in %d s%n", map.describe(), delay);
            out.flush();
            if (wait) {
                follow(out, map, maps, membership);
            }
            return Main.DONE;
        }
    }

    private static void follow(PrintWriter out, CacheMap announced, CacheMaps maps, Membership membership)
            throws InterruptedException {
        Thread.sleep(Math.max(0, announced.startsAtMillis() - System.currentTimeMillis()));
        CacheMap map = announced;
        String last = "";
        while (true) {
            CacheMap newest = maps.newest().orElse(map);
            if (newest.epoch() != map.epoch()) {
                out.printf("Replaced by %s%n", newest.describe());
                map = newest;
            }
            CacheReinitialization.Progress progress = CacheReinitialization.progress(map, membership.present());
            if (!progress.describe().equals(last)) {
                last = progress.describe();
                out.println(last);
                out.flush();
            }
            if (progress.isComplete()) {
                out.println("Everything is where the map puts it");
                return;
            }
            Thread.sleep(REPORT_EVERY.toMillis());
        }
    }
}
