package xyz.autonomys.farmer.cluster.control;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * Something that one process of the cluster holds at a time: an entry that its holder renews, each time on the condition
 * that nobody has changed it since. Whoever finds another's entry has lost it for good. An answer that did not come, or an
 * entry that ran out and that nobody took, is no loss: the holder looks what became of it and takes it again. Thread-safe.
 *
 * @param <T> type of the entry, which names its holder
 */
final class Claim<T extends Record> {
    private final WatchedBucket<T> bucket;
    private final String key;
    private final T own;
    private long revision;
    private boolean inDoubt;
    private boolean lost;

    private Claim(WatchedBucket<T> bucket, String key, T own, long revision) {
        this.bucket = bucket;
        this.key = key;
        this.own = own;
        this.revision = revision;
    }

    /** Takes {@code key} over, whoever holds it; only for one who knows that it is his now. */
    static <T extends Record> Claim<T> takeOver(WatchedBucket<T> bucket, String key, T own) throws ControlException {
        return new Claim<>(bucket, key, own, bucket.replace(key, own));
    }

    /** Takes {@code key} if the entry has this revision, 0 for no entry. */
    static <T extends Record> Optional<Claim<T>> take(WatchedBucket<T> bucket, String key, T own, long revision)
            throws ControlException {
        OptionalLong taken = bucket.update(key, own, revision);
        return taken.isEmpty() ? Optional.empty() : Optional.of(new Claim<>(bucket, key, own, taken.getAsLong()));
    }

    /**
     * Renews the claim.
     *
     * @return whether it is still held; false is final
     * @throws ControlException if that cannot be known now
     */
    synchronized boolean renew() throws ControlException {
        if (lost) {
            return false;
        }
        try {
            if (inDoubt) {
                settle();
            }
            if (!lost && !write()) {
                settle();
                lost = lost || !write();
            }
            return !lost;
        } catch (ControlException e) {
            inDoubt = true;
            throw e;
        }
    }

    private boolean write() throws ControlException {
        OptionalLong renewed = bucket.update(key, own, revision);
        revision = renewed.orElse(revision);
        return renewed.isPresent();
    }

    /** Looks what the entry is now: as we left it or meant to leave it, another's, or gone. */
    private void settle() throws ControlException {
        Optional<WatchedBucket.Versioned<T>> now;
        try {
            now = bucket.getVersioned(key);
        } catch (ControlFormatException e) {
            throw new ControlException("what became of " + key + " cannot be read", e);
        }
        if (now.isEmpty()) {
            // It ran out while nobody could renew it, and nobody has taken it.
            revision = 0;
        } else if (now.get().value().equals(own)) {
            revision = now.get().revision();
        } else {
            lost = true;
        }
        inDoubt = false;
    }

    /** Gives it up if it is still held. */
    synchronized void release() throws ControlException {
        if (renew()) {
            lost = true;
            bucket.remove(key);
        }
    }
}
