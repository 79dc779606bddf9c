package xyz.autonomys.farmer.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import xyz.autonomys.farmer.cluster.control.ControlCodec;
import xyz.autonomys.farmer.cluster.control.ControlPlane;
import xyz.autonomys.farmer.cluster.control.Member;
import xyz.autonomys.farmer.cluster.control.MemberId;
import xyz.autonomys.farmer.cluster.control.MemberRole;
import xyz.autonomys.farmer.cluster.control.Membership;
import xyz.autonomys.farmer.cluster.control.NatsSettings;
import xyz.autonomys.farmer.cluster.control.PlotTask;
import xyz.autonomys.farmer.cluster.control.PlottingQueue;
import xyz.autonomys.farmer.cluster.control.PrivateNatsServer;
import xyz.autonomys.farmer.cluster.control.SlotAnnouncement;
import xyz.autonomys.farmer.cluster.control.SlotMerger;
import xyz.autonomys.farmer.cluster.control.Subjects;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.FarmerProtocolInfo;
import xyz.autonomys.farmer.primitives.PublicKey;
import xyz.autonomys.farmer.primitives.SlotInfo;

/**
 * {@code autonomys-farmer util benchmark control-plane}: many plot-clients on a nats-server of this machine, each with its
 * own connection, membership and tasks, and a controller that announces slots. A plot-client tells of its sectors in two
 * figures and holds a few tasks, so nothing on the control plane grows with their number.
 */
@Command(
        name = "control-plane",
        description = "Announce slots to many simulated plot-clients through a nats-server started for it.",
        mixinStandardHelpOptions = true)
final class ControlPlaneBenchmark implements Callable<Integer> {
    private static final int TASKS_PER_CLIENT = 8;

    /** Slots that are not measured and follow each other quickly: the first ones find code that is not compiled. */
    private static final int WARM_UP_SLOTS = 100;

    private static final Duration WARM_UP_PAUSE = Duration.ofMillis(100);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private static final int FARMING_TIMEOUT_MILLIS = 4000;
    private static final long PATIENCE_SECONDS = 60;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--clients",
            defaultValue = "100",
            paramLabel = "N",
            description = "Plot-clients (default: ${DEFAULT-VALUE}).")
    @Range(from = 1)
    private int clients;

    @Option(
            names = "--sectors",
            defaultValue = "100000",
            paramLabel = "N",
            description = "Sectors of all plot-clients together (default: ${DEFAULT-VALUE}).")
    @Range(from = 1)
    private int sectors;

    @Option(
            names = "--slots",
            defaultValue = "30",
            paramLabel = "N",
            description = "Slots to measure, one per second, after " + WARM_UP_SLOTS
                    + " quick ones that warm up (default: ${DEFAULT-VALUE}).")
    @Range(from = 1)
    private int slots;

    private final MemberId controller = MemberId.random();
    private final Subjects subjects = new Subjects("benchmark");

    /** One plot-client as the others see it. */
    private record Client(ControlPlane plane, Membership membership, PlottingQueue queue) implements AutoCloseable {
        @Override
        public void close() {
            membership.close();
            plane.close();
        }
    }

    @Override
    public Integer call() throws Exception {
        if (sectors < clients) {
            throw new ParameterException(
                    spec.commandLine(), "--sectors " + sectors + " must be --clients " + clients + " or more");
        }
        Path directory = TemporaryDirectory.create("autonomys-control-plane-");
        List<AutoCloseable> open = new ArrayList<>();
        try {
            PrivateNatsServer nats = PrivateNatsServer.start(directory, 0);
            open.add(nats);
            return measure(nats, open) ? Main.DONE : Main.FAILED;
        } finally {
            for (AutoCloseable thing : open.reversed()) {
                thing.close();
            }
            TemporaryDirectory.delete(directory);
        }
    }

    private boolean measure(PrivateNatsServer nats, List<AutoCloseable> open) throws Exception {
        int announcements = WARM_UP_SLOTS + slots;
        AtomicLongArray announced = new AtomicLongArray(announcements);
        long[][] nanos = new long[announcements][clients];
        CountDownLatch all = new CountDownLatch(announcements * clients);
        long largest = 0;
        for (int number = 0; number < clients; number++) {
            int own = number;
            Client client = client(nats, number);
            open.add(client);
            SlotMerger merger = new SlotMerger();
            client.plane().subscribe(subjects.allSlots(), SlotAnnouncement.class, (message, slot) -> merger.accept(
                            slot, System.nanoTime())
                    .ifPresent(fresh -> {
                        int at = (int) fresh.slot().slotNumber() - 1;
                        nanos[at][own] = System.nanoTime() - announced.get(at);
                        all.countDown();
                    }));
            for (int task = 0; task < TASKS_PER_CLIENT; task++) {
                client.queue().post(task(number, task));
            }
            largest = Math.max(largest, ControlCodec.encode(task(number, 0)).length);
            largest = Math.max(largest, ControlCodec.encode(member(number)).length);
        }
        try (ControlPlane plane =
                ControlPlane.connect(NatsSettings.of(List.of(nats.url())), subjects, "controller " + controller)) {
            for (int slot = 0; slot < announcements; slot++) {
                SlotAnnouncement announcement = new SlotAnnouncement(
                        controller,
                        new SlotInfo(slot + 1, Blake3Hash.of(new byte[Blake3Hash.SIZE]), 1, 1),
                        FARMING_TIMEOUT_MILLIS);
                largest = Math.max(largest, ControlCodec.encode(announcement).length);
                announced.set(slot, System.nanoTime());
                plane.publish(subjects.slots(controller), announcement);
                Thread.sleep(slot < WARM_UP_SLOTS ? WARM_UP_PAUSE : PAUSE);
            }
            boolean complete = all.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
            report(Arrays.copyOfRange(nanos, WARM_UP_SLOTS, announcements), largest, complete ? 0 : all.getCount());
            return complete;
        }
    }

    private Client client(PrivateNatsServer nats, int number) throws Exception {
        ControlPlane plane =
                ControlPlane.connect(NatsSettings.of(List.of(nats.url())), subjects, "plot-client " + number);
        Membership membership = new Membership(plane);
        membership.announce(() -> member(number));
        return new Client(plane, membership, new PlottingQueue(plane));
    }

    private Member member(int number) {
        return new Member(
                id(number),
                MemberRole.PLOT_CLIENT,
                "benchmark",
                "127.0.0.1:0",
                "host-" + number,
                0,
                0,
                0,
                true,
                "",
                List.of(
                        new Member.Detail("sectors plotted", Integer.toString(sectors / clients)),
                        new Member.Detail("sectors", Integer.toString(sectors / clients))));
    }

    private static PlotTask task(int client, int sector) {
        return new PlotTask(
                id(client),
                String.format(Locale.ROOT, "%026d", client),
                PublicKey.of(new byte[PublicKey.SIZE]),
                sector,
                0,
                1000,
                new FarmerProtocolInfo(1, 1000, 5, 1, 10, 4));
    }

    private static MemberId id(int number) {
        return new MemberId(String.format(Locale.ROOT, "%016x", number));
    }

    private void report(long[][] nanos, long largest, long missing) {
        long[] sorted = Arrays.stream(nanos)
                .flatMapToLong(Arrays::stream)
                .filter(arrival -> arrival != 0)
                .sorted()
                .toArray();
        if (sorted.length == 0) {
            throw new IllegalStateException("no slot arrived at any plot-client");
        }
        PrintWriter out = spec.commandLine().getOut();
        out.printf(
                Locale.ROOT,
                "%d plot-clients with %d sectors in all, %d slots: from announcement to client %.2f ms median, %.2f ms"
                        + " p99, %.2f ms at most; %d announcements did not arrive%n",
                clients,
                sectors,
                slots,
                sorted[sorted.length / 2] / 1e6,
                sorted[(int) Math.ceil(0.99 * sorted.length) - 1] / 1e6,
                sorted[sorted.length - 1] / 1e6,
                missing);
        out.printf(
                Locale.ROOT,
                "Largest of these messages: %d bytes of at most %d%n",
                largest,
                ControlCodec.MAX_MESSAGE_BYTES);
    }
}
