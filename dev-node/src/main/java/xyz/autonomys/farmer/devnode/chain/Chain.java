package xyz.autonomys.farmer.devnode.chain;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.archiving.ArchivedSegment;
import xyz.autonomys.farmer.node.BlockHash;
import xyz.autonomys.farmer.node.BlockHeader;
import xyz.autonomys.farmer.node.SignedBlock;
import xyz.autonomys.farmer.node.TrieRoot;
import xyz.autonomys.farmer.primitives.RewardHash;
import xyz.autonomys.farmer.primitives.RewardSignature;
import xyz.autonomys.farmer.primitives.SegmentHeader;
import xyz.autonomys.farmer.primitives.SlotInfo;
import xyz.autonomys.farmer.primitives.Solution;
import xyz.autonomys.farmer.primitives.hash.Blake2b256;
import xyz.autonomys.farmer.primitives.scale.ScaleWriter;
import xyz.autonomys.farmer.sector.SectorIds;
import xyz.autonomys.farmer.sector.SolutionRanges;

/**
 * The best chain of the simulated node: slots are proven, claimed, turned into blocks and votes (spec 06 §5.3, §12).
 * All changes happen on the thread that drives the slots; what other threads read is published through volatile fields.
 */
public final class Chain {
    private static final Logger LOG = LoggerFactory.getLogger(Chain.class);

    private final ChainSettings settings;
    private final SolutionJudge judge;
    private final Journal journal;
    private final History history;
    private final BlockStore store;
    private final VotePool votes;
    private final Block genesis;
    private final String kind;
    private final SplittableRandom random = new SplittableRandom();
    private final ForeignAuthor foreignAuthor = new ForeignAuthor();
    private final Set<Kappa> judged = new HashSet<>();
    private final List<SegmentHeader> unstored = new ArrayList<>();
    private final ProvenSlots slots;
    private Consumer<ArchivedSegment> segmentPublisher;
    private Consumer<Block> importListener = block -> {};
    private Block parentOfBest;
    private volatile long nextSolutionRange;
    private volatile long storedSegments;
    private long eraStartSlot;
    private long revealedBlock;
    private volatile long solutionRange;
    private volatile Block best;
    private volatile boolean overtaken;

    /**
     * Starts a chain, or goes on with the one that {@code store} holds.
     *
     * @throws java.io.UncheckedIOException if the store cannot be read
     */
    Chain(
            ChainSettings settings,
            Block genesis,
            SolutionJudge judge,
            Journal journal,
            History history,
            BlockStore store) {
        this.settings = settings;
        this.genesis = genesis;
        this.kind = describe(settings, genesis, history.setup());
        this.judge = judge;
        this.journal = journal;
        this.history = history;
        this.store = store;
        this.votes = new VotePool(journal);
        this.segmentPublisher = segment -> history.release(segment.header().segmentIndex());
        Optional<ChainState> saved = store.state();
        if (saved.isEmpty()) {
            best = genesis;
            solutionRange = settings.solutionRange();
            history.begin();
            unstored.addAll(history.segments().last(1));
            slots = new ProvenSlots(timeFromGenesis(), settings.potIterations());
            store.begin(state());
        } else {
            if (!saved.get().kind().equals(kind)) {
                throw new IllegalArgumentException(
                        "the directory holds a chain with " + saved.get().kind() + ", asked for is one with " + kind
                                + "; use another directory, or the same options");
            }
            slots = restore(saved.get());
        }
    }

    /** What can never change while a chain goes on. */
    private static String describe(ChainSettings settings, Block genesis, String setup) {
        return "genesis hash " + genesis.hash() + ", authoring delay " + settings.authoringDelay()
                + ", confirmation depth " + settings.confirmationDepth() + ", " + settings.potIterations()
                + " iterations per slot, " + setup;
    }

    private ProofOfTime timeFromGenesis() {
        return new ProofOfTime(genesisHash().toBytes(), new byte[0], settings.potIterations());
    }

    private ProvenSlots restore(ChainState state) {
        solutionRange = state.solutionRange();
        nextSolutionRange = state.nextSolutionRange();
        eraStartSlot = state.eraStartSlot();
        revealedBlock = state.revealedBlock();
        store.index(state.bestNumber());
        best = state.bestNumber() == 0 ? genesis : store.block(state.bestNumber());
        parentOfBest = state.bestNumber() == 0
                ? null
                : state.bestNumber() == 1 ? genesis : store.block(state.bestNumber() - 1);
        long lastArchived = state.headers().getLast().lastArchivedBlock().number();
        history.resume(
                state.headers(),
                lastArchived == 0 ? null : store.block(lastArchived).encode());
        for (long number = lastArchived + 1; number <= state.bestNumber(); number++) {
            history.append(number, store.block(number).encode());
        }
        for (long number = lastArchived + 1; number <= revealedBlock; number++) {
            history.reveal(number, segment -> {
                throw new IllegalStateException("segment " + segment.header().segmentIndex() + " was not saved");
            });
        }
        for (SegmentHeader header : state.headers()) {
            long last = header.lastArchivedBlock().number();
            long carrier = last == 0 ? 1 : last + settings.confirmationDepth() + 1;
            if (carrier > best.number()) {
                unstored.add(header);
            }
        }
        storedSegments = state.headers().size() - unstored.size();
        return best.number() == 0
                ? new ProvenSlots(timeFromGenesis(), settings.potIterations(), 0, state)
                : new ProvenSlots(
                        new ProofOfTime(best.futurePot(), settings.potIterations()),
                        settings.potIterations(),
                        best.slot() + settings.authoringDelay(),
                        state);
    }

    /** Hash of block 0. */
    public BlockHash genesisHash() {
        return genesis.hash();
    }

    /** Block 0. */
    public Block genesis() {
        return genesis;
    }

    /** The best block. */
    public Block best() {
        return best;
    }

    /** Whether a block has carried the header of a segment (u64). */
    public boolean isStored(long segmentIndex) {
        return Long.compareUnsigned(segmentIndex, storedSegments) < 0;
    }

    /** The range that makes a block, for a child of the best block. */
    public long solutionRange() {
        return solutionRange;
    }

    /** The range that makes a vote. */
    public long votingSolutionRange() {
        return SolutionRanges.voting(solutionRange, settings.votesPerBlock());
    }

    /** Replaces the range of the next blocks. */
    public void forceSolutionRange(long range) {
        nextSolutionRange = range;
    }

    /**
     * What happens with each segment when it is revealed; may block, as the real archiver does. Whoever publishes
     * segments releases them as well.
     */
    public void publishSegmentsTo(Consumer<ArchivedSegment> publisher) {
        this.segmentPublisher = publisher;
    }

    /** Who hears of each new best block. */
    public void onImport(Consumer<Block> listener) {
        this.importListener = listener;
    }

    /** Proves the next slot. */
    public SlotInfo nextSlot() {
        SlotProof proof = slots.next();
        if (nextSolutionRange != 0) {
            solutionRange = nextSolutionRange;
            nextSolutionRange = 0;
        }
        return new SlotInfo(
                proof.slot(),
                SectorIds.globalChallenge(proof.output(), proof.slot()),
                solutionRange,
                votingSolutionRange());
    }

    /**
     * Makes foreign blocks, one a slot, until history has so many segments: what a network did before anybody looked.
     * Nothing of it is published.
     */
    public void grow(long segments) {
        while (history.segments().size() < segments) {
            nextSlot();
            long slot = slots.last() - settings.authoringDelay();
            if (slot > best.slot()) {
                author(best, slot, null);
                forgetProofs(slot);
            }
        }
    }

    /** The block of the next slot that is claimed will be a foreign one that came before all solutions. */
    public void overtakeNextClaim() {
        overtaken = true;
    }

    /**
     * Claims a slot {@code authoringDelay} slots after it was announced.
     *
     * @param slot the slot
     * @param submissions what was submitted for it, in order of arrival
     */
    public void claim(long slot, List<Submission> submissions) {
        if (overtaken && slot > best.slot() && slots.contains(slot)) {
            overtaken = false;
            author(best, slot, null);
        }
        Block parent = best;
        SlotProof proof = slots.get(slot);
        if (proof == null || !slots.contains(slot + settings.authoringDelay()) || slot <= parent.slot()) {
            submissions.forEach(
                    submission -> journal.add(Journal.Kind.SOLUTION_LATE, entry -> describe(entry, submission, slot)
                            .put("reason", "slot overtaken")));
            return;
        }
        Submission candidate = null;
        for (Submission submission : submissions) {
            switch (grade(submission, slot, proof)) {
                case NONE -> {}
                case BLOCK -> {
                    if (submission.behind()) {
                        unused(submission, slot, "block of a node that is behind");
                    } else if (candidate == null) {
                        candidate = submission;
                    } else {
                        unused(submission, slot, "second block candidate");
                    }
                }
                case VOTE -> vote(submission.behind() ? parentOfBest : parent, submission, slot);
            }
        }
        if (candidate != null || random.nextInt(ChainSettings.SLOTS_PER_BLOCK) == 0) {
            author(parent, slot, candidate);
        }
        forgetProofs(slot);
        judged.removeIf(kappa -> kappa.slot() + 64 < slot);
    }

    /** The next block proves all slots after the best one's future slot, the next claim needs the slots after this. */
    private void forgetProofs(long slot) {
        slots.forgetBefore(Math.min(slot, firstUnprovenSlot(best)));
    }

    /** What a solution is good for. */
    private enum Grade {
        NONE,
        VOTE,
        BLOCK
    }

    private Grade grade(Submission submission, long slot, SlotProof proof) {
        Solution solution = submission.solution();
        return switch (judge.judge(solution, slot, proof.output(), votingSolutionRange())) {
            case SolutionJudge.Judgement.Invalid(String reason) -> {
                refused(Journal.Kind.SOLUTION_INVALID, submission, slot, reason);
                yield Grade.NONE;
            }
            case SolutionJudge.Judgement.Expired(String text) -> {
                refused(Journal.Kind.SOLUTION_EXPIRED, submission, slot, text);
                yield Grade.NONE;
            }
            case SolutionJudge.Judgement.Valid(long distance) -> {
                if (!judged.add(Kappa.of(solution, slot))) {
                    journal.add(Journal.Kind.SOLUTION_DUPLICATE, entry -> describe(entry, submission, slot));
                }
                yield SolutionRanges.isWithin(distance, solutionRange) ? Grade.BLOCK : Grade.VOTE;
            }
        };
    }

    private void refused(Journal.Kind kind, Submission submission, long slot, String reason) {
        journal.add(kind, entry -> describe(entry, submission, slot).put("reason", reason));
        LOG.warn(
                "Solution of sector {} of {} for slot {} is refused: {}",
                submission.solution().sectorIndex(),
                submission.solution().publicKey().toHex(),
                slot,
                reason);
    }

    private void unused(Submission submission, long slot, String reason) {
        journal.add(Journal.Kind.SOLUTION_UNUSED, entry -> describe(entry, submission, slot)
                .put("reason", reason));
    }

    private void vote(Block parent, Submission submission, long slot) {
        if (parent == null || parent.number() == 0) {
            unused(submission, slot, "vote on top of block 0");
            return;
        }
        Vote vote = new Vote(
                parent.number() + 1,
                parent.hash(),
                slot,
                submission.solution(),
                slots.get(slot).output(),
                slots.get(slot + settings.authoringDelay()).output());
        sign(vote.hash(), submission, slot).ifPresent(value -> votes.add(new Vote.Signed(vote, value)));
    }

    private Optional<RewardSignature> sign(RewardHash hash, Submission submission, long slot) {
        long start = System.nanoTime();
        Optional<RewardSignature> signature =
                submission.signatures().request(hash, submission.solution().publicKey());
        long micros = (System.nanoTime() - start) / 1000;
        journal.add(signature.isPresent() ? Journal.Kind.SIGNED : Journal.Kind.NOT_SIGNED, entry -> describe(
                        entry, submission, slot)
                .put("hash", hash.toHex())
                .put("micros", micros));
        return signature;
    }

    /** Builds, signs and imports a block; of a farmer if there is a solution, else a foreign one. */
    private void author(Block parent, long slot, Submission own) {
        SlotProof proof = slots.get(slot);
        SlotProof future = slots.get(slot + settings.authoringDelay());
        Solution solution = own != null ? own.solution() : foreignAuthor.solution(slot);
        long number = parent.number() + 1;
        List<Vote.Signed> included = votes.eligible(parent, parentOfBest, slot);
        // Of segment 0 block 1, of every other the block after the one whose import archived it.
        List<SegmentHeader> headers = List.copyOf(unstored);
        List<byte[]> extrinsics = new ArrayList<>();
        if (!headers.isEmpty()) {
            extrinsics.add(Extrinsics.storeSegmentHeaders(headers));
        }
        included.forEach(vote -> extrinsics.add(Extrinsics.vote(vote)));
        if (settings.blockBodyBytes() > 0) {
            extrinsics.add(Filler.extrinsic(number, settings.blockBodyBytes()));
        }
        List<byte[]> logs = new ArrayList<>();
        logs.add(DigestLogs.preDigest(slot, solution, proof.output(), future.output()));
        logs.add(DigestLogs.solutionRange(solutionRange));
        logs.add(DigestLogs.potIterations(settings.potIterations()));
        Optional<ProvenSlots.Injection> injection = slots.injectionBy(number, slot);
        injection.ifPresent(due -> logs.add(slots.log(due)));
        long next = rangeAfter(number, slot);
        if (next != 0) {
            logs.add(DigestLogs.nextSolutionRange(next));
        }
        headers.forEach(header -> logs.add(DigestLogs.segmentCommitment(header)));
        BlockHeader unsealed = new BlockHeader(
                parent.hash(),
                number,
                TrieRoot.of(Blake2b256.hash(
                        parent.header().stateRoot().toBytes(),
                        new ScaleWriter(8).u64(number).toBytes())),
                TrieRoot.of(Blake2b256.hash(extrinsics.toArray(byte[][]::new))),
                logs);
        RewardHash toSign = RewardHash.of(unsealed.hash().toBytes());
        Optional<RewardSignature> seal =
                own != null ? sign(toSign, own, slot) : Optional.of(foreignAuthor.sign(toSign));
        if (seal.isEmpty()) {
            return;
        }
        logs.add(DigestLogs.seal(seal.get()));
        BlockHeader sealed =
                new BlockHeader(unsealed.parentHash(), number, unsealed.stateRoot(), unsealed.extrinsicsRoot(), logs);
        Block block = new Block(
                new SignedBlock(
                        sealed,
                        extrinsics,
                        List.of(slots.justification(firstUnprovenSlot(parent), slot + settings.authoringDelay()))),
                settings.blockBodyBytes(),
                slot,
                future.output(),
                Kappa.of(solution, slot));
        unstored.removeAll(headers);
        storedSegments = history.segments().size();
        slots.add(number, solution, proof.output(), injection);
        if (next != 0) {
            nextSolutionRange = next;
            eraStartSlot = slot;
        }
        importBlock(block, parent, included, own);
    }

    private void importBlock(Block block, Block parent, List<Vote.Signed> included, Submission own) {
        journal.add(own != null ? Journal.Kind.BLOCK : Journal.Kind.FOREIGN_BLOCK, entry -> {
            entry.put("block", block.number());
            entry.put("slot", block.slot());
            entry.put("votes", included.size());
            if (own != null) {
                describe(entry, own, block.slot());
            }
        });
        votes.execute(block, parent.author(), included);
        store.put(block);
        history.append(block.number(), block.encode());
        long archive = block.number() - settings.confirmationDepth();
        if (archive > 0) {
            List<SegmentHeader> revealed = history.reveal(archive, segment -> {
                journal.add(
                        Journal.Kind.SEGMENT,
                        entry -> entry.put("segment", segment.header().segmentIndex()));
                segmentPublisher.accept(segment);
            });
            unstored.addAll(revealed);
            revealedBlock = archive;
        }
        parentOfBest = parent;
        best = block;
        store.save(state());
        importListener.accept(block);
    }

    private long rangeAfter(long number, long slot) {
        return number % settings.eraBlocks() == 0 && settings.adjustSolutionRange()
                ? SolutionRanges.next(
                        eraStartSlot, slot, 1, ChainSettings.SLOTS_PER_BLOCK, solutionRange, settings.eraBlocks())
                : 0;
    }

    /** The first slot whose checkpoints no block up to {@code block} carries. */
    private long firstUnprovenSlot(Block block) {
        return block.number() == 0 ? 1 : block.slot() + settings.authoringDelay() + 1;
    }

    private ChainState state() {
        return new ChainState(
                kind,
                best.number(),
                slots.last(),
                solutionRange,
                nextSolutionRange,
                eraStartSlot,
                history.segments().last(Integer.MAX_VALUE),
                revealedBlock,
                slots.entropies(),
                slots.injections());
    }

    private static ObjectNode describe(ObjectNode entry, Submission submission, long slot) {
        Solution solution = submission.solution();
        return entry.put("slot", slot)
                .put("node", submission.node())
                .put("publicKey", solution.publicKey().toHex())
                .put("sectorIndex", solution.sectorIndex())
                .put("pieceOffset", solution.pieceOffset());
    }
}
