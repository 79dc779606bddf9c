package xyz.autonomys.farmer.devnode;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.archiving.ArchivedSegment;
import xyz.autonomys.farmer.archiving.Parallelism;
import xyz.autonomys.farmer.devnode.chain.BlockStore;
import xyz.autonomys.farmer.devnode.chain.Journal;
import xyz.autonomys.farmer.devnode.chain.SimulatedChain;
import xyz.autonomys.farmer.devnode.chain.Submission;
import xyz.autonomys.farmer.kzg.Kzg;
import xyz.autonomys.farmer.node.server.JsonRpcServerSettings;
import xyz.autonomys.farmer.primitives.SlotInfo;
import xyz.autonomys.farmer.sector.verify.SolutionVerifier;

/**
 * A simulated network: one chain, one or several nodes that show it, one side port. Slots are announced at their time
 * and claimed four slots later. A node whose subscribers owe it an acknowledgement imports no blocks, as a real one; the
 * chain waits for the first node, which is the author of the block that brought the segment and gives no slots meanwhile,
 * and a little for the others, so that one stuck client stops one node and not all.
 */
public final class DevNode implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DevNode.class);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(3);
    private static final int PATIENCE_SLOTS = 2;

    private final DevNodeSettings settings;
    private final SimulatedChain chain;
    private final List<RpcNode> nodes = new ArrayList<>();
    private final FaultSchedule schedule = new FaultSchedule();
    private final ExecutorService publishing = Executors.newVirtualThreadPerTaskExecutor();
    private final SideChannel side;
    private final Thread slots;
    private CompletableFuture<Void> published = CompletableFuture.completedFuture(null);
    private volatile boolean closing;
    private volatile long lastSlot;

    private DevNode(DevNodeSettings settings, Kzg archivingKzg, Kzg verifyingKzg) throws IOException {
        this.settings = settings;
        this.chain = SimulatedChain.open(
                settings.chain(),
                archivingKzg,
                Parallelism.allCores(),
                segments -> new VerifyingJudge(settings.chain(), segments, new SolutionVerifier(verifyingKzg)),
                new BlockStore(settings.directory()));
        this.slots = Thread.ofPlatform().daemon().name("slots").unstarted(this::run);
        boolean opened = false;
        try {
            grow();
            chain.chain().publishSegmentsTo(this::publish);
            chain.chain().onImport(block -> nodes.forEach(node -> node.announce(block)));
            for (int port : settings.ports()) {
                JsonRpcServerSettings rpc =
                        JsonRpcServerSettings.loopback(port).withBindAddress(settings.listenAddress());
                nodes.add(new RpcNode(
                        chain,
                        settings,
                        settings.checkHost() ? rpc : rpc.forAnyHost(),
                        nodes.size(),
                        settings.ports().size()));
            }
            this.side = new SideChannel(settings.sidePort(), this, chain, nodes, schedule);
            opened = true;
        } finally {
            if (!opened) {
                nodes.forEach(RpcNode::close);
                chain.close();
            }
        }
    }

    private void grow() {
        long before = chain.history().segments().size();
        long start = System.nanoTime();
        while (chain.history().segments().size() < settings.segments()) {
            chain.chain().grow(chain.history().segments().size() + 1);
            LOG.info("History has {} of {} segments", chain.history().segments().size(), settings.segments());
        }
        if (before < settings.segments()) {
            LOG.info(
                    "{} segments were archived in {} s",
                    settings.segments() - before,
                    TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start));
        }
    }

    /**
     * Starts the network. Returns when the history it begins with is archived and all ports answer.
     *
     * @param archivingKzg commits to history; for the development setup one that knows the secret
     * @param verifyingKzg verifies solutions
     * @throws IOException if the directory or a port cannot be used
     */
    public static DevNode start(DevNodeSettings settings, Kzg archivingKzg, Kzg verifyingKzg) throws IOException {
        DevNode node = new DevNode(settings, archivingKzg, verifyingKzg);
        node.slots.start();
        LOG.info(
                "Simulated chain: RPC at {}, journal at {}, {} segments, block {}",
                String.join(" ", node.urls()),
                node.sideUrl(),
                node.segments(),
                node.bestBlock());
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
        SlotInfo slot = chain.chain().nextSlot();
        schedule.slotBegins(slot.slotNumber());
        nodes.forEach(node -> node.announce(slot));
        lastSlot = slot.slotNumber();
        long claimed = slot.slotNumber() - settings.chain().authoringDelay();
        if (claimed > 0) {
            List<Submission> submissions = new ArrayList<>();
            nodes.forEach(node -> submissions.addAll(node.claim(claimed)));
            chain.chain().claim(claimed, submissions);
        }
    }

    /** Announces a segment on every node. */
    private void publish(ArchivedSegment segment) {
        // A node announces one segment after the other.
        published.join();
        List<CompletableFuture<Void>> announced = nodes.stream()
                .map(node -> CompletableFuture.runAsync(() -> node.publish(segment), publishing))
                .toList();
        CompletableFuture<?>[] all = announced.toArray(CompletableFuture[]::new);
        published = CompletableFuture.allOf(all)
                .whenComplete((_, _) -> chain.history().release(segment.header().segmentIndex()));
        try {
            CompletableFuture.anyOf(all).get();
            published.get((long) PATIENCE_SLOTS * settings.chain().slotMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOG.info(
                    "Segment {} is not acknowledged at all nodes yet; the others go on",
                    segment.header().segmentIndex());
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Address of the RPC interface of the first node. */
    public String url() {
        return urls().getFirst();
    }

    /** Addresses of the RPC interfaces of all nodes. */
    public List<String> urls() {
        return nodes.stream().map(node -> "ws://" + node.server().address()).toList();
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
        nodes.forEach(node -> node.server().dropConnections());
    }

    @Override
    public void close() {
        closing = true;
        slots.interrupt();
        side.close();
        publishing.shutdownNow();
        nodes.forEach(RpcNode::close);
        try {
            slots.join(CLOSE_TIMEOUT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        chain.close();
    }
}
