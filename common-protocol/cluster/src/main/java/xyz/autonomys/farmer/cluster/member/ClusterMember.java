package xyz.autonomys.farmer.cluster.member;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.cluster.control.ClusterIdentities;
import xyz.autonomys.farmer.cluster.control.ClusterIdentity;
import xyz.autonomys.farmer.cluster.control.ControlException;
import xyz.autonomys.farmer.cluster.control.ControlFormatException;
import xyz.autonomys.farmer.cluster.control.ControlPlane;
import xyz.autonomys.farmer.cluster.control.Member;
import xyz.autonomys.farmer.cluster.control.MemberId;
import xyz.autonomys.farmer.cluster.control.MemberRole;
import xyz.autonomys.farmer.cluster.control.Membership;
import xyz.autonomys.farmer.cluster.data.ClusterCredentials;
import xyz.autonomys.farmer.cluster.data.ClusterId;
import xyz.autonomys.farmer.cluster.data.ClusterSecret;
import xyz.autonomys.farmer.cluster.data.DataClient;
import xyz.autonomys.farmer.cluster.data.DataClientSettings;
import xyz.autonomys.farmer.cluster.data.DataServer;
import xyz.autonomys.farmer.cluster.data.DataServerSettings;
import xyz.autonomys.farmer.cluster.data.PeerAddress;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.telemetry.Meters;
import xyz.autonomys.farmer.telemetry.OverdueWait;
import xyz.autonomys.farmer.telemetry.WaitRegister;

/** One process's place in the cluster. Owns everything it hands out and closes it. */
public final class ClusterMember implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterMember.class);

    /** What the membership record says of waits; the log has them all. */
    private static final int SHOWN_WAITS = 8;

    private static final int SHOWN_CHARACTERS = 4096;

    private final AtomicBoolean closed = new AtomicBoolean();
    private final MemberOptions options;
    private final WaitRegister waits;
    private final Meters meters;
    private final ControlPlane control;
    private final ClusterIdentity identity;
    private final DataServer server;
    private final DataClient client;
    private final Membership membership;
    private final IdentityWatch identityWatch;
    private final String host;
    private final String dataAddress;

    private ClusterMember(
            MemberOptions options, WaitRegister waits, Meters meters, ControlPlane control, ClusterIdentity identity)
            throws IOException, ControlException, InterruptedException {
        this.options = options;
        this.waits = waits;
        this.meters = meters;
        this.control = control;
        this.identity = identity;
        HexFormat hex = HexFormat.of();
        ClusterCredentials credentials = new ClusterCredentials(
                ClusterId.fromHex(identity.clusterId()),
                ClusterSecret.of(hex.parseHex(identity.dataPlaneSecret())),
                options.encrypt());
        this.server = DataServer.start(credentials, DataServerSettings.onPort(options.listenPort()));
        this.client = DataClient.open(credentials, DataClientSettings.defaults());
        LOG.info("{}", client.memoryBudget());
        this.membership = new Membership(control);
        this.identityWatch = new IdentityWatch(new ClusterIdentities(control), identity, options.natsRefused());
        identityWatch.begin();
        this.host = hostName();
        this.dataAddress = options.advertise()
                        .orElseGet(() -> addressTowards(options.nats().servers()))
                + ":" + server.port();
        server.observe(meters);
        client.observe(meters);
        meters.gauge("autonomys_farmer_members", "Members of the cluster that this one sees.", () -> membership
                .present()
                .size());
    }

    /**
     * Joins the cluster, waiting for NATS and for a controller as long as it takes.
     *
     * @throws IOException if the data plane cannot listen
     * @throws ControlException if NATS refuses us for good, or the cluster runs another format
     */
    public static ClusterMember join(MemberOptions options)
            throws IOException, ControlException, ControlFormatException, InterruptedException {
        return join(options, Optional.empty());
    }

    /**
     * Joins the cluster as a controller of a node with this genesis hash, creating the cluster if it is the first one.
     *
     * @throws ControlException if the cluster farms another chain
     */
    public static ClusterMember establish(MemberOptions options, Blake3Hash genesisHash)
            throws IOException, ControlException, ControlFormatException, InterruptedException {
        return establish(options, () -> genesisHash);
    }

    /** The genesis hash of a controller's node, which may not be there yet. */
    @FunctionalInterface
    public interface Genesis {
        /** Waits for the node as long as it takes, and says so. */
        Blake3Hash await() throws InterruptedException;
    }

    /**
     * The same for a controller that has not reached its node yet. NATS is connected first, so that an operator is told
     * of both when neither is there, provided that the waiting for the node began before.
     *
     * @throws ControlException if the cluster farms another chain
     */
    public static ClusterMember establish(MemberOptions options, Genesis genesis)
            throws IOException, ControlException, ControlFormatException, InterruptedException {
        return join(options, Optional.of(genesis));
    }

    private static ClusterMember join(MemberOptions options, Optional<Genesis> genesis)
            throws IOException, ControlException, ControlFormatException, InterruptedException {
        WaitRegister waits = new WaitRegister(options.waitClock());
        Meters meters =
                options.telemetry().meters(options.role().text(), options.id().value());
        observe(waits, meters);
        ControlPlane control = null;
        boolean joined = false;
        try {
            control = ControlPlane.connect(
                    options.nats(),
                    options.subjects(),
                    options.role() + " " + options.id(),
                    waits,
                    options.natsRefused());
            control.observe(meters);
            ClusterIdentity identity;
            try (ClusterIdentities identities = new ClusterIdentities(control)) {
                identity =
                        genesis.isPresent() ? identities.establish(genesis.get().await()) : identities.await();
            }
            ClusterMember member = new ClusterMember(options, waits, meters, control, identity);
            joined = true;
            LOG.info(
                    "Joined cluster \"{}\" as {} {}, reached at {}",
                    options.subjects().cluster(),
                    options.role(),
                    options.id(),
                    member.dataAddress);
            return member;
        } finally {
            if (!joined) {
                if (control != null) {
                    control.close();
                }
                meters.close();
                waits.close();
            }
        }
    }

    private static void observe(WaitRegister waits, Meters meters) {
        meters.gauge("autonomys_farmer_waits_open", "Things waited for now.", waits::open);
        meters.gauge(
                "autonomys_farmer_waits_overdue",
                "Things waited for now whose deadline has passed; anything but 0 for long is a stall.",
                () -> waits.overdue().size());
        meters.gauge(
                "autonomys_farmer_waits_longest_seconds",
                "Age of the oldest wait whose deadline has passed.",
                () -> waits.overdue().stream()
                        .mapToLong(OverdueWait::seconds)
                        .max()
                        .orElse(0));
        meters.count("autonomys_farmer_waits_late", "Waits that passed their deadline.", waits::late);
    }

    /** Tells the others from now on how this member is; its numbers become figures. */
    public void announce(Supplier<MemberStatus> status) {
        StatusFigures figures = new StatusFigures(meters);
        membership.announce(() -> {
            MemberStatus now = status.get();
            figures.take(now);
            return new Member(
                    options.id(),
                    options.role(),
                    options.version(),
                    dataAddress,
                    host,
                    now.capacityBytes(),
                    now.usedBytes(),
                    now.load(),
                    now.healthy(),
                    waitingFor(now.waitingFor()),
                    now.details());
        });
    }

    /** What the role says it waits for, then the waits past their deadline. */
    private String waitingFor(String said) {
        List<String> parts = new ArrayList<>();
        if (!said.isEmpty()) {
            parts.add(said);
        }
        List<OverdueWait> overdue = waits.overdue();
        overdue.stream().limit(SHOWN_WAITS).map(OverdueWait::describe).forEach(parts::add);
        if (overdue.size() > SHOWN_WAITS) {
            parts.add("and " + (overdue.size() - SHOWN_WAITS) + " more");
        }
        String all = String.join(" | ", parts);
        return all.length() <= SHOWN_CHARACTERS ? all : all.substring(0, SHOWN_CHARACTERS);
    }

    /** What this role waits for; it registers every wait here. */
    public WaitRegister waits() {
        return waits;
    }

    /** The figures of this role. */
    public Meters meters() {
        return meters;
    }

    /** Who this is. */
    public MemberId id() {
        return options.id();
    }

    /** Name of this host. */
    public String host() {
        return host;
    }

    /** Where peers reach the data plane. */
    public String dataAddress() {
        return dataAddress;
    }

    /** The connection to NATS. */
    public ControlPlane control() {
        return control;
    }

    /** The cluster joined. */
    public ClusterIdentity identity() {
        return identity;
    }

    /** The other members. */
    public Membership membership() {
        return membership;
    }

    /** Answers peers. */
    public DataServer server() {
        return server;
    }

    /** Asks peers. */
    public DataClient client() {
        return client;
    }

    /** Where a member's data plane is, if it is present now and has one. */
    public Optional<PeerAddress> address(MemberId member) {
        return membership.find(member).flatMap(ClusterMember::address);
    }

    /** Where a member's data plane is, if it has one. */
    public static Optional<PeerAddress> address(Member member) {
        return member.dataAddress().isEmpty() ? Optional.empty() : Optional.of(PeerAddress.parse(member.dataAddress()));
    }

    /** The members of a role that are present, those on this host first. */
    public List<Member> nearestFirst(MemberRole role) {
        return membership.present(role).stream()
                .sorted((a, b) ->
                        Boolean.compare(b.host().equals(host), a.host().equals(host)))
                .toList();
    }

    /** The name the host gives itself, whether or not anybody can resolve it. */
    private static String hostName() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException e) {
            LOG.debug("This host's name cannot be read: {}", e.getMessage());
            return "unknown";
        }
    }

    /** The local address from which the first reachable NATS server is reached. */
    private static String addressTowards(List<String> servers) {
        for (String server : servers) {
            URI uri = URI.create(server.contains("://") ? server : "nats://" + server);
            try (DatagramSocket probe = new DatagramSocket()) {
                // Connecting a datagram socket sends nothing; it only asks the system for the route.
                probe.connect(new InetSocketAddress(uri.getHost(), uri.getPort() < 0 ? 4222 : uri.getPort()));
                if (probe.getLocalAddress() != null && !probe.getLocalAddress().isAnyLocalAddress()) {
                    String address = probe.getLocalAddress().getHostAddress();
                    return address.contains(":") ? "[" + address + "]" : address;
                }
            } catch (SocketException | RuntimeException e) {
                LOG.debug("No route to {}: {}", server, e.getMessage());
            }
        }
        return "127.0.0.1";
    }

    /** Leaves the cluster; once left, nothing more happens. */
    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        identityWatch.close();
        membership.close();
        server.close();
        client.close();
        control.close();
        meters.close();
        waits.close();
    }
}
