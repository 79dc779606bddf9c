package xyz.autonomys.farmer.cluster.data;

import java.util.Objects;

/**
 * What a process must know to talk on a cluster's data plane.
 *
 * @param clusterId which cluster
 * @param secret the key all its members share
 * @param tls whether this process wants its connections encrypted; they are if either side wants it
 */
public record ClusterCredentials(ClusterId clusterId, ClusterSecret secret, boolean tls) {
    /** Without encryption, unless the other side wants it. */
    public ClusterCredentials(ClusterId clusterId, ClusterSecret secret) {
        this(clusterId, secret, false);
    }

    /** Neither may be null. */
    public ClusterCredentials {
        Objects.requireNonNull(clusterId);
        Objects.requireNonNull(secret);
    }
}
