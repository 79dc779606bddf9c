package xyz.autonomys.farmer.cluster.control;

import xyz.autonomys.farmer.primitives.Blake3Hash;

/**
 * What makes a cluster this cluster; created once by the first controller and never changed.
 *
 * @param clusterId random id, 32 hex digits
 * @param genesisHash genesis hash of the chain it farms, as 32 bytes
 * @param dataPlaneSecret secret that members prove to each other on the data plane, 64 hex digits. Whoever may read
 *     this cluster's NATS account is a member.
 * @param formatVersion version of what the cluster keeps in JetStream
 */
public record ClusterIdentity(String clusterId, Blake3Hash genesisHash, String dataPlaneSecret, int formatVersion) {
    /** Format that this build writes and reads. */
    public static final int FORMAT_VERSION = 1;

    /** Without the secret. */
    @Override
    public String toString() {
        return "cluster " + clusterId + " of chain " + genesisHash;
    }
}
