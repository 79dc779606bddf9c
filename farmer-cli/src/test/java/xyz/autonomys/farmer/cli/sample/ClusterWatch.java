package xyz.autonomys.farmer.cli.sample;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

    /** Members tell their figures every five seconds, so a stop is seen that much longer than it is. */
    static final Duration RESOLUTION = Duration.ofSeconds(6);

    private static final String AUDITED = "slots audited";

    private final SampleCluster cluster;
    private final ControlPlane control;
    private final Membership membership;
    private final ControlPlane.Subscription progress;
    private final Map<String, Worker> workers = new ConcurrentHashMap<>();
    private final List<String> sharedWork = java.util.Collections.synchronizedList(new ArrayList<>());
    private final Map<String, Farming> farming = new LinkedHashMap<>();
    private final Set<String> givenUp = new HashSet<>();
    private final Thread thread;
    private volatile boolean closing;
    private long lastSlot;
    private long slotAt = System.nanoTime();

    /** Who was last heard of at a sector, and who before. */
    private record Worker(MemberId now, Optional<MemberId> before) {}

    /** How a storage host farms; times are of {@link System#nanoTime}. */
    private static final class Farming {
        private String audited = "";
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
        Map<String, String> figures = new HashMap<>();
        for (Member member : membership.present(MemberRole.PLOT_CLIENT)) {
            member.details().stream()
                    .filter(detail -> detail.name().equals(AUDITED))
                    .findFirst()
                    .ifPresent(detail -> figures.put(addressOf(member), detail.value()));
        }
        for (SampleHost host : cluster.hosts("storage-")) {
            Farming state = farming.get(host.name());
            String audited = figures.getOrDefault(cluster.network().address(host.number()), state.audited);
            boolean progressed = !audited.equals(state.audited) && !audited.equals("0");
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

    private static String addressOf(Member member) {
        return member.dataAddress()
                .substring(0, Math.max(0, member.dataAddress().lastIndexOf(':')));
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
    }
}
