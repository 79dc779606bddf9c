package xyz.autonomys.farmer.cli.dev;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import xyz.autonomys.farmer.cluster.control.CacheLayout;
import xyz.autonomys.farmer.cluster.control.MemberRole;
import xyz.autonomys.farmer.cluster.control.PrivateNatsServer;
import xyz.autonomys.farmer.cluster.pieces.TestController;
import xyz.autonomys.farmer.controller.Controller;
import xyz.autonomys.farmer.controller.ControllerSettings;
import xyz.autonomys.farmer.devnode.DevNode;
import xyz.autonomys.farmer.devnode.DevNodeSettings;
import xyz.autonomys.farmer.devnode.chain.ChainSettings;
import xyz.autonomys.farmer.devnode.chain.Journal;
import xyz.autonomys.farmer.kzg.Kzg;
import xyz.autonomys.farmer.kzg.Kzgs;
import xyz.autonomys.farmer.kzg.TrustedSetup;

/** A controller that has its node but not yet NATS when a segment is archived: the node serves its pieces only now. */
class SegmentBeforeNatsTest {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final int BLOCK_BYTES = 16 << 20;
    private static final int SEGMENT_PIECES = 256;

    @TempDir
    private Path directory;

    @Test
    void aSegmentIsNotAcknowledgedBeforeItsPiecesAreFetched() throws Exception {
        Kzg kzg = Kzgs.openWithSecret(TrustedSetup.development());
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        ChainSettings chain = ChainSettings.development(2, 1, 25).withBlockBodyBytes(BLOCK_BYTES);
        try (DevNode node = DevNode.start(DevNodeSettings.of(chain, directory.resolve("chain")), kzg, kzg)) {
            FutureTask<Controller> starting = new FutureTask<>(() -> Controller.start(
                    new ControllerSettings(
                            TestController.options("nats://127.0.0.1:" + port, "late", MemberRole.CONTROLLER),
                            URI.create(node.url()),
                            directory.resolve("controller"),
                            2,
                            CacheLayout.pieces(1),
                            Duration.ofSeconds(60)),
                    kzg));
            Thread.ofPlatform().daemon().start(starting);
            Journal journal = node.journal();
            await("a segment", () -> node.segments() >= 2);
            TimeUnit.SECONDS.sleep(2);
            assertEquals(0, journal.count(Journal.Kind.SEGMENT_ACKNOWLEDGED), "the controller has no cluster yet");
            try (PrivateNatsServer nats = PrivateNatsServer.start(directory.resolve("nats"), port);
                    Controller controller = starting.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                await("the acknowledgement", () -> journal.count(Journal.Kind.SEGMENT_ACKNOWLEDGED) >= 1);
                assertTrue(
                        journal.count(Journal.Kind.PIECE) >= SEGMENT_PIECES,
                        "pieces fetched: " + journal.count(Journal.Kind.PIECE));
            }
        }
    }

    private static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() - deadline < 0, what + " did not come in " + PATIENCE);
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }
}
