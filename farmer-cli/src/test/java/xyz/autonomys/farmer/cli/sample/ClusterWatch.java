package xyz.autonomys.farmer.cli.sample;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import xyz.autonomys.farmer.cluster.control.ControlException;
import xyz.autonomys.farmer.cluster.control.ControlPlane;
import xyz.autonomys.farmer.cluster.control.Member;
import xyz.autonomys.farmer.cluster.control.MemberId;
import xyz.autonomys.farmer.cluster.control.MemberRole;
import xyz.autonomys.farmer.cluster.control.Membership;
import xyz.autonomys.farmer.cluster.control.NatsSettings;
import xyz.autonomys.farmer.cluster.control.PlotProgress;
import xyz.autonomys.farmer.cluster.control.Subjects;

/**
 * Watches a cluster while bad things happen to it: whether each storage host farms, who works at which sector, and what
 * Supervisor had to give up.
 */
final class ClusterWatch implements AutoCloseable {
    private static final Duration LOOK = Duration.ofSeconds(1);

    /** A stop is seen up to this much longer than it is: the time between two looks and that of a look. */
    static final Duration RESOLUTION = Duration.ofSeconds(2);

    private static final Duration ANSWER = Duration.ofMillis(500);
    private static final int PLOT_CLIENT_METRICS = 9140;
    private static final String AUDITS = "subspace_farmer_farm_auditing_time_seconds_count";

    private final SampleCluster cluster;
    private final ControlPlane control;
    private final Membership membership;
    private final ControlPlane.Subscription progress;
    private final Map<String, Worker> workers = new ConcurrentHashMap<>();
    private final List<String> sharedWork = java.util.Collections.synchronizedList(new ArrayList<>());
    private final Map<String, Farming> farming = new LinkedHashMap<>();
    private final Set<String> givenUp = new HashSet<>();
    private final Thread thread;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(ANSWER).build();
    private volatile boolean closing;
    private long lastSlot;
    private long slotAt = System.nanoTime();

    /** Who was last heard of at a sector, and who before. */
    private record Worker(MemberId now, Optional<MemberId> before) {}

    /** How a storage host farms; times are of {@link System#nanoTime}. */
    private static final class Farming {
        private double audited;
        private long since = System.nanoTime();
        private boolean ever;
        private long longestNanos;
        private String longestWhen = "";
    }

    ClusterWatch(SampleCluster cluster) throws ControlException, InterruptedException {
        this.cluster = cluster;
        this.control = ControlPlane.connect(
                NatsSettings.of(cluster.natsServers()), new Subjects(Subjects.DEFAULT_CLUSTER), "watch");
        this.membership = new Membership(control);
        this.progress = control.subscribe(
                control.subjects().allPlotProgress(), PlotProgress.class, (message, plot) -> heard(plot));
        cluster.hosts("storage-").forEach(host -> farming.put(host.name(), new Farming()));
        this.thread = Thread.ofPlatform().daemon().name("watch").start(this::run);
    }

    /** One sector, two plot-servers in turn: both believe that they own it. */
    private void heard(PlotProgress plot) {
        workers.compute(plot.farmId() + "-" + plot.sectorIndex(), (sector, known) -> {
            if (known == null || known.now().equals(plot.server())) {
                return known == null ? new Worker(plot.server(), Optional.empty()) : known;
            }
            if (known.before().equals(Optional.of(plot.server())) && plot.recordsEncoded() > 0) {
                sharedWork.add("sector " + sector + " by " + plot.server() + " and " + known.now());
            }
            return new Worker(plot.server(), Optional.of(known.now()));
        });
    }

    private void run() {
        try {
            while (!closing) {
                look();
                Thread.sleep(LOOK.toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            System.out.println("The watch has ended: " + e.getMessage());
        }
    }

    private void look() throws IOException, InterruptedException {
        long now = System.nanoTime();
        long slot = cluster.chainState().path("slot").asLong();
        if (slot != lastSlot) {
            lastSlot = slot;
            slotAt = now;
        }
        boolean possible = now - slotAt < Duration.ofSeconds(3).toNanos() && canFarm();
        for (SampleHost host : cluster.hosts("storage-")) {
            Farming state = farming.get(host.name());
            double audited = audits(host).orElse(state.audited);
            boolean progressed = audited != state.audited && audited != 0;
            state.audited = audited;
            state.ever |= progressed;
            if (progressed || !possible || host.isCut() || !state.ever) {
                state.since = now;
            } else if (now - state.since > state.longestNanos) {
                state.longestNanos = now - state.since;
                state.longestWhen = java.time.Instant.now().toString();
            }
        }
    }

    /** How many audits the plot-client of a host has made, by its own figures, which need no NATS. */
    private OptionalDouble audits(SampleHost host) throws InterruptedException {
        URI figures = URI.create(
                "http://" + cluster.network().address(host.number()) + ":" + PLOT_CLIENT_METRICS + "/metrics");
        try {
            return OptionalDouble.of(http.send(
                            HttpRequest.newBuilder(figures).timeout(ANSWER).build(),
                            HttpResponse.BodyHandlers.ofLines())
                    .body()
                    .filter(line -> line.startsWith(AUDITS))
                    .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                    .sum());
        } catch (IOException e) {
            return OptionalDouble.empty();
        }
    }

    /** A node, a NATS quorum and a proof server are reachable. */
    private boolean canFarm() {
        int nats = 0;
        boolean node = false;
        boolean proofs = false;
        for (SampleHost host : cluster.hosts("node-")) {
            if (!host.isCut()) {
                nats += host.process("nats-server").isPresent() ? 1 : 0;
                node |= host.process("node").isPresent()
                        && host.process("controller").isPresent();
                proofs |= host.process("proof-server").isPresent();
            }
        }
        return nats >= 2 && node && proofs;
    }

    /** The longest time without farming at any storage host, in seconds, though it was possible. */
    double longestStopSeconds() {
        return farming.values().stream()
                        .mapToLong(state -> state.longestNanos)
                        .max()
                        .orElse(0)
                / 1e9;
    }

    /** When that was. */
    String longestStopWhen() {
        return farming.entrySet().stream()
                .max((a, b) -> Long.compare(a.getValue().longestNanos, b.getValue().longestNanos))
                .map(entry -> entry.getKey() + " until " + entry.getValue().longestWhen)
                .orElse("");
    }

    /** Whether every storage host has farmed. */
    boolean allFarm() {
        return farming.values().stream().allMatch(state -> state.ever);
    }

    /** Sectors at which two plot-servers worked in turn. */
    List<String> sharedWork() {
        return List.copyOf(sharedWork);
    }

    /** A figure of a role's members by their ids. */
    Map<String, String> figures(MemberRole role, String name) {
        Map<String, String> figures = new HashMap<>();
        for (Member member : membership.present(role)) {
            member.details().stream()
                    .filter(detail -> detail.name().equals(name))
                    .findFirst()
                    .ifPresent(detail -> figures.put(member.id().value(), detail.value()));
        }
        return figures;
    }

    /** The members that are present. */
    List<Member> members() {
        return membership.present();
    }

    /** Programs that Supervisor does not run, by host. */
    List<String> notRunning() throws IOException, InterruptedException {
        List<String> programs = new ArrayList<>();
        for (SampleHost host : cluster.hosts()) {
            Map<String, String> states = host.states();
            for (String program : host.programs()) {
                String state = states.getOrDefault(program, "UNKNOWN");
                if (state.equals("FATAL")) {
                    givenUp.add(program + " on " + host.name());
                }
                if (!state.equals("RUNNING")) {
                    programs.add(program + " on " + host.name() + " is " + state);
                }
            }
        }
        return programs;
    }

    /** Programs that Supervisor has given up. */
    Set<String> givenUp() {
        return Set.copyOf(givenUp);
    }

    @Override
    public void close() {
        closing = true;
        thread.interrupt();
        progress.close();
        membership.close();
        control.close();
        http.shutdownNow();
    }
}
