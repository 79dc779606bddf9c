package xyz.autonomys.farmer.devnode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import xyz.autonomys.farmer.devnode.chain.ChainSettings;
import xyz.autonomys.farmer.devnode.chain.Journal;
import xyz.autonomys.farmer.kzg.Kzg;
import xyz.autonomys.farmer.kzg.Kzgs;
import xyz.autonomys.farmer.kzg.TrustedSetup;

/** What nodes do while a farmer owes them the acknowledgement of a segment (spec 06 §5.1, §7.1). */
class UnacknowledgedSegmentTest {
    private static final int BLOCK_BYTES = 16 << 20;

    /** The author of the block waits for its import and has no slots; the other node has, once the chain goes on. */
    @Test
    @Timeout(180)
    void theChainWaitsForOneNodeAndTheOtherGivesSlotsBehindIt(@TempDir Path directory) throws Exception {
        Kzg kzg = Kzgs.openWithSecret(TrustedSetup.development());
        ChainSettings chain = ChainSettings.development(1000, 1L << 40, 25).withBlockBodyBytes(BLOCK_BYTES);
        DevNodeSettings one = DevNodeSettings.of(chain, directory);
        DevNodeSettings two = new DevNodeSettings(
                chain,
                directory,
                1,
                one.listenAddress(),
                List.of(0, 0),
                false,
                0,
                one.signingLimit(),
                one.acknowledgementLimit());
        try (DevNode network = DevNode.start(two, kzg, kzg);
                RawClient first = RawClient.connect(network.urls().get(0));
                RawClient second = RawClient.connect(network.urls().get(1))) {
            BlockingQueue<JsonNode> slots = second.subscribe("subspace_subscribeSlotInfo", "subspace_slot_info");
            BlockingQueue<JsonNode> ofFirst = segments(first);
            BlockingQueue<JsonNode> ofSecond = segments(second);
            JsonNode header = RawClient.next(ofFirst);
            assertEquals(header, RawClient.next(ofSecond));
            long index = header.get("v0").get("segmentIndex").asLong();

            slots.clear();
            long stopped = network.lastSlot();
            TimeUnit.MILLISECONDS.sleep(500);
            assertTrue(slots.isEmpty(), "both nodes import");
            assertEquals(stopped, network.lastSlot());

            first.call("subspace_acknowledgeArchivedSegmentHeader", index);
            assertTrue(RawClient.next(slots).get("slotNumber").asLong() > stopped);
            RawClient.next(slots);
            assertTrue(acknowledged(network) < 2, "the second node still waits");
            second.call("subspace_acknowledgeArchivedSegmentHeader", index);
            while (acknowledged(network) < 2) {
                TimeUnit.MILLISECONDS.sleep(10);
            }
        }
    }

    private static BlockingQueue<JsonNode> segments(RawClient client) throws Exception {
        return client.subscribe("subspace_subscribeArchivedSegmentHeader", "subspace_archived_segment_header");
    }

    private static long acknowledged(DevNode network) {
        return network.journal().count(Journal.Kind.SEGMENT_ACKNOWLEDGED);
    }
}
