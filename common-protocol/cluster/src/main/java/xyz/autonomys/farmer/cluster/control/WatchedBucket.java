package xyz.autonomys.farmer.cluster.control;

import io.nats.client.JetStreamApiException;
import io.nats.client.KeyValue;
import io.nats.client.api.KeyValueEntry;
import io.nats.client.api.KeyValueOperation;
import io.nats.client.api.KeyValueWatcher;
import io.nats.client.impl.NatsKeyValueWatchSubscription;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.telemetry.Wait;

/**
 * A key-value bucket with typed values and, once watched, a local copy that follows it. Reads of the copy cost nothing
 * and work while NATS is away.
 *
 * @param <T> type of the values
 */
final class WatchedBucket<T extends Record> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WatchedBucket.class);
    private static final int WRONG_LAST_SEQUENCE = 10071;
    /** The same where several copies decide, since nats-server 2.12 (server/errors.json). */
    private static final int LOST_THE_RACE = 10164;

    /** What happened to a key. */
    interface Listener<T> {
        /** The key has a new value. */
        void changed(String key, T value);

        /** The key is gone. */
        void removed(String key);
    }

    private final ControlPlane plane;
    private final KeyValue bucket;
    private final Duration patience;
    private final Class<T> type;
    private final Map<String, T> copy = new ConcurrentHashMap<>();
    private final CountDownLatch complete = new CountDownLatch(1);
    private NatsKeyValueWatchSubscription watch;

    private WatchedBucket(ControlPlane plane, KeyValue bucket, Duration patience, Class<T> type) {
        this.plane = plane;
        this.bucket = bucket;
        this.patience = patience;
        this.type = type;
    }

    /** Opens the bucket without watching it. */
    static <T extends Record> WatchedBucket<T> open(ControlPlane plane, String name, Duration timeToLive, Class<T> type)
            throws InterruptedException {
        return open(plane, name, timeToLive, ControlPlane.requestTimeout(), type);
    }

    /** The same for a caller that has no time: every answer comes within {@code patience} or counts as none. */
    static <T extends Record> WatchedBucket<T> open(
            ControlPlane plane, String name, Duration timeToLive, Duration patience, Class<T> type)
            throws InterruptedException {
        return new WatchedBucket<>(plane, plane.bucket(name, timeToLive, patience), patience, type);
    }

    /** Follows the bucket from now on and waits until the local copy is complete, as long as that takes. */
    WatchedBucket<T> watch(Listener<T> listener) throws InterruptedException {
        String name = "bucket " + bucket.getBucketName();
        watch = plane.patiently(
                name,
                () -> bucket.watchAll(new KeyValueWatcher() {
                    @Override
                    public void watch(KeyValueEntry entry) {
                        take(entry, listener);
                    }

                    @Override
                    public void endOfData() {
                        complete.countDown();
                    }
                }));
        try (Wait wait = plane.waits()
                .begin("JetStream", "the contents of " + name, ControlPlane.requestTimeout(), "check its quorum")) {
            complete.await();
        }
        return this;
    }

    private void take(KeyValueEntry entry, Listener<T> listener) {
        if (entry.getOperation() != KeyValueOperation.PUT) {
            copy.remove(entry.getKey());
            listener.removed(entry.getKey());
            return;
        }
        try {
            T value = decode(entry);
            copy.put(entry.getKey(), value);
            listener.changed(entry.getKey(), value);
        } catch (ControlFormatException e) {
            plane.refused(bucket.getBucketName(), e);
        } catch (RuntimeException e) {
            LOG.warn("A change of {} in bucket {} could not be handled", entry.getKey(), bucket.getBucketName(), e);
        }
    }

    /** The local copy, live. */
    Map<String, T> copy() {
        return copy;
    }

    /** The value of {@code key} as JetStream has it now. */
    Optional<T> get(String key) throws ControlException, ControlFormatException {
        KeyValueEntry entry = now("read", key, () -> bucket.get(key));
        return entry == null ? Optional.empty() : Optional.of(decode(entry));
    }

    /** Creates {@code key} if there is none, and says whether it did: the only way to claim something. */
    boolean create(String key, T value) throws ControlException {
        return unlessChanged("created", key, () -> bucket.create(key, ControlCodec.encode(value)))
                .isPresent();
    }

    /** Sets {@code key}. */
    void put(String key, T value) throws ControlException {
        replace(key, value);
    }

    /** A value as it is now, with the number of its change. */
    record Versioned<T>(T value, long revision) {}

    /** The value of {@code key} as JetStream has it now, with its revision. */
    Optional<Versioned<T>> getVersioned(String key) throws ControlException, ControlFormatException {
        KeyValueEntry entry = now("read", key, () -> bucket.get(key));
        return entry == null ? Optional.empty() : Optional.of(new Versioned<>(decode(entry), entry.getRevision()));
    }

    /** Sets {@code key}, whatever it was; its new revision. */
    long replace(String key, T value) throws ControlException {
        return now("written", key, () -> bucket.put(key, ControlCodec.encode(value)));
    }

    /**
     * Sets {@code key} if its last change was {@code revision}, 0 for none at all.
     *
     * @return its new revision, or empty if someone else has changed it
     * @throws ControlException if JetStream did not answer; whether the value was set is unknown then
     */
    OptionalLong update(String key, T value, long revision) throws ControlException {
        byte[] bytes = ControlCodec.encode(value);
        return unlessChanged(
                "written", key, () -> revision == 0 ? bucket.create(key, bytes) : bucket.update(key, bytes, revision));
    }

    /** Removes {@code key}; does not wait for a connection, since it is the last thing that many do. */
    void remove(String key) throws ControlException {
        try {
            plane.uninterruptedly(describe("removed", key), Duration.ZERO, () -> {
                bucket.delete(key);
                return key;
            });
        } catch (JetStreamApiException e) {
            throw new ControlException(describe("removed", key), e);
        }
    }

    /** Whether there is a connection with NATS now. */
    boolean isReachable() {
        return plane.isConnected();
    }

    private <R> R now(String verb, String key, ControlPlane.Attempt<R> attempt) throws ControlException {
        try {
            return plane.uninterruptedly(describe(verb, key), patience, attempt);
        } catch (JetStreamApiException e) {
            throw new ControlException(describe(verb, key), e);
        }
    }

    /** The new revision, or nothing if the key is not as it was expected to be. */
    private OptionalLong unlessChanged(String verb, String key, ControlPlane.Attempt<Long> attempt)
            throws ControlException {
        try {
            return OptionalLong.of(plane.uninterruptedly(describe(verb, key), patience, attempt));
        } catch (JetStreamApiException e) {
            if (e.getApiErrorCode() == WRONG_LAST_SEQUENCE || e.getApiErrorCode() == LOST_THE_RACE) {
                return OptionalLong.empty();
            }
            throw new ControlException(describe(verb, key), e);
        }
    }

    private T decode(KeyValueEntry entry) throws ControlFormatException {
        return ControlCodec.decode(entry.getValue(), type, bucket.getBucketName() + "/" + entry.getKey());
    }

    private String describe(String verb, String key) {
        return bucket.getBucketName() + "/" + key + " could not be " + verb;
    }

    @Override
    public void close() {
        if (watch != null) {
            try {
                watch.unsubscribe();
            } catch (IllegalStateException e) {
                LOG.debug("Watch of {} ended with its connection: {}", bucket.getBucketName(), e.getMessage());
            }
        }
    }
}
