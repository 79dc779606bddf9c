package xyz.autonomys.farmer.plotclient;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.cluster.control.ChainInfo;
import xyz.autonomys.farmer.cluster.control.ChainInfos;
import xyz.autonomys.farmer.cluster.control.ControlException;
import xyz.autonomys.farmer.cluster.control.ControlFormatException;
import xyz.autonomys.farmer.cluster.control.ControlPlane;
import xyz.autonomys.farmer.cluster.control.FarmLeases;
import xyz.autonomys.farmer.cluster.control.Member;
import xyz.autonomys.farmer.cluster.control.PlotProgress;
import xyz.autonomys.farmer.cluster.control.PlottingQueue;
import xyz.autonomys.farmer.cluster.control.RewardSigningRequest;
import xyz.autonomys.farmer.cluster.control.SegmentLedger;
import xyz.autonomys.farmer.cluster.control.SlotAnnouncement;
import xyz.autonomys.farmer.cluster.control.SlotMerger;
import xyz.autonomys.farmer.cluster.control.SolutionLedger;
import xyz.autonomys.farmer.cluster.control.StagedSectors;
import xyz.autonomys.farmer.cluster.member.ClusterMember;
import xyz.autonomys.farmer.cluster.member.MemberStatus;
import xyz.autonomys.farmer.farm.Farm;
import xyz.autonomys.farmer.farm.FarmOptions;
import xyz.autonomys.farmer.kzg.Kzg;
import xyz.autonomys.farmer.primitives.GenesisHash;

/** The role. */
public final class PlotClient implements AutoCloseable {
    /** Directory in a farm's directory for what only this program needs; upstream's farmer ignores it. */
    public static final String STATE_DIRECTORY = ".autonomys-farmer";

    private static final Logger LOG = LoggerFactory.getLogger(PlotClient.class);
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration START_LOOK = Duration.ofMillis(200);

    private final PlotClientSettings settings;
    private final ClusterMember member;
    private final ChainInfos chainInfos;
    private final SegmentLedger ledger;
    private final FarmLeases leases;
    private final SolutionLedger solutionLedger;
    private final List<Farm> farms = new CopyOnWriteArrayList<>();
    private final List<FarmPlotting> plottings = new CopyOnWriteArrayList<>();
    private final Map<Object, Disk> disks = new ConcurrentHashMap<>();
    private final List<ControlPlane.Subscription> subscriptions = new CopyOnWriteArrayList<>();
    private final SlotMerger slots;
    private final ProofClient proofs;
    private final ClientWaits waits;
    private volatile List<FarmStart> starts = List.of();
    private final SolutionSubmitter submitter;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("plotting").factory());
    private StagedSectors staged;
    private Farming farming;
    private final FarmedSlot farmedSlot;
    private RewardSigner signer;
    private SegmentView segments;
    private volatile String plottingWaits = "";

    private PlotClient(PlotClientSettings settings, Kzg kzg)
            throws IOException, ControlException, ControlFormatException, InterruptedException {
        this.settings = settings;
        this.member = ClusterMember.join(settings.member());
        this.chainInfos = new ChainInfos(member.control());
        this.ledger = new SegmentLedger(member.control(), header -> {});
        this.leases = new FarmLeases(member.control(), member.id(), member.host());
        this.solutionLedger = new SolutionLedger(member.control());
        this.proofs = new ProofClient(member, kzg);
        this.waits = new ClientWaits(member);
        Path state = stateDirectory(settings.farms().getFirst().path());
        Files.createDirectories(state);
        FarmedSlot farmed = new FarmedSlot(
                state.resolve("farmed-slot"), member.identity().genesisHash().toHex());
        this.slots = new SlotMerger(farmed.newest());
        this.farmedSlot = farmed;
        this.submitter = new SolutionSubmitter(member, solutionLedger, slots, farmed);
    }

    /**
     * Joins the cluster, opens the farms and begins to plot and farm. Waits for NATS, a controller and the lease of one
     * farm; other farms that cannot be opened or are farmed elsewhere come in when they can.
     *
     * @throws IOException if no farm can be opened, saying why and what helps
     * @throws ControlException if the cluster refuses this process for good
     */
    public static PlotClient start(PlotClientSettings settings, Kzg kzg)
            throws IOException, ControlException, ControlFormatException, InterruptedException {
        PlotClient client = new PlotClient(settings, kzg);
        boolean started = false;
        try {
            client.begin();
            started = true;
            return client;
        } finally {
            if (!started) {
                client.close();
            }
        }
    }

    private void begin() throws IOException, ControlException, ControlFormatException, InterruptedException {
        member.announce(this::status);
        ChainInfo chain = chainInfos.await();
        PlottingQueue queue = new PlottingQueue(member.control());
        SegmentView segments = new SegmentView(ledger, member.membership());
        this.segments = segments;
        ControlPlane control = member.control();
        signer = new RewardSigner(control);
        farming = new Farming(
                new FarmWorker.FarmingRules(
                        farm -> leases.isHeld(farm.id().toString()),
                        sector -> segments.isExpired(
                                sector.sectorId(),
                                sector.historySize(),
                                chainInfos.current().orElse(chain).protocolInfo()),
                        settings.rewardAddress(),
                        settings.auditThreads()),
                proofs,
                submitter,
                member.meters());
        subscriptions.add(control.subscribe(
                control.subjects().allRewardSigning(),
                RewardSigningRequest.class,
                (message, request) -> signer.sign(request)));
        subscriptions.add(control.subscribe(
                control.subjects().allSlots(),
                SlotAnnouncement.class,
                (message, slot) -> slots.accept(slot, System.nanoTime()).ifPresent(next -> {
                    waits.slotCame();
                    farming.slot(next);
                })));
        waits.slotCame();
        staged = new StagedSectors(
                control, sector -> plottings.forEach(plotting -> plotting.staged(sector)), taskId -> {});
        starts = settings.farms().stream()
                .map(place -> new FarmStart(
                        place.path(),
                        () -> open(place, chain),
                        farm -> add(farm, diskOf(place.path()), queue, segments),
                        leases,
                        waits))
                .toList();
        awaitOne();
        clock.scheduleWithFixedDelay(this::look, 0, LOOK.toMillis(), TimeUnit.MILLISECONDS);
    }

    /**
     * Waits until every farm is in or known to take longer, and at least one is in.
     *
     * @throws IOException if none can be opened, with the reason of the first
     */
    private void awaitOne() throws IOException, InterruptedException {
        for (FarmStart start : starts) {
            start.awaitTrial();
        }
        while (starts.stream().noneMatch(FarmStart::isIn)) {
            if (starts.stream().allMatch(start -> start.failure().isPresent())) {
                Exception failure = starts.getFirst().failure().orElseThrow();
                throw failure instanceof IOException fault ? fault : new IOException(failure.toString(), failure);
            }
            Thread.sleep(START_LOOK.toMillis());
        }
    }

    /** A farm that is open and this process's to farm. */
    private synchronized void add(Farm farm, Disk disk, PlottingQueue queue, SegmentView segments) throws IOException {
        warnWithoutMountPoint(farm);
        ControlPlane control = member.control();
        FarmFigures figures = new FarmFigures(member.meters(), farm.id().toString());
        FarmPlotting plotting = new FarmPlotting(
                farm,
                disk,
                member,
                queue,
                segments,
                settings.tasksPerFarm(),
                farm.directory().resolve(STATE_DIRECTORY),
                waits,
                figures);
        subscriptions.add(control.subscribe(
                control.subjects().plotProgress(farm.id().toString()),
                PlotProgress.class,
                (message, progress) -> plotting.progress(progress)));
        farms.add(farm);
        plottings.add(plotting);
        LOG.info(
                "Farm {} at {}: {} of {} sectors of {} pieces are plotted, key {}",
                farm.id(),
                farm.directory(),
                farm.sectorsPlotted(),
                farm.sectorsTotal(),
                farm.layout().piecesInSector(),
                farm.publicKey());
        signer.add(farm);
        farming.add(farm, figures);
        plotting.follow(staged);
    }

    private Farm open(PlotClientSettings.FarmPlace place, ChainInfo chain) throws IOException {
        FarmOptions options = FarmOptions.of(
                GenesisHash.of(member.identity().genesisHash().toBytes()),
                chain.protocolInfo().maxPiecesInSector());
        if (place.sectors().isPresent()) {
            options = options.withSectors(place.sectors().getAsInt());
        } else if (place.bytes().isPresent()) {
            options = options.withAllocatedBytes(place.bytes().getAsLong());
        }
        return Farm.openOrCreate(place.path(), settings.mayGiveUpSectors() ? options : options.keepingPlotted());
    }

    /** A disk that is not mounted leaves an empty directory on the system's disk, which a farm would then fill. */
    private static void warnWithoutMountPoint(Farm farm) throws IOException {
        Path directory = farm.directory().toRealPath();
        Path root = directory.getRoot();
        if (root != null && Disk.keyOf(directory).equals(Disk.keyOf(root))) {
            LOG.warn(
                    "Farm {} at {} is on the file system of {}, not on a mount point of its own; if a disk belongs"
                            + " there, it is not mounted: stop, mount it, start again",
                    farm.id(),
                    farm.directory(),
                    root);
        }
    }

    private synchronized Disk diskOf(Path farm) throws IOException {
        Object key = Disk.keyOf(farm);
        Disk disk = disks.get(key);
        if (disk == null) {
            disk = new Disk(Files.getFileStore(farm).name());
            disks.put(key, disk);
        }
        return disk;
    }

    /** Asks for sectors in rounds, one for each farm, so that farms on one disk come on evenly. */
    private void look() {
        try {
            Optional<ChainInfo> chain = chainInfos.current();
            Optional<String> alarm = segments.alarm();
            waits.disagreement(alarm.orElse(""));
            waits.look(plottings.stream().mapToInt(FarmPlotting::unmade).sum());
            if (chain.isEmpty() || alarm.isPresent()) {
                plottingWaits = alarm.map(text -> "plotting has stopped: " + text)
                        .orElse("a controller to tell the chain's values");
                return;
            }
            for (FarmPlotting plotting : plottings) {
                plotting.lookAfter();
            }
            Optional<String> fault = askForAll(chain.get());
            waits.tasksTaken();
            if (fault.isPresent()) {
                waits.noNotesTaken(fault.get());
            } else {
                waits.notesTaken();
            }
            plottingWaits = fault.map(text -> "its disk to note plotting tasks: " + text)
                    .orElse("");
        } catch (ControlException e) {
            waits.noTasksTaken(e.getMessage());
            plottingWaits = "JetStream to take plotting tasks: " + e.getMessage();
        } catch (RuntimeException e) {
            LOG.error("Asking for sectors failed", e);
        }
    }

    /** Asks until no farm wants more; what is wrong with the disk of one that cannot ask. */
    private Optional<String> askForAll(ChainInfo chain) throws ControlException {
        List<FarmPlotting> asking = new ArrayList<>(plottings);
        Optional<String> fault = Optional.empty();
        while (!asking.isEmpty()) {
            for (FarmPlotting plotting : List.copyOf(asking)) {
                try {
                    if (!plotting.askForOne(chain)) {
                        asking.remove(plotting);
                    }
                } catch (IOException e) {
                    fault = Optional.of(e.toString());
                    asking.remove(plotting);
                }
            }
        }
        return fault;
    }

    private MemberStatus status() {
        long plotted = farms.stream().mapToLong(Farm::sectorsPlotted).sum();
        long total = farms.stream().mapToLong(Farm::sectorsTotal).sum();
        List<Member.Detail> details = new ArrayList<>();
        details.add(new Member.Detail("farms", Integer.toString(farms.size())));
        details.add(new Member.Detail("sectors plotted", Long.toString(plotted)));
        details.add(new Member.Detail("sectors", Long.toString(total)));
        details.add(new Member.Detail(
                "sectors asked for",
                Integer.toString(
                        plottings.stream().mapToInt(FarmPlotting::outstanding).sum())));
        details.add(new Member.Detail(
                "sectors due for replotting",
                Integer.toString(plottings.stream()
                        .mapToInt(FarmPlotting::dueForReplotting)
                        .sum())));
        for (Disk disk : List.copyOf(disks.values())) {
            details.add(new Member.Detail(
                    "disk " + disk.name(),
                    String.format(
                            Locale.ROOT,
                            "writes %.0f MiB/s, %d sectors at a time",
                            disk.writtenBytesPerSecond() / (1 << 20),
                            disk.window())));
        }
        if (farming != null) {
            details.add(new Member.Detail("slots audited", Long.toString(farming.audits())));
            details.add(new Member.Detail("slots missed", Long.toString(farming.missed())));
            details.add(new Member.Detail("audits", farming.times().audits().toString()));
            details.add(new Member.Detail("proofs", proofs.times().toString()));
            details.add(new Member.Detail("proofs by this process", Long.toString(proofs.local())));
            details.add(new Member.Detail("second proof-servers asked", Long.toString(proofs.hedged())));
            details.add(new Member.Detail("chunks not proven in time", Long.toString(proofs.late())));
            details.add(new Member.Detail("wrong proofs", Long.toString(proofs.wrong())));
            details.add(new Member.Detail(
                    "from slot to solution", farming.times().submissions().toString()));
            details.add(new Member.Detail("solutions accepted", Long.toString(submitter.accepted())));
            details.add(new Member.Detail("solutions refused", Long.toString(submitter.refused())));
            details.add(new Member.Detail("solutions unknown", Long.toString(submitter.unknown())));
            details.add(new Member.Detail(
                    "ledger of solutions", submitter.decidesAlone() ? "this process alone" : "the cluster's"));
            slots.submitter()
                    .ifPresent(controller -> details.add(new Member.Detail("solutions go to", controller.value())));
            details.add(new Member.Detail("forked announcements", Long.toString(slots.differingChallenges())));
            details.add(new Member.Detail("signatures", Long.toString(signer.signed())));
        }
        String waitingFor = starts.stream()
                .map(FarmStart::waitingFor)
                .filter(text -> !text.isEmpty())
                .collect(Collectors.joining("; "));
        return new MemberStatus(
                0, 0, 0, waitingFor.isEmpty(), waitingFor.isEmpty() ? plottingWaits : waitingFor, details);
    }

    /** Sectors stored since the start. */
    public long sectorsStored() {
        return plottings.stream().mapToLong(FarmPlotting::sectorsStored).sum();
    }

    /** Where the identity of a plot-client with this first farm is kept. */
    public static Path stateDirectory(Path firstFarm) {
        return firstFarm.resolve(STATE_DIRECTORY);
    }

    @Override
    public void close() {
        clock.shutdownNow();
        starts.forEach(FarmStart::close);
        subscriptions.forEach(ControlPlane.Subscription::close);
        plottings.forEach(FarmPlotting::closing);
        disks.values().forEach(Disk::interrupt);
        disks.values().forEach(Disk::close);
        if (farming != null) {
            farming.close();
        }
        proofs.close();
        if (staged != null) {
            staged.close();
        }
        leases.close();
        for (Farm farm : farms) {
            try {
                farm.close();
            } catch (IOException e) {
                LOG.warn("Farm {} could not be closed well: {}", farm.id(), e.getMessage());
            }
        }
        farmedSlot.close();
        solutionLedger.close();
        ledger.close();
        chainInfos.close();
        waits.close();
        member.close();
    }
}
