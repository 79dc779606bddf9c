package xyz.autonomys.farmer.cluster.data;

import java.util.Objects;

/**
 * What a process must know to talk on a cluster's data plane.
 *
 * @param clusterId which cluster
 * @param secret the key all its members share
 */
public record ClusterCredentials(ClusterId clusterId, ClusterSecret secret) {
    /** Neither may be null. */
    public ClusterCredentials {
        Objects.requireNonNull(clusterId);
        Objects.requireNonNull(secret);
    }
}
