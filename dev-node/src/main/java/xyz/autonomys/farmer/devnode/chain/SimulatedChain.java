package xyz.autonomys.farmer.devnode.chain;

import java.util.function.Function;
import xyz.autonomys.farmer.archiving.Parallelism;
import xyz.autonomys.farmer.kzg.Kzg;

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
            Signatures signatures,
            BlockStore blocks) {
        Block genesis = GenesisState.block(settings.stateRoot().toBytes());
        History history = new History(
                kzg, parallelism, genesis.encode(), settings.stateRoot().toBytes());
        Journal journal = new Journal();
        Chain chain =
                new Chain(settings, genesis, judge.apply(history.segments()), signatures, journal, history, blocks);
        return new SimulatedChain(settings, chain, history, blocks, journal);
    }

    @Override
    public void close() {
        history.close();
    }
}
