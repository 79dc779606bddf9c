package xyz.autonomys.farmer.node;

import java.util.List;
import java.util.Optional;
import xyz.autonomys.farmer.primitives.Piece;
import xyz.autonomys.farmer.primitives.RewardSignatureResponse;
import xyz.autonomys.farmer.primitives.SegmentHeader;
import xyz.autonomys.farmer.primitives.SolutionResponse;

/**
 * One chain node as the rest of the product sees it. The connection is kept by the implementation: calls fail fast while
 * it is down, listeners hear of every change, and nothing has to be renewed by the caller.
 *
 * <p>All calls block and may be made from any (virtual) thread; each has a deadline from {@link NodeClientConfig}.
 */
public interface NodeClient extends AutoCloseable {
    /**
     * Adds a listener. If the client is connected already, it is told so by a first {@link NodeEvent.Connected}.
     *
     * @return removes the listener when closed; calls in progress end first or are abandoned
     */
    Registration listen(NodeListener listener);

    /** Asks the node for its current {@link FarmerAppInfo}; the answer also refreshes {@link #health()}. */
    FarmerAppInfo farmerAppInfo() throws NodeException, InterruptedException;

    /**
     * Segment headers by index, in the order asked for, empty where the node has none; any number of indices (asked for
     * in steps of 1000).
     */
    List<Optional<SegmentHeader>> segmentHeaders(List<Long> indices) throws NodeException, InterruptedException;

    /**
     * The newest headers, ascending.
     *
     * @param limit at most so many, 0 to 1000
     */
    List<SegmentHeader> lastSegmentHeaders(int limit) throws NodeException, InterruptedException;

    /**
     * The headers known so far without asking: indices 0 to size−1, chain of hashes checked. An immutable view that does
     * not change.
     */
    List<SegmentHeader> knownSegmentHeaders();

    /**
     * A piece, if the node serves it: only those of the segment being announced right now, or of segment 0 (a simulated
     * node may serve all). At most ten requests are open at once; more wait their turn. The piece is not verified.
     *
     * @param pieceIndex index in the history (u64)
     */
    Optional<Piece> piece(long pieceIndex) throws NodeException, InterruptedException;

    /**
     * The hash of a block of the best chain; empty if it does not reach so far.
     *
     * @param number block number (u32)
     */
    Optional<BlockHash> blockHash(long number) throws NodeException, InterruptedException;

    /**
     * A block with its body and justifications, as archiving needs it; its header is checked against the hash. Empty if
     * the node does not know it or has pruned its body.
     */
    Optional<SignedBlock> block(BlockHash hash) throws NodeException, InterruptedException;

    /**
     * Hands a solution to the node. Never repeated by the client.
     *
     * @throws InterruptedException while waiting; the outcome is then unknown
     */
    SubmissionOutcome submitSolution(SolutionResponse solution) throws InterruptedException;

    /**
     * Hands a signature to the node. Accepted also when the signature came too late, because the node does not tell.
     *
     * @throws InterruptedException while waiting; the outcome is then unknown
     */
    SubmissionOutcome submitRewardSignature(RewardSignatureResponse signature) throws InterruptedException;

    /** A snapshot of the connection. */
    NodeHealth health();

    /** Ends the connection and all listeners' threads; what is in flight ends as unknown. */
    @Override
    void close();

    /** The place of a listener. */
    interface Registration extends AutoCloseable {
        @Override
        void close();
    }
}
