package xyz.autonomys.farmer.devnode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.archiving.ArchivedSegment;
import xyz.autonomys.farmer.devnode.chain.Block;
import xyz.autonomys.farmer.devnode.chain.Journal;
import xyz.autonomys.farmer.devnode.chain.SimulatedChain;
import xyz.autonomys.farmer.devnode.chain.Submission;
import xyz.autonomys.farmer.node.BlockJson;
import xyz.autonomys.farmer.node.NodeJson;
import xyz.autonomys.farmer.node.server.JsonRpcServer;
import xyz.autonomys.farmer.node.server.JsonRpcServerSettings;
import xyz.autonomys.farmer.node.server.Subscriber;
import xyz.autonomys.farmer.primitives.PublicKey;
import xyz.autonomys.farmer.primitives.RewardHash;
import xyz.autonomys.farmer.primitives.RewardSignature;
import xyz.autonomys.farmer.primitives.SegmentHeader;
import xyz.autonomys.farmer.primitives.SlotInfo;
import xyz.autonomys.farmer.primitives.Solution;

/**
 * One of the simulated nodes as its clients see it: an RPC port with subscribers, the solutions they submit, their
 * signatures and acknowledgements, and whatever is wrong with this node and no other. The chain is shared.
 */
final class RpcNode implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RpcNode.class);

    private final int number;
    private final SimulatedChain chain;
    private final SolutionIntake intake;
    private final SigningDesk desk;
    private final AcknowledgementDesk acknowledgements;
    private final Faults faults = new Faults();
    private final Subscribers slots = new Subscribers();
    private final Subscribers signing = new Subscribers();
    private final Subscribers segments = new Subscribers();
    private final Subscribers heads = new Subscribers();
    private final ScheduledExecutorService later;
    private final JsonRpcServer server;
    private volatile boolean importing;

    /**
     * Opens the port.
     *
     * @param number its number among {@code nodes}, from 0
     * @throws IOException if the port cannot be opened
     */
    RpcNode(SimulatedChain chain, DevNodeSettings settings, JsonRpcServerSettings rpc, int number, int nodes)
            throws IOException {
        this.number = number;
        this.chain = chain;
        this.intake = new SolutionIntake(settings.chain().authoringDelay());
        this.acknowledgements = new AcknowledgementDesk(settings.acknowledgementLimit());
        this.desk = new SigningDesk(settings.signingLimit(), request -> signing.send(NodeJson.write(request)));
        this.later = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("node-" + number).factory());
        JsonRpcServer.Builder builder = JsonRpcServer.builder(rpc);
        new NodeMethods(chain, number, nodes, intake, desk, acknowledgements, faults).register(builder);
        builder.subscription(
                "subspace_subscribeSlotInfo", "subspace_unsubscribeSlotInfo", "subspace_slot_info", false, slots::add);
        builder.subscription(
                "subspace_subscribeRewardSigning",
                "subspace_unsubscribeRewardSigning",
                "subspace_reward_signing",
                true,
                signing::add);
        builder.subscription(
                "subspace_subscribeArchivedSegmentHeader",
                "subspace_unsubscribeArchivedSegmentHeader",
                "subspace_archived_segment_header",
                false,
                segments::add);
        builder.subscription(
                "chain_subscribeNewHeads", "chain_unsubscribeNewHeads", "chain_newHead", false, subscriber -> {
                    subscriber.send(BlockJson.write(chain.chain().best().header()));
                    heads.add(subscriber);
                });
        this.server = builder.start();
    }

    /** Its RPC port. */
    int port() {
        return server.port();
    }

    Faults faults() {
        return faults;
    }

    JsonRpcServer server() {
        return server;
    }

    /**
     * A slot has begun. A node that syncs announces nothing. One that waits for acknowledgements has paused the import of
     * blocks, not its slots, which come with the proof of time; only a node that imports a block of its own has no time
     * for them, and then the whole chain waits (spec 06 §5.1, §7.1).
     */
    void announce(SlotInfo slot) {
        if (slots.anyUnsafe()) {
            intake.open(slot.slotNumber());
        }
        List<SlotInfo> announced = faults.slots().announce(slot);
        if (!faults.isSyncing()) {
            announced.forEach(each -> send(slots, NodeJson.write(each)));
        }
    }

    /** There is a new best block. */
    void announce(Block block) {
        send(heads, BlockJson.write(block.header()));
    }

    private void send(Subscribers subscribers, JsonNode item) {
        long delay = faults.delayMillis();
        if (delay == 0) {
            subscribers.send(item);
        } else {
            after(delay, () -> subscribers.send(item));
        }
    }

    /** Does something on this node's own thread after a while. */
    void after(long millis, Runnable action) {
        try {
            later.schedule(action, millis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.trace("Node {} is closed", number, e);
        }
    }

    /** The slot is claimed: what was submitted for it. */
    List<Submission> claim(long slot) {
        List<Solution> solutions = intake.close(slot);
        boolean forked = faults.slots().wasForked(slot);
        List<Submission> submissions = new ArrayList<>();
        for (Solution solution : solutions) {
            Submission submission = new Submission(solution, number, desk, faults.isBehind() || importing);
            chain.journal()
                    .add(forked ? Journal.Kind.SOLUTION_FORKED : Journal.Kind.SOLUTION_RECEIVED, entry -> entry.put(
                                    "slot", slot)
                            .put("node", number)
                            .put("publicKey", solution.publicKey().toHex())
                            .put("sectorIndex", solution.sectorIndex())
                            .put("pieceOffset", solution.pieceOffset()));
            if (!forked) {
                submissions.add(submission);
            }
        }
        return submissions;
    }

    /**
     * Announces a segment and waits until its subscribers have acknowledged it or their time is up. If the chain goes on
     * meanwhile, this node does not import its blocks and builds on an older one.
     */
    void publish(ArchivedSegment segment) {
        importing = true;
        try {
            long index = segment.header().segmentIndex();
            long start = System.nanoTime();
            List<SegmentHeader> announced = faults.headers().announce(segment.header());
            if (faults.delayMillis() > 0) {
                Thread.sleep(faults.delayMillis());
            }
            announced.forEach(this::announceHeader);
            int missing = acknowledgements.await(index);
            chain.journal().add(Journal.Kind.SEGMENT_ACKNOWLEDGED, entry -> entry.put("segment", index)
                    .put("node", number)
                    .put("missing", missing)
                    .put("millis", Duration.ofNanos(System.nanoTime() - start).toMillis()));
            if (missing > 0) {
                LOG.warn(
                        "Segment {}: {} subscribers of node {} have not acknowledged it in time",
                        index,
                        missing,
                        number);
            }
            if (faults.headers().takeAgain()) {
                segments.send(NodeJson.write(segment.header()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            importing = false;
        }
    }

    private void announceHeader(SegmentHeader header) {
        for (Subscriber subscriber : segments.list()) {
            if (subscriber.unsafeAllowed()) {
                acknowledgements.expect(header.segmentIndex(), subscriber);
                subscriber.onEnd(() -> acknowledgements.forget(subscriber));
            }
            subscriber.send(NodeJson.write(header));
        }
    }

    /** Asks farmers for a signature that no block needs, and puts into the journal what came. */
    void requestSignature(RewardHash hash, PublicKey key) {
        Thread.ofVirtual().start(() -> {
            Optional<RewardSignature> signature = desk.request(hash, key);
            chain.journal().add(signature.isPresent() ? Journal.Kind.SIGNED : Journal.Kind.NOT_SIGNED, entry -> {
                entry.put("node", number).put("hash", hash.toHex()).put("publicKey", key.toHex());
                signature.ifPresent(value -> entry.put("signature", value.toHex()));
            });
        });
    }

    /** Ends subscriptions without a word: those of a name, or all if it is empty. */
    void killSubscriptions(String name) {
        switch (name) {
            case "" -> server.killSubscriptions();
            case "slots" -> slots.list().forEach(Subscriber::end);
            case "signing" -> signing.list().forEach(Subscriber::end);
            case "segments" -> segments.list().forEach(Subscriber::end);
            case "heads" -> heads.list().forEach(Subscriber::end);
            default ->
                throw new IllegalArgumentException(
                        "there are subscriptions to slots, signing, segments and heads, not to " + name);
        }
    }

    /** What is to be seen of it. */
    void describe(ObjectNode node) {
        node.put("node", number)
                .put("url", "ws://" + server.address())
                .put("slotSubscribers", slots.list().size())
                .put("signingSubscribers", signing.list().size())
                .put("segmentSubscribers", segments.list().size())
                .put("waitsForAcknowledgements", importing)
                .put("syncing", faults.isSyncing());
    }

    @Override
    public void close() {
        later.shutdownNow();
        server.close();
    }
}
