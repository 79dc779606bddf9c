package xyz.autonomys.farmer.cli.dev;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import xyz.autonomys.farmer.archiving.Parallelism;
import xyz.autonomys.farmer.archiving.PieceClaim;
import xyz.autonomys.farmer.archiving.PieceIndexes;
import xyz.autonomys.farmer.archiving.PieceVerifier;
import xyz.autonomys.farmer.cluster.control.CacheLayout;
import xyz.autonomys.farmer.cluster.control.CacheMaps;
import xyz.autonomys.farmer.cluster.control.MemberRole;
import xyz.autonomys.farmer.cluster.control.PrivateNatsServer;
import xyz.autonomys.farmer.cluster.control.SegmentLedger;
import xyz.autonomys.farmer.cluster.member.ClusterMember;
import xyz.autonomys.farmer.cluster.pieces.CachePieceGetter;
import xyz.autonomys.farmer.cluster.pieces.TestController;
import xyz.autonomys.farmer.controller.Controller;
import xyz.autonomys.farmer.controller.ControllerSettings;
import xyz.autonomys.farmer.devnode.DevNode;
import xyz.autonomys.farmer.devnode.DevNodeSettings;
import xyz.autonomys.farmer.devnode.chain.ChainSettings;
import xyz.autonomys.farmer.kzg.Kzg;
import xyz.autonomys.farmer.kzg.Kzgs;
import xyz.autonomys.farmer.kzg.TrustedSetup;
import xyz.autonomys.farmer.primitives.Piece;
import xyz.autonomys.farmer.primitives.SegmentCommitment;
import xyz.autonomys.farmer.sector.plot.PieceGetter;

/** A cluster that comes to a chain with history: the node no longer serves it, and nobody else has it. */
class SegmentRebuildTest {
    private static final String CLUSTER = "rebuild";
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    @TempDir
    private Path directory;

    @Test
    void aSegmentThatNobodyHasIsRebuiltFromBlocks() throws Exception {
        Kzg kzg = Kzgs.openWithSecret(TrustedSetup.development());
        try (DevNode node = DevNode.start(
                        DevNodeSettings.of(ChainSettings.development(2, 1, 1000), directory.resolve("chain"))
                                .withSegments(2),
                        kzg,
                        kzg);
                PrivateNatsServer nats = PrivateNatsServer.start(directory.resolve("nats"), 0);
                Controller controller = Controller.start(
                        new ControllerSettings(
                                TestController.options(nats.url(), CLUSTER, MemberRole.CONTROLLER),
                                URI.create(node.url()),
                                directory.resolve("controller"),
                                2,
                                CacheLayout.pieces(1),
                                Duration.ofSeconds(60)),
                        kzg);
                ClusterMember asker =
                        ClusterMember.join(TestController.options(nats.url(), CLUSTER, MemberRole.PLOT_SERVER));
                SegmentLedger ledger = new SegmentLedger(asker.control(), _ -> {});
                CacheMaps maps = new CacheMaps(asker.control(), _ -> {})) {
            Set<Long> wanted = Set.of(PieceIndexes.of(1, 0), PieceIndexes.of(1, 255));
            Map<Long, Piece> pieces = new ConcurrentHashMap<>();
            CachePieceGetter getter = new CachePieceGetter(asker, maps, false);
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (!pieces.keySet().equals(wanted)) {
                assertTrue(System.nanoTime() - deadline < 0, "segment 1 was not rebuilt in " + PATIENCE);
                Thread.sleep(500);
                getter.get(wanted, new PieceGetter.Receiver() {
                    @Override
                    public void found(long pieceIndex, Piece piece) {
                        pieces.put(pieceIndex, piece);
                    }

                    @Override
                    public void failed(long pieceIndex, String reason) {
                        assertEquals(1, PieceIndexes.segmentIndex(pieceIndex), reason);
                    }
                });
            }
            SegmentCommitment commitment = ledger.commitment(1).orElseThrow();
            PieceVerifier verifier = new PieceVerifier(kzg, Parallelism.none());
            pieces.forEach((index, piece) -> assertTrue(verifier.isValid(new PieceClaim(index, piece, commitment))));
        }
    }
}
