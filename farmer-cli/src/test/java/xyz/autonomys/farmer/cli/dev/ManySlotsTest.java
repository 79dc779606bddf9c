package xyz.autonomys.farmer.cli.dev;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.cluster.control.CacheLayout;
import xyz.autonomys.farmer.cluster.control.MemberId;
import xyz.autonomys.farmer.cluster.control.MemberRole;
import xyz.autonomys.farmer.cluster.control.NatsSettings;
import xyz.autonomys.farmer.cluster.control.PrivateNatsServer;
import xyz.autonomys.farmer.cluster.control.Subjects;
import xyz.autonomys.farmer.cluster.member.MemberOptions;
import xyz.autonomys.farmer.controller.Controller;
import xyz.autonomys.farmer.controller.ControllerSettings;
import xyz.autonomys.farmer.devnode.DevNode;
import xyz.autonomys.farmer.devnode.DevNodeSettings;
import xyz.autonomys.farmer.devnode.NodeRelay;
import xyz.autonomys.farmer.devnode.chain.ChainSettings;
import xyz.autonomys.farmer.devnode.chain.Journal;
import xyz.autonomys.farmer.kzg.Kzg;
import xyz.autonomys.farmer.kzg.Kzgs;
import xyz.autonomys.farmer.kzg.TrustedSetup;
import xyz.autonomys.farmer.plotclient.PlotClient;
import xyz.autonomys.farmer.plotclient.PlotClientSettings;
import xyz.autonomys.farmer.plotserver.PlotServer;
import xyz.autonomys.farmer.plotserver.PlotServerSettings;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.PublicKey;
import xyz.autonomys.farmer.proofserver.ProofServer;
import xyz.autonomys.farmer.proofserver.ProofServerSettings;

/**
 * Three nodes of one chain, a controller for each, and a plot-client between them, at a hundred slots per second, while
 * their sockets are cut at random (rule M12 of the node RPC chapter, section 13.3). The nodes verify every solution and
 * keep the journal that decides.
 *
 * <p>A slot takes 10 ms here and is claimed 400 slots later, so that a proof has the 4 s that it has on a real network.
 */
class ManySlotsTest {
    private static final Logger LOG = LoggerFactory.getLogger(ManySlotsTest.class);
    private static final long SLOTS = Long.getLong("autonomys.farmer.test.slots", 100_000);
    private static final int SLOT_MILLIS = 10;
    private static final int AUTHORING_DELAY = 400;
    private static final int PIECES = 2;
    private static final int SECTORS = 2;
    private static final int NODES = 3;
    /** About one solution in 250 slots. */
    private static final long SOLUTION_RANGE = 3_700_000_000_000_000L;

    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final List<AutoCloseable> open = new ArrayList<>();
    private final HttpClient http = HttpClient.newHttpClient();
    private final Kzg kzg = Kzgs.openWithSecret(TrustedSetup.development());

    @TempDir
    private Path directory;

    private PrivateNatsServer nats;
    private DevNode network;

    private <T extends AutoCloseable> T open(T thing) {
        open.add(thing);
        return thing;
    }

    private MemberOptions options(MemberRole role, NodeRelay way) {
        return new MemberOptions(
                role,
                MemberId.random(),
                NatsSettings.of(List.of("nats://127.0.0.1:" + way.port())),
                new Subjects("many-slots"),
                0,
                Optional.of("127.0.0.1"),
                "test");
    }

    private static void eventually(String what, BooleanSupplier condition) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() - deadline < 0, what + " did not happen in " + PATIENCE);
            Thread.sleep(50);
        }
    }

    private void command(String command) throws Exception {
        HttpResponse<String> answer = http.send(
                HttpRequest.newBuilder(URI.create(network.sideUrl() + "/" + command))
                        .POST(HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertEquals(200, answer.statusCode(), answer.body());
    }

    private long count(Journal.Kind... kinds) {
        return Arrays.stream(kinds)
                .mapToLong(kind -> network.journal().count(kind))
                .sum();
    }

    @Test
    @Tag("long")
    void noSolutionIsEverSubmittedTwice() throws Exception {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        try {
            start();
            long until = network.lastSlot() + SLOTS;
            long cuts = 0;
            while (network.lastSlot() < until) {
                disturb(random);
                cuts++;
                Thread.sleep(200 + random.nextInt(3000));
            }
            // What is on its way arrives, and the last slots are claimed.
            Thread.sleep(2L * AUTHORING_DELAY * SLOT_MILLIS);
            LOG.info(
                    "{} slots, {} disturbances, {}",
                    SLOTS,
                    cuts,
                    network.journal().counts());
            assertEquals(
                    0,
                    count(Journal.Kind.SOLUTION_DUPLICATE, Journal.Kind.EQUIVOCATION, Journal.Kind.REWARD_REVOKED),
                    "seed " + seed);
            assertEquals(0, count(Journal.Kind.SOLUTION_INVALID), "seed " + seed);
            assertTrue(count(Journal.Kind.SOLUTION_RECEIVED) >= SLOTS / 2000, "solutions were found and submitted");
            assertTrue(count(Journal.Kind.BLOCK, Journal.Kind.VOTE) > 0, "and rewarded");
        } finally {
            for (AutoCloseable thing : open.reversed()) {
                thing.close();
            }
        }
    }

    /** Ways to NATS that can be cut, one for each role. */
    private final List<NodeRelay> ways = new ArrayList<>();

    private NodeRelay way() throws Exception {
        NodeRelay way = open(NodeRelay.start("127.0.0.1", 0, new InetSocketAddress("127.0.0.1", nats.port())));
        ways.add(way);
        return way;
    }

    private void start() throws Exception {
        nats = open(PrivateNatsServer.start(directory.resolve("nats"), 0));
        network = open(DevNode.start(
                DevNodeSettings.of(chain(), directory.resolve("chain")).withNodes(NODES), kzg, kzg));
        for (int node = 0; node < NODES; node++) {
            open(Controller.start(
                    new ControllerSettings(
                            options(MemberRole.CONTROLLER, way()),
                            URI.create(network.urls().get(node)),
                            directory.resolve("controller-" + node),
                            2,
                            CacheLayout.pieces(1),
                            Duration.ofSeconds(60)),
                    kzg));
        }
        open(ProofServer.start(
                new ProofServerSettings(
                        options(MemberRole.PROOF_SERVER, way()),
                        1,
                        Runtime.getRuntime().availableProcessors()),
                kzg));
        PlotServer server = open(PlotServer.start(
                new PlotServerSettings(
                        options(MemberRole.PLOT_SERVER, way()), directory.resolve("staging"), 1, 1, 1L << 30, false),
                kzg));
        PlotClient client = open(PlotClient.start(
                new PlotClientSettings(
                        options(MemberRole.PLOT_CLIENT, way()),
                        PublicKey.of(new byte[32]),
                        List.of(new PlotClientSettings.FarmPlace(
                                directory.resolve("farm"), OptionalInt.of(SECTORS), OptionalLong.empty())),
                        OptionalInt.empty(),
                        2,
                        false),
                kzg));
        eventually("plotted sectors", () -> client.sectorsStored() == SECTORS);
        assertEquals(SECTORS, server.sectorsPlotted());
    }

    private static ChainSettings chain() {
        ChainSettings usual = ChainSettings.development(PIECES, SOLUTION_RANGE, SLOT_MILLIS);
        return new ChainSettings(
                Blake3Hash.of(new byte[32]),
                SLOT_MILLIS,
                AUTHORING_DELAY,
                usual.confirmationDepth(),
                PIECES,
                usual.recentSegments(),
                usual.recentHistoryNumerator(),
                usual.recentHistoryDenominator(),
                usual.minSectorLifetime(),
                usual.eraBlocks(),
                SOLUTION_RANGE,
                false,
                usual.votesPerBlock(),
                usual.potIterations(),
                0);
    }

    /** Something that happens to sockets; never to all ways at once for long. */
    private void disturb(SplittableRandom random) throws Exception {
        int node = random.nextInt(NODES);
        switch (random.nextInt(8)) {
            case 0, 1 -> command("drop-connections?node=" + node);
            case 2 -> command("close-connections?node=" + node);
            case 3 -> command("kill-subscriptions?node=" + node);
            case 4 -> command("lose-answers?method=subspace_submitSolutionResponse&count=2&node=" + node);
            case 5 -> command("behind?value=" + random.nextBoolean() + "&node=" + node);
            default -> ways.get(random.nextInt(ways.size())).disconnect();
        }
    }
}
