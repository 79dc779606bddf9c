package xyz.autonomys.farmer.controller;

import io.nats.client.Message;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.archiving.Parallelism;
import xyz.autonomys.farmer.archiving.PieceIndexes;
import xyz.autonomys.farmer.archiving.PieceVerifier;
import xyz.autonomys.farmer.cluster.control.CacheMaps;
import xyz.autonomys.farmer.cluster.control.ChainInfo;
import xyz.autonomys.farmer.cluster.control.ChainInfos;
import xyz.autonomys.farmer.cluster.control.ControlException;
import xyz.autonomys.farmer.cluster.control.ControlFormatException;
import xyz.autonomys.farmer.cluster.control.ControlPlane;
import xyz.autonomys.farmer.cluster.control.Member;
import xyz.autonomys.farmer.cluster.control.MemberId;
import xyz.autonomys.farmer.cluster.control.MemberRole;
import xyz.autonomys.farmer.cluster.control.RewardSigningRequest;
import xyz.autonomys.farmer.cluster.control.SegmentLedger;
import xyz.autonomys.farmer.cluster.control.SlotAnnouncement;
import xyz.autonomys.farmer.cluster.control.StagedSectors;
import xyz.autonomys.farmer.cluster.control.StreamReplicas;
import xyz.autonomys.farmer.cluster.control.SubmissionAnswer;
import xyz.autonomys.farmer.cluster.data.Answer;
import xyz.autonomys.farmer.cluster.data.DataRequest;
import xyz.autonomys.farmer.cluster.member.ClusterMember;
import xyz.autonomys.farmer.cluster.member.MemberStatus;
import xyz.autonomys.farmer.kzg.Kzg;
import xyz.autonomys.farmer.node.FarmerAppInfo;
import xyz.autonomys.farmer.node.NodeClient;
import xyz.autonomys.farmer.node.NodeClientConfig;
import xyz.autonomys.farmer.node.NodeEvent;
import xyz.autonomys.farmer.node.NodeListener;
import xyz.autonomys.farmer.node.NodeState;
import xyz.autonomys.farmer.node.SubmissionOutcome;
import xyz.autonomys.farmer.node.WebSocketNodeClient;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.Piece;
import xyz.autonomys.farmer.primitives.RewardSignatureResponse;
import xyz.autonomys.farmer.primitives.RewardSigningInfo;
import xyz.autonomys.farmer.primitives.SegmentHeader;
import xyz.autonomys.farmer.primitives.SlotInfo;
import xyz.autonomys.farmer.primitives.SolutionResponse;
import xyz.autonomys.farmer.primitives.hash.Blake3;
import xyz.autonomys.farmer.telemetry.StandingWait;

/** The role. Waits for its node and NATS; goes on by itself after either was away. */
public final class Controller implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Controller.class);
    private static final Duration FIRST_COMPLAINT = Duration.ofSeconds(3);
    private static final Duration COMPLAIN_EVERY = Duration.ofSeconds(30);
    private static final Duration NODE_PATIENCE = Duration.ofSeconds(15);
    /** A plot-server that was cut off for longer hears no more which of its sectors were taken. */
    private static final Duration FORGET_TAKEN_AFTER = Duration.ofDays(7);

    private static final Duration FORGET_EVERY = Duration.ofHours(1);
    private static final Duration HOUSEKEEPING = Duration.ofSeconds(1);
    private static final Duration REBUILDER_TURN = Duration.ofMinutes(5);
    private static final Duration REPLICAS_EVERY = Duration.ofMinutes(1);
    private static final int GENESIS_ATTEMPTS = 8;
    private static final Duration GENESIS_PAUSE = Duration.ofSeconds(2);
    private static final int SOLUTION_IGNORED = 9001;

    private final ControllerSettings settings;
    private final NodeClient node;
    private final ClusterMember member;
    private final SegmentLedger ledger;
    private final ChainInfos chainInfos;
    private final CacheMaps cacheMaps;
    private final FreshSegments fresh;
    private final SegmentRebuilder rebuilder;
    private final CacheMapKeeper cacheMapKeeper;
    private final StreamReplicas replicas;
    private long nextReplicas = System.nanoTime() + REPLICAS_EVERY.toNanos();
    private long nextForgetting = System.nanoTime();
    private final List<AutoCloseable> subscriptions = new ArrayList<>();
    private final ExecutorService submissions = Executors.newVirtualThreadPerTaskExecutor();
    private final ScheduledExecutorService housekeeping = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("controller").factory());
    private final LongAdder slots = new LongAdder();
    private final LongAdder accepted = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder signatures = new LongAdder();
    private volatile String alarm = "";
    private final StandingWait nodeAway;

    /** What the node announces, from its first connection on. */
    private final Proxy proxy = new Proxy();

    /** The solutions that were handed to the node, so that none is ever handed over twice (rule M5). */
    private final ForwardedSolutions forwarded = new ForwardedSolutions();

    private Controller(ControllerSettings settings, Kzg kzg)
            throws IOException, ControlException, ControlFormatException, InterruptedException {
        this.settings = settings;
        this.node = WebSocketNodeClient.start(NodeClientConfig.of(settings.nodeUrl()));
        subscriptions.add(node.listen(proxy));
        this.member = join();
        this.ledger = new SegmentLedger(member.control(), header -> {});
        this.chainInfos = new ChainInfos(member.control());
        this.nodeAway = new StandingWait(
                member.waits(),
                "controller",
                "its node",
                NODE_PATIENCE,
                "start it with --farmer, or correct --node-rpc-url");
        this.cacheMaps = new CacheMaps(member.control(), placement -> {});
        this.cacheMapKeeper = new CacheMapKeeper(member, cacheMaps, settings.layout(), settings.cacheHoldOff());
        this.replicas = new StreamReplicas(member.control());
        this.fresh = new FreshSegments(
                node::piece,
                new PieceVerifier(kzg, Parallelism.allCores()),
                member.identity().genesisHash(),
                settings.basePath().resolve("segments"),
                settings.keptSegments());
        this.rebuilder =
                new SegmentRebuilder(settings.nodeUrl(), kzg, fresh, ledger, member.waits(), this::isMineToRebuild);
    }

    /** Segments are dealt out among the controllers that have a node, in turns, as a node may not have old blocks. */
    private boolean isMineToRebuild(long segmentIndex) {
        List<MemberId> able = member.membership().present(MemberRole.CONTROLLER).stream()
                .filter(Member::healthy)
                .map(Member::id)
                .toList();
        long turn = segmentIndex + System.currentTimeMillis() / REBUILDER_TURN.toMillis();
        return !able.isEmpty()
                && able.get((int) Long.remainderUnsigned(turn, able.size())).equals(member.id());
    }

    /**
     * Connects to the node and the cluster and begins to proxy. Waits for both as long as it takes.
     *
     * @throws IOException if the base path or the port cannot be used
     * @throws ControlException if the cluster farms another chain
     */
    public static Controller start(ControllerSettings settings, Kzg kzg)
            throws IOException, ControlException, ControlFormatException, InterruptedException {
        Controller controller = new Controller(settings, kzg);
        controller.begin();
        return controller;
    }

    /** Waits for node and NATS at the same time, so that both are named when both are lacking. */
    private ClusterMember join() throws IOException, ControlException, ControlFormatException, InterruptedException {
        FutureTask<FarmerAppInfo> info = new FutureTask<>(this::awaitNode);
        Thread waiting = Thread.ofVirtual().name("node").start(info);
        try {
            return ClusterMember.establish(settings.member(), () -> {
                try {
                    return Blake3Hash.of(info.get().genesisHash().toBytes());
                } catch (ExecutionException e) {
                    throw new IllegalStateException("waiting for the node failed", e.getCause());
                }
            });
        } finally {
            waiting.interrupt();
        }
    }

    private FarmerAppInfo awaitNode() throws InterruptedException {
        Duration patience = FIRST_COMPLAINT;
        while (true) {
            try {
                return proxy.connected.get(patience.toSeconds(), TimeUnit.SECONDS);
            } catch (TimeoutException e) {
                patience = COMPLAIN_EVERY;
                LOG.warn(
                        "Waiting for node {}: {}; start it with --farmer, or correct --node-rpc-url",
                        settings.nodeUrl(),
                        node.health().stateText());
            } catch (ExecutionException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private void begin() {
        ControlPlane control = member.control();
        member.server().register(DataRequest.FreshPieces.class, this::servePieces);
        subscriptions.add(control.subscribe(
                control.subjects().solutions(member.id()), SolutionResponse.class, this::submitSolution));
        subscriptions.add(control.subscribe(
                control.subjects().rewardSignatures(member.id()),
                RewardSignatureResponse.class,
                (message, response) -> submissions.execute(() -> submitSignature(response))));
        for (SegmentHeader header : node.knownSegmentHeaders()) {
            record(header);
        }
        proxy.begin();
        Thread.ofVirtual().name("genesis-segment").start(this::harvestGenesisSegment);
        member.announce(this::status);
        housekeeping.scheduleWithFixedDelay(this::keepHouse, 0, HOUSEKEEPING.toMillis(), TimeUnit.MILLISECONDS);
        LOG.info("Controller: node {}, {} segments known", settings.nodeUrl(), ledger.contiguousSegments());
    }

    /**
     * What the node announces, handed on. It listens from the first connection on, which may be long before NATS is there:
     * slots and requests for signatures are of no use until then, but a segment is waited with, so that it is not
     * acknowledged before its pieces are fetched.
     */
    private final class Proxy implements NodeListener {
        private final CompletableFuture<FarmerAppInfo> connected = new CompletableFuture<>();
        private final CountDownLatch begun = new CountDownLatch(1);

        /** The cluster is joined. */
        void begin() {
            begun.countDown();
        }

        private boolean waits() {
            return begun.getCount() > 0;
        }

        @Override
        public void onSlot(SlotInfo slot, long arrivedAt) {
            if (waits()) {
                return;
            }
            slots.increment();
            member.control()
                    .publish(
                            member.control().subjects().slots(member.id()),
                            new SlotAnnouncement(member.id(), slot, farmingTimeoutMillis()));
        }

        @Override
        public void onRewardSigning(RewardSigningInfo request, long arrivedAt) {
            if (waits()) {
                return;
            }
            member.control()
                    .publish(
                            member.control().subjects().rewardSigning(member.id()),
                            new RewardSigningRequest(member.id(), request));
        }

        @Override
        public void onSegment(SegmentHeader header, boolean live) {
            try {
                begun.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
            if (live && isRecent(header)) {
                fresh.harvest(header);
            }
            record(header);
        }

        /** A node that synchronises from the beginning announces segments that the caches have had for long. */
        private boolean isRecent(SegmentHeader header) {
            return ledger.header(header.segmentIndex()).isEmpty()
                    || Long.compareUnsigned(
                                    header.segmentIndex() + settings.keptSegments(), ledger.contiguousSegments())
                            >= 0;
        }

        @Override
        public void onEvent(NodeEvent event) {
            switch (event) {
                case NodeEvent.Connected(FarmerAppInfo info) -> connected.complete(info);
                case NodeEvent.SlotsMissed missed ->
                    LOG.warn("Slots {} to {} did not come: {}", missed.firstSlot(), missed.lastSlot(), missed.cause());
                case NodeEvent.HeaderConflict conflict -> {
                    alarm = "node " + settings.nodeUrl() + " contradicts the known history";
                    LOG.error("ALARM: {}; nothing that it says is used any more, check it, then start again", alarm);
                }
                case NodeEvent.WrongChain wrong ->
                    LOG.error(
                            "ALARM: node {} is of the chain with genesis hash {}, expected {}; it is not used",
                            settings.nodeUrl(),
                            wrong.found(),
                            wrong.expected());
                default -> LOG.debug("Node: {}", event);
            }
        }
    }

    /** Fetches the one segment that every node can rebuild; a node without the body of block 0 cannot. */
    private void harvestGenesisSegment() {
        try {
            for (int attempt = 0; attempt < GENESIS_ATTEMPTS && !fresh.has(0); attempt++) {
                Optional<SegmentHeader> header = ledger.header(0);
                if (header.isPresent()) {
                    fresh.harvest(header.get());
                }
                Thread.sleep(GENESIS_PAUSE.toMillis() << attempt);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private long farmingTimeoutMillis() {
        return node.health()
                .appInfo()
                .map(info -> info.farmingTimeout().toMillis())
                .orElse(0L);
    }

    private void record(SegmentHeader header) {
        if (!alarm.isEmpty() || ledger.header(header.segmentIndex()).equals(Optional.of(header))) {
            return;
        }
        try {
            ledger.record(header);
        } catch (SegmentLedger.ConflictException e) {
            alarm = e.getMessage();
            LOG.error("ALARM: {}", e.getMessage());
        } catch (ControlException | ControlFormatException e) {
            LOG.warn(
                    "Segment header {} could not be recorded, trying again: {}", header.segmentIndex(), e.getMessage());
        }
    }

    /** What was missed while NATS was away is made up for. */
    private void keepHouse() {
        watchNode();
        try {
            for (SegmentHeader header : node.knownSegmentHeaders()) {
                record(header);
            }
            Optional<FarmerAppInfo> info = node.health().appInfo();
            if (info.isPresent() && alarm.isEmpty() && node.health().state() == NodeState.READY) {
                chainInfos.publish(new ChainInfo(
                        info.get().protocolInfo(), info.get().farmingTimeout().toMillis()));
            }
            cacheMapKeeper.look();
            careForStreams();
        } catch (ControlException e) {
            LOG.debug("Housekeeping waits for NATS: {}", e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("Housekeeping failed", e);
        }
    }

    private void careForStreams() throws ControlException {
        if (!member.membership().isFirst(MemberRole.CONTROLLER, member.id())) {
            return;
        }
        long now = System.nanoTime();
        if (now - nextReplicas >= 0) {
            nextReplicas = now + REPLICAS_EVERY.toNanos();
            replicas.raise();
        }
        if (now - nextForgetting >= 0) {
            nextForgetting = now + FORGET_EVERY.toNanos();
            Thread.ofVirtual().name("forget-taken").start(this::forgetTaken);
        }
    }

    private void forgetTaken() {
        try {
            StagedSectors.forgetTaken(member.control(), FORGET_TAKEN_AFTER);
        } catch (ControlException e) {
            LOG.debug("{}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A node that is away is a wait of this role. */
    private void watchNode() {
        if (node.health().state() == NodeState.READY) {
            nodeAway.over();
        } else {
            nodeAway.lacks(node.health().stateText()).from(settings.nodeUrl());
        }
    }

    private void submitSolution(Message message, SolutionResponse response) {
        submissions.execute(() -> {
            SubmissionAnswer answer = submit(response);
            if (answer.outcome() == SubmissionAnswer.Outcome.ACCEPTED) {
                accepted.increment();
            } else {
                refused.increment();
                LOG.warn(
                        "Solution of sector {} for slot {}: {}",
                        response.solution().sectorIndex(),
                        response.slotNumber(),
                        answer.reason());
            }
            member.control().reply(message, answer);
        });
    }

    private SubmissionAnswer submit(SolutionResponse response) {
        if (!forwarded.add(response)) {
            return new SubmissionAnswer(
                    SubmissionAnswer.Outcome.UNKNOWN, "this solution was handed to the node before");
        }
        try {
            return switch (node.submitSolution(response)) {
                case SubmissionOutcome.Accepted _ -> new SubmissionAnswer(SubmissionAnswer.Outcome.ACCEPTED, "");
                case SubmissionOutcome.Refused(int code, String text) ->
                    new SubmissionAnswer(
                            isCertain(code) ? SubmissionAnswer.Outcome.NOT_QUEUED : SubmissionAnswer.Outcome.UNKNOWN,
                            "the node answered " + code + ": " + text);
                case SubmissionOutcome.NotSent(String reason) ->
                    new SubmissionAnswer(SubmissionAnswer.Outcome.NOT_QUEUED, reason);
                case SubmissionOutcome.Unknown(String reason) ->
                    new SubmissionAnswer(SubmissionAnswer.Outcome.UNKNOWN, reason);
            };
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new SubmissionAnswer(SubmissionAnswer.Outcome.UNKNOWN, "the controller stops");
        }
    }

    /** Whether an error of the node says that nothing was queued: it ignored the solution, or never looked at it (M4). */
    private static boolean isCertain(int code) {
        return code == SOLUTION_IGNORED || code <= -32600 && code >= -32699;
    }

    private void submitSignature(RewardSignatureResponse response) {
        try {
            SubmissionOutcome outcome = node.submitRewardSignature(response);
            if (outcome instanceof SubmissionOutcome.Accepted) {
                signatures.increment();
            } else {
                LOG.warn("The signature of {} did not reach the node: {}", response.hash(), outcome);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void servePieces(DataRequest.FreshPieces request, Answer answer) throws IOException, InterruptedException {
        for (long index : request.indices()) {
            Optional<Piece> piece = fresh.piece(index, ledger.header(PieceIndexes.segmentIndex(index)));
            if (piece.isPresent()) {
                byte[] bytes = piece.get().array();
                answer.item(index, bytes, Blake3.hash(bytes));
            } else {
                answer.missing(index);
                rebuilder.lacks(PieceIndexes.segmentIndex(index));
            }
        }
    }

    private MemberStatus status() {
        NodeState state = node.health().state();
        String waiting = !alarm.isEmpty()
                ? alarm
                : state == NodeState.READY ? "" : node.health().stateText();
        List<Member.Detail> details = new ArrayList<>(List.of(
                new Member.Detail(
                        Member.HISTORY_SIZE,
                        Integer.toString(node.knownSegmentHeaders().size())),
                new Member.Detail("slots", Long.toString(slots.sum())),
                new Member.Detail("segments", Long.toString(ledger.contiguousSegments())),
                new Member.Detail("solutions accepted", Long.toString(accepted.sum())),
                new Member.Detail("solutions refused", Long.toString(refused.sum())),
                new Member.Detail("signatures", Long.toString(signatures.sum()))));
        if (!alarm.isEmpty()) {
            details.add(new Member.Detail(Member.ALARM, alarm));
        }
        return new MemberStatus(0, 0, 0, waiting.isEmpty(), waiting, details);
    }

    @Override
    public void close() {
        housekeeping.shutdownNow();
        rebuilder.close();
        node.close();
        submissions.shutdownNow();
        subscriptions.forEach(subscription -> {
            try {
                subscription.close();
            } catch (Exception e) {
                LOG.debug("A subscription could not be ended: {}", e.getMessage());
            }
        });
        cacheMaps.close();
        chainInfos.close();
        ledger.close();
        member.close();
        try {
            fresh.close();
        } catch (IOException e) {
            LOG.debug("The lock of the segments could not be given back: {}", e.getMessage());
        }
    }
}
