package xyz.autonomys.farmer.devnode;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;
import xyz.autonomys.farmer.devnode.chain.Signatures;
import xyz.autonomys.farmer.primitives.PublicKey;
import xyz.autonomys.farmer.primitives.RewardHash;
import xyz.autonomys.farmer.primitives.RewardSignature;
import xyz.autonomys.farmer.primitives.RewardSigningInfo;
import xyz.autonomys.farmer.sr25519.Sr25519;

/**
 * Asks farmers for reward signatures, one hash at a time. Each subscriber may answer once; a null or invalid answer uses
 * up that chance (spec 06 §6.2). {@link #answer} is called by any thread, {@link #request} by the chain.
 */
final class SigningDesk implements Signatures {
    private final Duration limit;
    private final ToIntFunction<RewardSigningInfo> subscribers;
    private RewardHash current;
    private BlockingQueue<Optional<RewardSignature>> answers = new LinkedBlockingQueue<>();
    private int replySlots;

    /**
     * A desk.
     *
     * @param limit how long a request lives
     * @param subscribers sends a request to all subscribers and tells how many there are
     */
    SigningDesk(Duration limit, ToIntFunction<RewardSigningInfo> subscribers) {
        this.limit = limit;
        this.subscribers = subscribers;
    }

    @Override
    public Optional<RewardSignature> request(RewardHash hash, PublicKey key) {
        BlockingQueue<Optional<RewardSignature>> queue = new LinkedBlockingQueue<>();
        long deadline = System.nanoTime() + limit.toNanos();
        int left;
        synchronized (this) {
            current = hash;
            answers = queue;
            // Reply slots exist before the first subscriber can answer.
            replySlots = Integer.MAX_VALUE;
            left = subscribers.applyAsInt(new RewardSigningInfo(hash, key));
            replySlots = left;
        }
        try {
            while (left > 0) {
                Optional<RewardSignature> answer =
                        queue.poll(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
                if (answer == null) {
                    return Optional.empty();
                }
                left--;
                if (answer.isPresent() && Sr25519.verifyReward(key, hash, answer.get())) {
                    return answer;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Optional.empty();
    }

    /** Takes an answer; one that nobody waits for is ignored. */
    synchronized void answer(RewardHash hash, Optional<RewardSignature> signature) {
        if (hash.equals(current) && replySlots > 0) {
            replySlots--;
            answers.add(signature);
        }
    }
}
