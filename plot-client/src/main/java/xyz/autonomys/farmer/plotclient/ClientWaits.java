package xyz.autonomys.farmer.plotclient;

import java.time.Duration;
import java.util.List;
import xyz.autonomys.farmer.cluster.control.Member;
import xyz.autonomys.farmer.cluster.control.MemberId;
import xyz.autonomys.farmer.cluster.control.MemberRole;
import xyz.autonomys.farmer.cluster.data.PeerAddress;
import xyz.autonomys.farmer.cluster.member.ClusterMember;
import xyz.autonomys.farmer.telemetry.StandingWait;
import xyz.autonomys.farmer.telemetry.Wait;

/** What a plot-client waits for, each with the time after which an operator should know and what helps. Thread-safe. */
final class ClientWaits implements AutoCloseable {
    private static final String OWNER = "plot-client";
    /** Slots come once a second or so. */
    private static final Duration SLOT_PATIENCE = Duration.ofSeconds(30);
    /** A lease whose holder died is free after less than that. */
    private static final Duration LEASE_PATIENCE = Duration.ofSeconds(30);

    private static final Duration BROKEN_PATIENCE = Duration.ofSeconds(30);
    private static final Duration PLOT_SERVER_PATIENCE = Duration.ofMinutes(2);
    private static final Duration TRANSFER_PATIENCE = Duration.ofSeconds(60);
    private static final Duration JETSTREAM_PATIENCE = Duration.ofSeconds(20);
    /** Half of the time in which a slot can be solved. */
    private static final Duration IN_SLOT_PATIENCE = Duration.ofSeconds(2);

    private static final String JETSTREAM_REMEDY = "see whether most NATS servers are up and have room in store_dir";

    private final ClusterMember member;
    private final StandingWait slots;
    private final StandingWait plotServer;
    private final StandingWait tasks;
    private final StandingWait notes;
    private final StandingWait agreement;

    ClientWaits(ClusterMember member) {
        this.member = member;
        this.slots = standing(
                "the next slot",
                SLOT_PATIENCE,
                "nothing is farmed meanwhile; look at the controllers' logs and at their nodes, which have to be"
                        + " synchronised");
        this.plotServer = standing(
                "a plot-server to take up sectors",
                PLOT_SERVER_PATIENCE,
                "start plot-servers; if they run, see in util members what they wait for");
        this.tasks = standing("JetStream to take plotting tasks", JETSTREAM_PATIENCE, JETSTREAM_REMEDY);
        this.notes = standing(
                "its disk to note which sectors it asks for",
                JETSTREAM_PATIENCE,
                "make room on the farm's disk, see with dmesg and mount whether it failed or became read-only");
        this.agreement = standing(
                "nodes that agree about history",
                JETSTREAM_PATIENCE,
                "nothing is plotted meanwhile; find out which node is wrong, take it out, resynchronise it");
    }

    private StandingWait standing(String what, Duration limit, String remedy) {
        return new StandingWait(member.waits(), OWNER, what, limit, remedy);
    }

    /** A slot came, or the first one is waited for. */
    void slotCame() {
        slots.over();
        slots.lacks("");
    }

    /** For a farm whose lease is another process's. */
    StandingWait leaseOfAnother() {
        return standing(
                "the lease of farm",
                LEASE_PATIENCE,
                "two processes must never farm one farm: stop the other one, or take the farm out of this one's options");
    }

    /** For a farm of which it cannot be known whose it is. */
    StandingWait leaseUnknown() {
        return standing("JetStream to lend farm", JETSTREAM_PATIENCE, JETSTREAM_REMEDY);
    }

    /** For a farm that cannot be opened. */
    StandingWait brokenFarm() {
        return standing(
                "the farm at",
                BROKEN_PATIENCE,
                "the other farms go on; repair it, or take it out of this process's options");
    }

    /** Two nodes disagree about history, for as long as this is not empty. */
    void disagreement(String alarm) {
        if (alarm.isEmpty()) {
            agreement.over();
        } else {
            agreement.lacks(alarm);
        }
    }

    /** Tasks could not be posted. */
    void noTasksTaken(String cause) {
        tasks.lacks(cause);
    }

    /** Tasks could not be noted. */
    void noNotesTaken(String cause) {
        notes.lacks(cause);
    }

    /** Tasks can be posted. */
    void tasksTaken() {
        tasks.over();
    }

    /** Tasks can be noted. */
    void notesTaken() {
        notes.over();
    }

    /** To be called every second or so with the number of sectors that are asked for and not made yet. */
    void look(int unmade) {
        slots.lacks(describe(MemberRole.CONTROLLER));
        if (unmade == 0) {
            plotServer.over();
            return;
        }
        plotServer.lacks(describe(MemberRole.PLOT_SERVER)).item("(" + unmade + " are asked for)");
        if (member.membership().present(MemberRole.PLOT_SERVER).stream().anyMatch(server -> server.load() > 0)) {
            // They work on other farms' sectors first.
            plotServer.progress();
        }
    }

    /** A sector that was asked for is being made, or was. */
    void sectorCameOn() {
        plotServer.progress();
    }

    /** The bytes of a staged sector are on their way from a plot-server. */
    Wait transfer(String taskId, MemberId holder) {
        return member.waits()
                .begin(
                        OWNER,
                        "staged sector",
                        TRANSFER_PATIENCE,
                        "start that plot-server again with the same staging directory, see whether its port can be reached"
                                + " from here; after ten minutes without it, or thirty if it is there, the sector is"
                                + " asked for again")
                .item(taskId)
                .from("plot-server " + holder);
    }

    /** It is being told that a sector is stored. */
    Wait telling(String taskId) {
        return member.waits()
                .begin(OWNER, "JetStream to take note of stored sectors", JETSTREAM_PATIENCE, JETSTREAM_REMEDY)
                .item(taskId);
    }

    /** A proof is asked for. */
    static Wait proof(ClusterMember member, PeerAddress server, int sBucket) {
        return member.waits()
                .begin(
                        OWNER,
                        "a proof",
                        IN_SLOT_PATIENCE,
                        "another proof-server is asked meanwhile; see the load of that one and the network to it")
                .item("for s-bucket " + sBucket)
                .from("proof-server " + server);
    }

    /** A solution is with a controller. */
    static Wait submission(ClusterMember member, MemberId controller, long slot) {
        return member.waits()
                .begin(
                        OWNER,
                        "a controller to take a solution",
                        IN_SLOT_PATIENCE,
                        "see the load of that controller and whether its node answers")
                .item("of slot " + Long.toUnsignedString(slot))
                .from("controller " + controller);
    }

    private String describe(MemberRole role) {
        List<Member> present = member.membership().present(role);
        if (present.isEmpty()) {
            return "no " + role.text() + " is there";
        }
        return present.stream()
                .filter(one -> !one.waitingFor().isEmpty())
                .findFirst()
                .map(one -> role.text() + " " + one.id() + " on " + one.host() + " waits for " + one.waitingFor())
                .orElse(role.text() + "s that are there: " + present.size());
    }

    @Override
    public void close() {
        List.of(slots, plotServer, tasks, notes, agreement).forEach(StandingWait::close);
    }
}
