package xyz.autonomys.farmer.cluster.pieces;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.archiving.PieceClaim;
import xyz.autonomys.farmer.archiving.PieceIndexes;
import xyz.autonomys.farmer.archiving.PieceVerifier;
import xyz.autonomys.farmer.cluster.control.CacheMaps;
import xyz.autonomys.farmer.cluster.control.ClusterIdentities;
import xyz.autonomys.farmer.cluster.control.ClusterIdentity;
import xyz.autonomys.farmer.cluster.control.ControlException;
import xyz.autonomys.farmer.cluster.control.ControlFormatException;
import xyz.autonomys.farmer.cluster.control.ControlPlane;
import xyz.autonomys.farmer.cluster.control.Member;
import xyz.autonomys.farmer.cluster.control.MemberRole;
import xyz.autonomys.farmer.cluster.control.Membership;
import xyz.autonomys.farmer.cluster.control.Placement;
import xyz.autonomys.farmer.cluster.control.SegmentLedger;
import xyz.autonomys.farmer.cluster.data.ClusterCredentials;
import xyz.autonomys.farmer.cluster.data.ClusterId;
import xyz.autonomys.farmer.cluster.data.ClusterSecret;
import xyz.autonomys.farmer.cluster.data.DataClient;
import xyz.autonomys.farmer.cluster.data.DataClientSettings;
import xyz.autonomys.farmer.cluster.data.DataPlaneException;
import xyz.autonomys.farmer.cluster.data.DataRequest;
import xyz.autonomys.farmer.cluster.data.ItemType;
import xyz.autonomys.farmer.cluster.data.PeerAddress;
import xyz.autonomys.farmer.cluster.data.PieceAnswer;
import xyz.autonomys.farmer.cluster.data.RequestOptions;
import xyz.autonomys.farmer.cluster.member.ClusterMember;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.primitives.SegmentCommitment;
import xyz.autonomys.farmer.store.DirectoryVerification;
import xyz.autonomys.farmer.store.Finding;
import xyz.autonomys.farmer.store.VerificationLog;

/**
 * Checks what the caches of a running cluster hold: asks each full-piece cache for every piece of history, each sharded
 * cache for the whole pieces that the cache map gives to it, and verifies what comes against the recorded commitments.
 * Joins nothing and changes nothing.
 */
public final class CacheVerification implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CacheVerification.class);
    private static final Duration DEADLINE = Duration.ofMinutes(2);
    private static final Duration SETTLE = Membership.HEARTBEAT.plusSeconds(1);
    private static final int BATCH = 64;

    private final ControlPlane control;
    private final ClusterIdentity identity;
    private final DataClient client;
    private final Membership membership;
    private final SegmentLedger ledger;
    private final CacheMaps maps;
    private final PieceVerifier verifier;

    private CacheVerification(ControlPlane control, ClusterIdentity identity, PieceVerifier verifier)
            throws ControlException, InterruptedException {
        HexFormat hex = HexFormat.of();
        this.control = control;
        this.identity = identity;
        this.verifier = verifier;
        this.client = DataClient.open(
                new ClusterCredentials(
                        ClusterId.fromHex(identity.clusterId()),
                        ClusterSecret.of(hex.parseHex(identity.dataPlaneSecret()))),
                DataClientSettings.defaults());
        this.membership = new Membership(control);
        this.ledger = new SegmentLedger(control, _ -> {});
        this.maps = new CacheMaps(control, _ -> {});
    }

    /**
     * Looks at a cluster, waiting until there is one.
     *
     * @param control a connection, which is closed with the verification
     */
    public static CacheVerification open(ControlPlane control, PieceVerifier verifier)
            throws ControlException, ControlFormatException, InterruptedException {
        boolean opened = false;
        try (ClusterIdentities identities = new ClusterIdentities(control)) {
            CacheVerification verification = new CacheVerification(control, identities.await(), verifier);
            opened = true;
            return verification;
        } finally {
            if (!opened) {
                control.close();
            }
        }
    }

    /**
     * Verifies everything that an interrupted verification has not verified.
     *
     * @param directory where its log lies
     * @param listener hears of every finding, also of earlier ones
     * @return how many findings are not good
     * @throws IOException if the log cannot be kept, or the cluster has no history or no cache
     */
    public long run(Path directory, DirectoryVerification.Listener listener) throws IOException, InterruptedException {
        // Who does not speak for longer than a heartbeat is gone, whatever is on record.
        Thread.sleep(SETTLE.toMillis());
        List<Member> caches = new ArrayList<>();
        for (Member member : membership.presentWithin(SETTLE)) {
            if (member.role() == MemberRole.FULL_PIECE_CACHE || member.role() == MemberRole.SHARDED_CACHE) {
                caches.add(member);
            }
        }
        long segments = ledger.contiguousSegments();
        if (segments == 0 || caches.isEmpty()) {
            throw new IOException("the cluster has " + segments + " segments and " + caches.size()
                    + " caches: there is nothing to verify");
        }
        Path file = directory.resolve("verification-" + identity.clusterId() + ".log");
        long faults = 0;
        long done = 0;
        try (VerificationLog log = VerificationLog.open(file)) {
            for (long segment = 0; segment < segments; segment++) {
                for (Member cache : caches) {
                    String place = cache.role() + " " + cache.id() + " on " + cache.host();
                    Optional<Finding> known = log.find(place, segment);
                    Finding finding = known.isPresent() ? known.get() : verify(place, cache, segment);
                    if (known.isEmpty()) {
                        log.add(finding);
                    }
                    if (!finding.isGood()) {
                        faults++;
                    }
                    listener.found(finding, (double) ++done / (segments * caches.size()));
                }
            }
            log.finish();
        }
        return faults;
    }

    private Finding verify(String place, Member cache, long segment) throws InterruptedException {
        BitSet bad = new BitSet();
        BitSet missing = new BitSet();
        List<Long> wanted = wanted(cache, segment);
        SegmentCommitment commitment = ledger.commitment(segment).orElseThrow();
        for (int from = 0; from < wanted.size(); from += BATCH) {
            verify(cache, wanted.subList(from, Math.min(wanted.size(), from + BATCH)), commitment, bad, missing);
        }
        return new Finding(place, segment, bad, missing);
    }

    /** The pieces of a segment that a cache should hold. */
    private List<Long> wanted(Member cache, long segment) {
        Optional<Placement> placement = maps.current();
        List<Long> wanted = new ArrayList<>();
        for (int position = 0; position < ProtocolSizes.SEGMENT_PIECES; position++) {
            long index = PieceIndexes.of(segment, position);
            if (cache.role() == MemberRole.FULL_PIECE_CACHE
                    || placement.isPresent()
                            && placement.get().layout().itemType().equals(ItemType.PIECE.text())
                            && placement.get().isHolder(cache.id(), index)) {
                wanted.add(index);
            }
        }
        return wanted;
    }

    private void verify(Member cache, List<Long> indexes, SegmentCommitment commitment, BitSet bad, BitSet missing)
            throws InterruptedException {
        List<PieceClaim> claims = new ArrayList<>();
        indexes.forEach(index -> missing.set(PieceIndexes.position(index)));
        Optional<PeerAddress> address = ClusterMember.address(cache);
        if (address.isEmpty()) {
            return;
        }
        long[] wanted = indexes.stream().mapToLong(Long::longValue).toArray();
        RequestOptions defaults = client.defaultOptions();
        try {
            client.pieces(
                    address.get(),
                    new DataRequest.Pieces(ItemType.PIECE, false, wanted),
                    new RequestOptions(defaults.firstByte(), defaults.progress(), DEADLINE),
                    answer -> {
                        int position = PieceIndexes.position(answer.index());
                        switch (answer) {
                            case PieceAnswer.Found(long index, var piece) -> {
                                missing.clear(position);
                                claims.add(new PieceClaim(index, piece, commitment));
                            }
                            case PieceAnswer.Missing _ -> missing.set(position);
                            case PieceAnswer.Damaged _ -> {
                                missing.clear(position);
                                bad.set(position);
                            }
                        }
                    });
        } catch (DataPlaneException e) {
            LOG.warn("{} {} does not give its pieces: {}", cache.role(), cache.id(), e.getMessage());
        }
        BitSet valid = verifier.verifyAll(claims);
        for (int i = valid.nextClearBit(0); i < claims.size(); i = valid.nextClearBit(i + 1)) {
            bad.set(PieceIndexes.position(claims.get(i).pieceIndex()));
        }
    }

    @Override
    public void close() {
        maps.close();
        ledger.close();
        membership.close();
        client.close();
        control.close();
    }
}
