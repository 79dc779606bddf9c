package xyz.autonomys.farmer.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import xyz.autonomys.farmer.archiving.Parallelism;
import xyz.autonomys.farmer.archiving.PieceVerifier;
import xyz.autonomys.farmer.cluster.control.CacheMap;
import xyz.autonomys.farmer.cluster.control.CacheMaps;
import xyz.autonomys.farmer.cluster.control.ChainInfos;
import xyz.autonomys.farmer.cluster.control.Member;
import xyz.autonomys.farmer.cluster.control.MemberId;
import xyz.autonomys.farmer.cluster.control.MemberRole;
import xyz.autonomys.farmer.cluster.control.Membership;
import xyz.autonomys.farmer.cluster.control.Placement;
import xyz.autonomys.farmer.cluster.control.SegmentLedger;
import xyz.autonomys.farmer.cluster.data.PeerHealth;
import xyz.autonomys.farmer.cluster.member.ClusterMember;
import xyz.autonomys.farmer.cluster.member.MemberOptions;
import xyz.autonomys.farmer.cluster.pieces.CacheBenchmark;
import xyz.autonomys.farmer.cluster.pieces.CachePieceGetter;
import xyz.autonomys.farmer.cluster.pieces.CacheStatus;
import xyz.autonomys.farmer.cluster.pieces.LedgerPieceCheck;
import xyz.autonomys.farmer.primitives.FarmerProtocolInfo;

/** {@code autonomys-farmer util sharded-cache-benchmark}. */
@Command(
        name = "sharded-cache-benchmark",
        description = "Download the pieces of some sectors from the sharded caches as plotting would, and measure.",
        mixinStandardHelpOptions = true)
final class ShardedCacheBenchmarkCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private NatsOptions nats = new NatsOptions();

    @Mixin
    private SetupOptions setup = new SetupOptions();

    @Option(
            names = "--sectors",
            paramLabel = "N",
            defaultValue = "1",
            description = "Sectors whose pieces are downloaded (default: ${DEFAULT-VALUE}).")
    @Range(from = 1)
    private int sectors;

    @Option(
            names = "--epoch",
            paramLabel = "N",
            defaultValue = "1",
            description = "How often all of them are downloaded (default: ${DEFAULT-VALUE}).")
    @Range(from = 1)
    private int epochs;

    @Option(
            names = "--cache-item-type",
            paramLabel = "TYPE",
            description = "piece or split-parity-piece (default: that of the cache map).")
    private String itemType;

    @Option(
            names = "--concurrency",
            paramLabel = "N",
            defaultValue = "32",
            description = "Pieces in flight (default: ${DEFAULT-VALUE}).")
    @Range(from = 1, to = 4096)
    private int concurrency;

    @Option(
            names = "--pieces-in-sector",
            paramLabel = "N",
            defaultValue = "0",
            description = "Pieces of a sector (default: as many as the chain allows).")
    @Range(from = 0)
    private int piecesInSector;

    @Override
    public Integer call() throws Exception {
        nats.check();
        MemberOptions options = new MemberOptions(
                MemberRole.PLOT_SERVER,
                MemberId.random(),
                nats.nats(),
                nats.subjects(),
                0,
                Optional.of("127.0.0.1"),
                Version.number());
        try (ClusterMember member = ClusterMember.join(options);
                SegmentLedger ledger = new SegmentLedger(member.control(), _ -> {});
                ChainInfos chain = new ChainInfos(member.control());
                CacheMaps maps = new CacheMaps(member.control(), _ -> {})) {
            CacheMap map = maps.current()
                    .map(Placement::map)
                    .orElseThrow(() -> new IllegalStateException(
                            "the cluster has no cache map yet; start a controller and a sharded cache"));
            Thread.sleep(Membership.HEARTBEAT.plus(Duration.ofSeconds(1)).toMillis());
            return measure(member, ledger, chain.await().protocolInfo(), maps, map);
        }
    }

    private int measure(
            ClusterMember member, SegmentLedger ledger, FarmerProtocolInfo node, CacheMaps maps, CacheMap map)
            throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        String type = itemType == null ? map.itemType() : itemType;
        if (maps.alive().stream()
                .noneMatch(placement -> placement.map().itemType().equals(type))) {
            throw new ParameterException(
                    spec.commandLine(),
                    "the caches hold no " + type + " but " + map.layout() + "; leave --cache-item-type away, or change"
                            + " the layout with util reinitialization-cache --cache-item-type " + type);
        }
        FarmerProtocolInfo protocol = new FarmerProtocolInfo(
                ledger.contiguousSegments(),
                node.maxPiecesInSector(),
                node.recentSegments(),
                node.recentHistoryNumerator(),
                node.recentHistoryDenominator(),
                node.minSectorLifetime());
        int perSector = piecesInSector == 0 ? node.maxPiecesInSector() : piecesInSector;
        List<Long> pieces = CacheBenchmark.piecesOf(sectors, perSector, protocol);
        out.printf(
                "%s; %d sectors, %d pieces of %d segments, %d at a time%n",
                map.describe(), sectors, pieces.size(), protocol.historySize(), concurrency);
        CacheBenchmark benchmark = new CacheBenchmark(CachePieceGetter.fromCachesOnly(member, maps, type), concurrency);
        long misses = 0;
        for (int epoch = 1; epoch <= epochs; epoch++) {
            CacheBenchmark.Round round = benchmark.round(pieces);
            misses += round.misses();
            out.printf("Epoch %d: %s%n", epoch, round.describe());
            out.flush();
        }
        long bad = benchmark.check(
                pieces, new LedgerPieceCheck(new PieceVerifier(setup.open(), Parallelism.allCores()), ledger));
        out.printf("Bad items: %d%n", bad);
        benchmark.reasons().forEach(reason -> out.printf("Missed since %s%n", reason));
        caches(out, member, map);
        return misses == 0 && bad == 0 ? Main.DONE : Main.FAILED;
    }

    private static void caches(PrintWriter out, ClusterMember member, CacheMap map) {
        Map<String, PeerHealth.Snapshot> health = member.client().peerHealth();
        long all = health.values().stream()
                .mapToLong(PeerHealth.Snapshot::bytesReceived)
                .sum();
        for (CacheMap.Holder holder : map.members()) {
            Optional<Member> cache = member.membership().find(holder.id());
            if (cache.isEmpty()) {
                out.printf("Cache %s: not there%n", holder.id());
                continue;
            }
            PeerHealth.Snapshot own = health.get(cache.get().dataAddress());
            out.printf(
                    Locale.ROOT,
                    "Cache %s at %s: %s, %.1f %% of the bytes, health %.2f%s, %s%n",
                    holder.id(),
                    cache.get().dataAddress(),
                    cache.get().healthy() ? "healthy" : "unhealthy",
                    own == null || all == 0 ? 0.0 : 100.0 * own.bytesReceived() / all,
                    own == null ? 1.0 : own.score(),
                    own == null || own.failures().isEmpty() ? "" : ", failures " + own.failures(),
                    CacheStatus.of(cache.get())
                            .map(status -> status.stored() + " of " + status.wanted() + " pieces of its share")
                            .orElse("share unknown"));
        }
    }
}
