package xyz.autonomys.farmer.cluster.member;

import java.util.Optional;
import java.util.function.LongSupplier;
import xyz.autonomys.farmer.cluster.control.MemberId;
import xyz.autonomys.farmer.cluster.control.MemberRole;
import xyz.autonomys.farmer.cluster.control.NatsSettings;
import xyz.autonomys.farmer.cluster.control.Subjects;
import xyz.autonomys.farmer.telemetry.Telemetry;

/**
 * How a process joins the cluster.
 *
 * @param role what it does
 * @param id who it is; kept on disk by roles whose state outlives a restart
 * @param nats where the control plane is
 * @param subjects names of the cluster
 * @param listenPort TCP port of its data plane, 0 for any
 * @param advertise host name or address that peers use, or empty for the address through which NATS is reached
 * @param encrypt whether its connections on the data plane are encrypted; they are if either side wants it
 * @param version version of the program
 * @param telemetry figures of the process; somebody else's to close
 * @param waitClock by which the role measures how long it waits for something, as {@link System#nanoTime}
 * @param natsRefused called, on a thread of its own, when NATS refuses this process for good after it was connected, or has
 *     lost the cluster; it
 *     must end the process, since nothing that was made from the connection works any more
 */
public record MemberOptions(
        MemberRole role,
        MemberId id,
        NatsSettings nats,
        Subjects subjects,
        int listenPort,
        Optional<String> advertise,
        boolean encrypt,
        String version,
        Telemetry telemetry,
        LongSupplier waitClock,
        Runnable natsRefused) {
    /** Without encryption, by the clock of the system, with figures that nobody reads, and no end of its own. */
    public MemberOptions(
            MemberRole role,
            MemberId id,
            NatsSettings nats,
            Subjects subjects,
            int listenPort,
            Optional<String> advertise,
            String version) {
        this(
                role,
                id,
                nats,
                subjects,
                listenPort,
                advertise,
                false,
                version,
                Telemetry.unread(),
                System::nanoTime,
                () -> {});
    }

    /** The same for another role and identity in the same process. */
    public MemberOptions as(MemberRole otherRole, MemberId otherId) {
        return new MemberOptions(
                otherRole,
                otherId,
                nats,
                subjects,
                listenPort,
                advertise,
                encrypt,
                version,
                telemetry,
                waitClock,
                natsRefused);
    }

    /** The same with waits measured by another clock. */
    public MemberOptions withWaitClock(LongSupplier nanoClock) {
        return new MemberOptions(
                role, id, nats, subjects, listenPort, advertise, encrypt, version, telemetry, nanoClock, natsRefused);
    }
}
