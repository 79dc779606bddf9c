package xyz.autonomys.farmer.cli.dev;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.cluster.control.ControlException;
import xyz.autonomys.farmer.cluster.control.ControlPlane;
import xyz.autonomys.farmer.cluster.control.Member;
import xyz.autonomys.farmer.cluster.control.MemberRole;
import xyz.autonomys.farmer.cluster.control.Membership;
import xyz.autonomys.farmer.cluster.control.NatsSettings;
import xyz.autonomys.farmer.cluster.control.PlotProgress;
import xyz.autonomys.farmer.cluster.control.Subjects;

/** Asks the node's journal and the cluster's members how things are. */
public final class DevView implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DevView.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private final HttpClient http = HttpClient.newHttpClient();
    private final String sideUrl;
    private final ControlPlane control;
    private final Membership membership;
    private final ControlPlane.Subscription progress;
    private final Map<String, Seen> sectors = new ConcurrentHashMap<>();

    private record Seen(PlotProgress progress, long at) {}

    private DevView(List<String> natsUrls, String sideUrl) throws ControlException, InterruptedException {
        this.sideUrl = sideUrl;
        this.control = ControlPlane.connect(NatsSettings.of(natsUrls), new Subjects(Subjects.DEFAULT_CLUSTER), "dev");
        this.membership = new Membership(control);
        this.progress = control.subscribe(
                control.subjects().allPlotProgress(),
                PlotProgress.class,
                (message, plot) -> sectors.put(plot.farmId() + plot.sectorIndex(), new Seen(plot, System.nanoTime())));
    }

    /** A view of a cluster. */
    public static DevView of(DevCluster cluster) throws ControlException, InterruptedException {
        return new DevView(cluster.natsUrls(), cluster.sideUrl());
    }

    /** How things are now. */
    public DevState now() throws InterruptedException {
        JsonNode node = nodeState();
        Map<String, Long> counts = new HashMap<>();
        node.path("counts")
                .properties()
                .forEach(entry -> counts.put(entry.getKey(), entry.getValue().asLong()));
        long freshAfter = System.nanoTime() - Duration.ofSeconds(5).toNanos();
        List<PlotProgress> plots = sectors.values().stream()
                .filter(seen -> seen.at() - freshAfter > 0)
                .map(Seen::progress)
                .sorted((a, b) -> Integer.compare(a.sectorIndex(), b.sectorIndex()))
                .toList();
        return new DevState(
                node.path("segments").asLong(),
                node.path("block").asLong(),
                node.path("slot").asLong(),
                counts,
                members(MemberRole.SHARDED_CACHE),
                members(MemberRole.PLOT_CLIENT),
                members(MemberRole.PROOF_SERVER),
                plots,
                waiting());
    }

    /** The figures of all members of a role: sums of numbers, means of means. */
    private Map<String, String> members(MemberRole role) {
        Map<String, List<String>> values = new TreeMap<>();
        membership.present(role).forEach(member -> member.details()
                .forEach(detail -> values.computeIfAbsent(detail.name(), name -> new ArrayList<>())
                        .add(detail.value())));
        Map<String, String> details = new HashMap<>();
        values.forEach((name, all) -> details.put(name, together(name, all)));
        return details;
    }

    private static String together(String name, List<String> values) {
        if (values.size() == 1 || !values.stream().allMatch(value -> value.matches("\\d{1,18}"))) {
            return values.getFirst();
        }
        long sum = values.stream().mapToLong(Long::parseLong).sum();
        return Long.toString(name.startsWith("mean") ? sum / values.size() : sum);
    }

    private Optional<String> waiting() {
        return membership.present().stream()
                .filter(member -> !member.waitingFor().isEmpty() && !member.healthy())
                .map((Member member) -> member.role() + " waits for " + member.waitingFor())
                .findFirst();
    }

    private JsonNode nodeState() throws InterruptedException {
        try {
            return JSON.readTree(http.send(
                            HttpRequest.newBuilder(URI.create(sideUrl + "/state"))
                                    .timeout(TIMEOUT)
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body());
        } catch (IOException e) {
            LOG.debug("The node does not answer: {}", e.getMessage());
            return JSON.createObjectNode();
        }
    }

    @Override
    public void close() {
        progress.close();
        membership.close();
        control.close();
        http.shutdownNow();
    }
}
