package xyz.autonomys.farmer.devnode.chain;

import java.util.Optional;
import java.util.function.Function;
import xyz.autonomys.farmer.archiving.Parallelism;
import xyz.autonomys.farmer.kzg.Kzg;
import xyz.autonomys.farmer.node.BlockHash;
import xyz.autonomys.farmer.primitives.SegmentCommitment;
import xyz.autonomys.farmer.primitives.SegmentHeader;

/**
 * A chain with everything that belongs to it.
 *
 * @param settings what makes it this chain
 * @param chain its blocks
 * @param history its archive
 * @param blocks its blocks on disk
 * @param journal what happened
 */
public record SimulatedChain(ChainSettings settings, Chain chain, History history, BlockStore blocks, Journal journal)
        implements AutoCloseable {
    /**
     * Starts a new chain or goes on with the one in {@code blocks}.
     *
     * @param judge makes the judge of solutions from the segments
     * @param kzg archives; must be the one farmers verify with
     */
    public static SimulatedChain open(
            ChainSettings settings,
            Kzg kzg,
            Parallelism parallelism,
            Function<SegmentStore, SolutionJudge> judge,
            BlockStore blocks) {
        Block genesis = GenesisState.block(settings.stateRoot().toBytes());
        History history = new History(
                kzg, parallelism, genesis.encode(), settings.stateRoot().toBytes());
        Journal journal = new Journal();
        Chain chain = new Chain(settings, genesis, judge.apply(history.segments()), journal, history, blocks);
        return new SimulatedChain(settings, chain, history, blocks, journal);
    }

    /** A block of the best chain by its number (u32). */
    public Optional<Block> find(long number) {
        if (number == 0) {
            return Optional.of(chain.genesis());
        }
        return number > chain.best().number() ? Optional.empty() : blocks.find(number);
    }

    /** A block of the best chain by its hash. */
    public Optional<Block> find(BlockHash hash) {
        return hash.equals(chain.genesisHash())
                ? Optional.of(chain.genesis())
                : blocks.numberOf(hash).flatMap(this::find);
    }

    /** The hash of a block of the best chain (u32). */
    public Optional<BlockHash> hash(long number) {
        if (number == 0) {
            return Optional.of(chain.genesisHash());
        }
        return number > chain.best().number() ? Optional.empty() : blocks.hashOf(number);
    }

    /** The commitment of a segment (u64) in the state of the best block: a block has carried its header. */
    public Optional<SegmentCommitment> storedCommitment(long segmentIndex) {
        return chain.isStored(segmentIndex)
                ? history.segments().get(segmentIndex).map(SegmentHeader::segmentCommitment)
                : Optional.empty();
    }

    @Override
    public void close() {
        history.close();
    }
}
