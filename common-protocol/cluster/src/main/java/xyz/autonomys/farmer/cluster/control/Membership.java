package xyz.autonomys.farmer.cluster.control;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.telemetry.RepeatedLog;

/**
 * Who is in the cluster. Each member writes what it is every five seconds; a reader counts it as present while it has
 * seen a change within fifteen seconds by the reader's own clock, so no two clocks need to agree.
 */
public final class Membership implements AutoCloseable {
    /** How often a member speaks. */
    public static final Duration HEARTBEAT = Duration.ofSeconds(5);

    /** After how long a silent member counts as gone. */
    public static final Duration GONE_AFTER = Duration.ofSeconds(15);

    private static final Logger LOG = LoggerFactory.getLogger(Membership.class);
    private static final Duration QUIET = Duration.ofMinutes(1);
    private static final Duration FORGOTTEN_AFTER = Duration.ofMinutes(1);

    private final WatchedBucket<Member> bucket;
    private final RepeatedLog heartbeats = new RepeatedLog(LOG, QUIET);
    private final Map<MemberId, Seen> seen = new ConcurrentHashMap<>();
    private final LongSupplier nanoClock;
    private final ScheduledExecutorService heartbeat = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("heartbeat").factory());
    private final AtomicReference<MemberId> announced = new AtomicReference<>();

    private record Seen(Member member, long nanos) {}

    /** Starts to follow the members. */
    public Membership(ControlPlane plane) throws InterruptedException {
        this(plane, System::nanoTime);
    }

    Membership(ControlPlane plane, LongSupplier nanoClock) throws InterruptedException {
        this.nanoClock = nanoClock;
        this.bucket = WatchedBucket.open(plane, "members", FORGOTTEN_AFTER, Member.class);
        bucket.watch(new WatchedBucket.Listener<>() {
            @Override
            public void changed(String key, Member member) {
                seen.put(member.id(), new Seen(member, nanoClock.getAsLong()));
            }

            @Override
            public void removed(String key) {
                seen.remove(new MemberId(key));
            }
        });
    }

    /**
     * Announces a member at once and then every {@link #HEARTBEAT}, asking {@code self} anew each time, until this is
     * closed; then the member leaves.
     */
    public void announce(Supplier<Member> self) {
        heartbeat.scheduleWithFixedDelay(
                () -> {
                    try {
                        forgetTheGone();
                        Member member = self.get();
                        announced.set(member.id());
                        bucket.put(member.id().value(), member);
                    } catch (ControlException | RuntimeException e) {
                        heartbeats.warn("heartbeat", "Others do not hear of this process: {}", e.getMessage());
                    }
                },
                0,
                HEARTBEAT.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    /** An entry that ran out leaves without a word. */
    private void forgetTheGone() {
        long now = nanoClock.getAsLong();
        seen.forEach((id, entry) -> {
            if (now - entry.nanos() > FORGOTTEN_AFTER.toNanos() && seen.remove(id, entry)) {
                bucket.copy().remove(id.value(), entry.member());
            }
        });
    }

    /** The members present now, by id. */
    public List<Member> present() {
        return presentWithin(GONE_AFTER);
    }

    /**
     * The members that spoke within this time, by id. Whoever begins to follow counts what is on record as just said, so
     * that only after a {@link #HEARTBEAT} silence tells anything.
     */
    public List<Member> presentWithin(Duration time) {
        long now = nanoClock.getAsLong();
        List<Member> members = new ArrayList<>();
        for (Seen entry : seen.values()) {
            if (now - entry.nanos() < time.toNanos()) {
                members.add(entry.member());
            }
        }
        members.sort(Comparator.comparing(member -> member.id().value()));
        return members;
    }

    /** The members of {@code role} that are present now. */
    public List<Member> present(MemberRole role) {
        return present().stream().filter(member -> member.role() == role).toList();
    }

    /**
     * Whether this member has the smallest id of those of its role that are present, so that of several one does what
     * need not be done by all. While memberships differ there may be none or two.
     */
    public boolean isFirst(MemberRole role, MemberId self) {
        return present(role).stream().findFirst().map(Member::id).orElse(self).equals(self);
    }

    /** The member with this id, if it is present now. */
    public Optional<Member> find(MemberId id) {
        Seen entry = seen.get(id);
        return entry == null || nanoClock.getAsLong() - entry.nanos() >= GONE_AFTER.toNanos()
                ? Optional.empty()
                : Optional.of(entry.member());
    }

    @Override
    public void close() {
        heartbeat.shutdownNow();
        MemberId self = announced.get();
        if (self != null) {
            try {
                bucket.remove(self.value());
            } catch (ControlException e) {
                LOG.debug("Could not say goodbye: {}", e.getMessage());
            }
        }
        bucket.close();
    }
}
