package xyz.autonomys.farmer.devnode;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.archiving.ArchivedSegment;
import xyz.autonomys.farmer.archiving.Parallelism;
import xyz.autonomys.farmer.devnode.chain.BlockStore;
import xyz.autonomys.farmer.devnode.chain.Journal;
import xyz.autonomys.farmer.devnode.chain.SimulatedChain;
import xyz.autonomys.farmer.kzg.Kzg;
import xyz.autonomys.farmer.node.NodeJson;
import xyz.autonomys.farmer.node.server.JsonRpcServer;
import xyz.autonomys.farmer.node.server.JsonRpcServerSettings;
import xyz.autonomys.farmer.node.server.Subscriber;
import xyz.autonomys.farmer.primitives.SlotInfo;
import xyz.autonomys.farmer.primitives.Solution;
import xyz.autonomys.farmer.sector.verify.SolutionVerifier;

/**
 * A simulated node: one chain, one RPC interface, one side port. Slots are announced at their time, claimed four slots
 * later, and while a segment waits for its acknowledgements everything waits, as in a real node.
 */
public final class DevNode implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DevNode.class);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(3);

    private final DevNodeSettings settings;
    private final SimulatedChain chain;
    private final SolutionIntake intake;
    private final AcknowledgementDesk acknowledgements;
    private final Subscribers slotSubscribers = new Subscribers();
    private final Subscribers signingSubscribers = new Subscribers();
    private final Subscribers segmentSubscribers = new Subscribers();
    private final Subscribers headSubscribers = new Subscribers();
    private final Faults faults = new Faults();
    private final JsonRpcServer server;
    private final SideChannel side;
    private final Thread slots;
    private volatile boolean closing;
    private volatile long lastSlot;

    private DevNode(DevNodeSettings settings, Kzg archivingKzg, Kzg verifyingKzg) throws IOException {
        this.settings = settings;
        this.intake = new SolutionIntake(settings.chain().authoringDelay());
        this.acknowledgements = new AcknowledgementDesk(settings.acknowledgementLimit());
        SigningDesk desk =
                new SigningDesk(settings.signingLimit(), request -> signingSubscribers.send(NodeJson.write(request)));
        this.chain = SimulatedChain.open(
                settings.chain(),
                archivingKzg,
                Parallelism.allCores(),
                segments -> new VerifyingJudge(settings.chain(), segments, new SolutionVerifier(verifyingKzg)),
                desk,
                new BlockStore(settings.directory()));
        chain.chain().publishSegmentsTo(this::publish);
        NodeMethods methods = new NodeMethods(chain, intake, desk, acknowledgements, faults);
        JsonRpcServer.Builder builder = JsonRpcServer.builder(JsonRpcServerSettings.loopback(settings.port()));
        methods.register(builder);
        builder.subscription(
                "subspace_subscribeSlotInfo",
                "subspace_unsubscribeSlotInfo",
                "subspace_slot_info",
                false,
                slotSubscribers::add);
        builder.subscription(
                "subspace_subscribeRewardSigning",
                "subspace_unsubscribeRewardSigning",
                "subspace_reward_signing",
                true,
                signingSubscribers::add);
        builder.subscription(
                "subspace_subscribeArchivedSegmentHeader",
                "subspace_unsubscribeArchivedSegmentHeader",
                "subspace_archived_segment_header",
                false,
                segmentSubscribers::add);
        builder.subscription(
                "chain_subscribeNewHeads", "chain_unsubscribeNewHeads", "chain_newHead", false, subscriber -> {
                    subscriber.send(NodeMethods.write(chain.chain().best().header()));
                    headSubscribers.add(subscriber);
                });
        chain.chain().onImport(block -> headSubscribers.send(NodeMethods.write(block.header())));
        this.server = builder.start();
        this.side = new SideChannel(settings.sidePort(), this, chain, faults, server);
        this.slots = Thread.ofPlatform().daemon().name("slots").unstarted(this::run);
    }

    /**
     * Starts a node. Returns when its first segment is archived and its port answers.
     *
     * @param archivingKzg commits to history; for the development setup one that knows the secret
     * @param verifyingKzg verifies solutions
     * @throws IOException if the directory or a port cannot be used
     */
    public static DevNode start(DevNodeSettings settings, Kzg archivingKzg, Kzg verifyingKzg) throws IOException {
        DevNode node = new DevNode(settings, archivingKzg, verifyingKzg);
        node.slots.start();
        LOG.info(
                "Simulated node: RPC at {}, journal at {}, {} segments, block {}",
                node.url(),
                node.sideUrl(),
                node.chain.history().segments().size(),
                node.chain.chain().best().number());
        return node;
    }

    private void run() {
        long period = TimeUnit.MILLISECONDS.toNanos(settings.chain().slotMillis());
        long next = System.nanoTime();
        try {
            while (!closing) {
                long early = next - System.nanoTime();
                if (early > 0) {
                    TimeUnit.NANOSECONDS.sleep(early);
                } else if (early < -period * settings.chain().authoringDelay()) {
                    // Far behind, as after waiting for acknowledgements: time is not made up for.
                    next = System.nanoTime();
                }
                next += period;
                slot();
            }
        } catch (InterruptedException e) {
            LOG.debug("Slots end");
        } catch (RuntimeException e) {
            if (!closing) {
                LOG.error("The simulated chain stands still", e);
            }
        }
    }

    private void slot() throws InterruptedException {
        faults.beforeSlot();
        SlotInfo slot = chain.chain().nextSlot();
        if (slotSubscribers.anyUnsafe()) {
            intake.open(slot.slotNumber());
        }
        if (!faults.skipsSlots()) {
            slotSubscribers.send(NodeJson.write(slot));
        }
        lastSlot = slot.slotNumber();
        long claimed = slot.slotNumber() - settings.chain().authoringDelay();
        if (claimed > 0) {
            List<Solution> solutions = intake.close(claimed);
            solutions.forEach(
                    solution -> chain.journal().add(Journal.Kind.SOLUTION_RECEIVED, entry -> entry.put("slot", claimed)
                            .put("publicKey", solution.publicKey().toHex())
                            .put("sectorIndex", solution.sectorIndex())
                            .put("pieceOffset", solution.pieceOffset())));
            chain.chain().claim(claimed, solutions);
        }
    }

    /** Announces a segment and waits until its subscribers have acknowledged it. */
    private void publish(ArchivedSegment segment) {
        long index = segment.header().segmentIndex();
        for (Subscriber subscriber : segmentSubscribers.list()) {
            if (subscriber.unsafeAllowed()) {
                acknowledgements.expect(index, subscriber);
                subscriber.onEnd(() -> acknowledgements.forget(subscriber));
            }
            subscriber.send(NodeJson.write(segment.header()));
        }
        long start = System.nanoTime();
        int missing = acknowledgements.await(index);
        chain.journal().add(Journal.Kind.SEGMENT_ACKNOWLEDGED, entry -> entry.put("segment", index)
                .put("missing", missing)
                .put("millis", (System.nanoTime() - start) / 1_000_000));
        if (missing > 0) {
            LOG.warn("Segment {}: {} subscribers have not acknowledged it in time", index, missing);
        }
    }

    /** Address of the RPC interface. */
    public String url() {
        return "ws://127.0.0.1:" + server.port();
    }

    /** Address of the journal. */
    public String sideUrl() {
        return "http://127.0.0.1:" + side.port();
    }

    /** What happened so far. */
    public Journal journal() {
        return chain.journal();
    }

    /** Number of archived segments. */
    public long segments() {
        return chain.history().segments().size();
    }

    /** Number of the best block. */
    public long bestBlock() {
        return chain.chain().best().number();
    }

    /** The slot announced last. */
    public long lastSlot() {
        return lastSlot;
    }

    /** Closes all connections without a word, as a failing network does. */
    public void dropConnections() {
        server.dropConnections();
    }

    @Override
    public void close() {
        closing = true;
        slots.interrupt();
        side.close();
        server.close();
        try {
            slots.join(CLOSE_TIMEOUT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        chain.close();
    }
}
