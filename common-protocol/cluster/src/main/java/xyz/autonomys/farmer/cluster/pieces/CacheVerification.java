package xyz.autonomys.farmer.cluster.pieces;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
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
import xyz.autonomys.farmer.cluster.parity.PieceFragment;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.primitives.SegmentCommitment;
import xyz.autonomys.farmer.store.DirectoryVerification;
import xyz.autonomys.farmer.store.Finding;
import xyz.autonomys.farmer.store.VerificationLog;

/**
 * Checks what the caches of a running cluster hold: asks each full-piece cache for every piece of history, each sharded
 * cache for the pieces or fragments that the cache map gives to it, and verifies what comes against the recorded
 * commitments. Joins nothing and changes nothing.
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
                for (Finding finding : findings(caches, segment, log)) {
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

    /** What is found in each cache, or was found before. */
    private List<Finding> findings(List<Member> caches, long segment, VerificationLog log)
            throws IOException, InterruptedException {
        List<Finding> findings = new ArrayList<>();
        List<Member> withFragments = new ArrayList<>();
        Optional<Placement> placement = maps.current();
        boolean split = placement.isPresent() && placement.get().layout().isSplit();
        for (Member cache : caches) {
            Optional<Finding> known = log.find(place(cache), segment);
            if (known.isPresent()) {
                findings.add(known.get());
            } else if (split && cache.role() == MemberRole.SHARDED_CACHE) {
                withFragments.add(cache);
            } else {
                Finding finding = verify(cache, segment);
                log.add(finding);
                findings.add(finding);
            }
        }
        if (!withFragments.isEmpty()) {
            for (Finding finding : verifyFragments(withFragments, placement.get(), segment)) {
                log.add(finding);
                findings.add(finding);
            }
        }
        return findings;
    }

    private static String place(Member cache) {
        return cache.role() + " " + cache.id() + " on " + cache.host();
    }

    private Finding verify(Member cache, long segment) throws InterruptedException {
        BitSet bad = new BitSet();
        BitSet missing = new BitSet();
        List<Long> wanted = wanted(cache, segment);
        SegmentCommitment commitment = ledger.commitment(segment).orElseThrow();
        for (int from = 0; from < wanted.size(); from += BATCH) {
            verify(cache, wanted.subList(from, Math.min(wanted.size(), from + BATCH)), commitment, bad, missing);
        }
        return new Finding(place(cache), segment, bad, missing);
    }

    /** All caches at once, as fragments of one piece are with several. */
    private List<Finding> verifyFragments(List<Member> caches, Placement placement, long segment)
            throws InterruptedException {
        List<Finding> findings = caches.stream()
                .map(cache -> new Finding(place(cache), segment, new BitSet(), new BitSet()))
                .toList();
        SegmentCommitment commitment = ledger.commitment(segment).orElseThrow();
        for (int from = 0; from < ProtocolSizes.SEGMENT_PIECES; from += BATCH) {
            FragmentVerification fragments = new FragmentVerification(commitment);
            for (int i = 0; i < caches.size(); i++) {
                gather(caches.get(i), i, placement, segment, from, fragments, findings.get(i));
            }
            fragments
                    .wrong(verifier)
                    .forEach((index, wrong) ->
                            wrong.forEach(cache -> findings.get(cache).bad().set(PieceIndexes.position(index))));
        }
        return findings;
    }

    /** Asks a cache for its fragments of a batch of pieces; what it lacks is missing, what is no fragment is bad. */
    private void gather(
            Member cache,
            int number,
            Placement placement,
            long segment,
            int from,
            FragmentVerification fragments,
            Finding finding)
            throws InterruptedException {
        Map<Long, Set<Integer>> wanted = new LinkedHashMap<>();
        for (int position = from; position < from + BATCH; position++) {
            long index = PieceIndexes.of(segment, position);
            int[] numbers = placement.fragments(cache.id(), index);
            if (numbers.length > 0) {
                wanted.put(index, Arrays.stream(numbers).boxed().collect(Collectors.toCollection(HashSet::new)));
            }
        }
        Optional<PeerAddress> address = ClusterMember.address(cache);
        if (address.isPresent() && !wanted.isEmpty()) {
            ask(
                    cache,
                    () -> client.fragments(
                            address.get(),
                            new DataRequest.Pieces(ItemType.SPLIT_PARITY_PIECE, false, indexes(wanted.keySet())),
                            options(),
                            (index, bytes) -> {
                                try {
                                    for (PieceFragment fragment : PieceFragment.decodeAll(bytes.orElse(new byte[0]))) {
                                        if (wanted.get(index).remove(fragment.number())) {
                                            fragments.add(index, number, fragment);
                                        }
                                    }
                                } catch (IllegalArgumentException e) {
                                    LOG.debug("{} gave no fragment of piece {}", place(cache), index, e);
                                    finding.bad().set(PieceIndexes.position(index));
                                }
                            }));
        }
        wanted.forEach((index, lacking) -> {
            int position = PieceIndexes.position(index);
            if (!lacking.isEmpty() && !finding.bad().get(position)) {
                finding.missing().set(position);
            }
        });
    }

    private interface Question {
        void put() throws DataPlaneException, InterruptedException;
    }

    private static void ask(Member cache, Question question) throws InterruptedException {
        try {
            question.put();
        } catch (DataPlaneException e) {
            LOG.warn("{} {} does not give its pieces: {}", cache.role(), cache.id(), e.getMessage());
        }
    }

    private RequestOptions options() {
        RequestOptions defaults = client.defaultOptions();
        return new RequestOptions(defaults.firstByte(), defaults.progress(), DEADLINE);
    }

    private static long[] indexes(Collection<Long> wanted) {
        return wanted.stream().mapToLong(Long::longValue).toArray();
    }

    /** The pieces of a segment that a cache should hold. */
    private List<Long> wanted(Member cache, long segment) {
        Optional<Placement> placement = maps.current();
        List<Long> wanted = new ArrayList<>();
        for (int position = 0; position < ProtocolSizes.SEGMENT_PIECES; position++) {
            long index = PieceIndexes.of(segment, position);
            if (cache.role() == MemberRole.FULL_PIECE_CACHE
                    || placement.isPresent() && placement.get().isHolder(cache.id(), index)) {
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
        ask(
                cache,
                () -> client.pieces(
                        address.get(),
                        new DataRequest.Pieces(ItemType.PIECE, false, indexes(indexes)),
                        options(),
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
                        }));
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
