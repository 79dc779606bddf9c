package xyz.autonomys.farmer.devnode.chain;

import java.util.Optional;
import xyz.autonomys.farmer.primitives.PublicKey;
import xyz.autonomys.farmer.primitives.RewardHash;
import xyz.autonomys.farmer.primitives.RewardSignature;

/** Gets reward signatures from farmers. */
@FunctionalInterface
public interface Signatures {
    /** The valid signature of {@code hash} by {@code key}, or empty if none came within the node's time limit. */
    Optional<RewardSignature> request(RewardHash hash, PublicKey key);
}
