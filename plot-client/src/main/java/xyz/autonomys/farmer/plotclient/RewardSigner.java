package xyz.autonomys.farmer.plotclient;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import xyz.autonomys.farmer.cluster.control.ControlPlane;
import xyz.autonomys.farmer.cluster.control.RewardSigningRequest;
import xyz.autonomys.farmer.farm.Farm;
import xyz.autonomys.farmer.primitives.PublicKey;
import xyz.autonomys.farmer.primitives.RewardSignatureResponse;
import xyz.autonomys.farmer.sr25519.Sr25519KeyPair;

/**
 * Signs for the farms' keys, and is silent about all others. Signatures are deterministic, so two nodes that ask for the
 * same hash get the same bytes (rule M6 of the node RPC chapter, section 13.3).
 */
final class RewardSigner {
    private final ControlPlane control;
    private final Map<PublicKey, Sr25519KeyPair> keys = new ConcurrentHashMap<>();
    private final LongAdder signed = new LongAdder();

    RewardSigner(ControlPlane control) {
        this.control = control;
    }

    /** Signs for this farm's key from now on. */
    void add(Farm farm) {
        keys.put(farm.publicKey(), farm.keyPair());
    }

    /** Signatures given. */
    long signed() {
        return signed.sum();
    }

    /** A node asks. */
    void sign(RewardSigningRequest request) {
        Sr25519KeyPair key = keys.get(request.request().publicKey());
        if (key != null) {
            control.publish(
                    control.subjects().rewardSignatures(request.controller()),
                    new RewardSignatureResponse(
                            request.request().hash(),
                            key.signReward(request.request().hash())));
            signed.increment();
        }
    }
}
