package xyz.autonomys.farmer.cluster.control;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.telemetry.Wait;

/** The cluster's identity in JetStream: controllers establish it, every other role waits for it. */
public final class ClusterIdentities implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterIdentities.class);
    private static final String KEY = "identity";
    private static final int ID_BYTES = 16;
    private static final int SECRET_BYTES = 32;
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final String BUCKET = "cluster";

    private final ControlPlane plane;
    private final WatchedBucket<ClusterIdentity> bucket;
    private final String cluster;

    /** Opens the bucket. */
    public ClusterIdentities(ControlPlane plane) throws InterruptedException {
        this.plane = plane;
        this.bucket = WatchedBucket.open(plane, BUCKET, Duration.ZERO, ClusterIdentity.class);
        this.cluster = plane.subjects().cluster();
    }

    /**
     * The identity of the cluster of this chain, created if this is its first controller. Waits for JetStream.
     *
     * @throws ControlException if the cluster belongs to another chain, or its format is another
     */
    public ClusterIdentity establish(Blake3Hash genesisHash)
            throws ControlException, ControlFormatException, InterruptedException {
        SecureRandom random = new SecureRandom();
        byte[] id = new byte[ID_BYTES];
        byte[] secret = new byte[SECRET_BYTES];
        random.nextBytes(id);
        random.nextBytes(secret);
        HexFormat hex = HexFormat.of();
        ClusterIdentity fresh = new ClusterIdentity(
                hex.formatHex(id), genesisHash, hex.formatHex(secret), ClusterIdentity.FORMAT_VERSION);
        ClusterIdentity existing = await(
                "JetStream to keep its identity",
                "see whether most NATS servers are up and have room in store_dir",
                () -> bucket.create(KEY, fresh) ? Optional.of(fresh) : bucket.get(KEY));
        if (existing.equals(fresh)) {
            LOG.info("Created {}", fresh);
            return fresh;
        }
        checkFormat(existing);
        if (!existing.genesisHash().equals(genesisHash)) {
            throw new ControlException("the node's genesis hash is " + genesisHash + ", but cluster \"" + cluster
                    + "\" farms the chain " + existing.genesisHash()
                    + "; connect this controller to a node of that chain or use another --cluster-name");
        }
        return existing;
    }

    /** Waits for the identity until a controller has created it. */
    public ClusterIdentity await() throws ControlException, ControlFormatException, InterruptedException {
        ClusterIdentity identity =
                await("its first controller", "start one, or correct --cluster-name", () -> bucket.get(KEY));
        checkFormat(identity);
        return identity;
    }

    /**
     * The identity as JetStream has it now.
     *
     * @return empty if it certainly has none
     * @throws ControlException if it does not answer
     */
    public Optional<ClusterIdentity> recorded() throws ControlException, ControlFormatException {
        return plane.hasBucket(BUCKET) ? bucket.get(KEY) : Optional.empty();
    }

    private interface Question {
        Optional<ClusterIdentity> ask() throws ControlException, ControlFormatException;
    }

    /** Asks until there is an answer: JetStream has no leader for a while after one of its servers has died. */
    private ClusterIdentity await(String what, String remedy, Question question)
            throws ControlFormatException, InterruptedException {
        try (Wait wait = plane.waits().begin("cluster \"" + cluster + "\"", what, PATIENCE, remedy)) {
            while (true) {
                try {
                    Optional<ClusterIdentity> identity = question.ask();
                    if (identity.isPresent()) {
                        return identity.get();
                    }
                } catch (ControlException e) {
                    wait.cause(e.getMessage());
                }
                Thread.sleep(POLL.toMillis());
            }
        }
    }

    private void checkFormat(ClusterIdentity identity) throws ControlException {
        if (identity.formatVersion() != ClusterIdentity.FORMAT_VERSION) {
            throw new ControlException("cluster \"" + cluster + "\" keeps its state in format "
                    + identity.formatVersion() + ", this build uses " + ClusterIdentity.FORMAT_VERSION
                    + "; run the release the cluster runs");
        }
    }

    @Override
    public void close() {
        bucket.close();
    }
}
