package xyz.autonomys.farmer.export;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import xyz.autonomys.farmer.node.BlockHash;
import xyz.autonomys.farmer.node.ChainReader;
import xyz.autonomys.farmer.node.NodeException;
import xyz.autonomys.farmer.node.SignedBlock;

/**
 * Consecutive blocks in order, fetched ahead over several connections. A batch has as many blocks as make a message of a
 * few mebibytes, by the size of those that came before; so what is fetched ahead is bounded in bytes whatever the blocks
 * are like. Each block must be the child of the one before. Used by one thread.
 */
final class BlockFeed implements AutoCloseable {
    /** A byte of a block takes two to four characters of JSON; a node answers with at most 15 MiB. */
    private static final long BATCH_BYTES = 2L << 20;

    private static final int MOST_BLOCKS = 512;
    private static final int FIRST_BLOCKS = 8;

    private final ChainReader node;
    private final long last;
    private final int batchesAhead;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Deque<Future<List<FetchedBlock>>> coming = new ArrayDeque<>();
    private final Deque<FetchedBlock> ready = new ArrayDeque<>();
    private long next;
    private int blocksPerBatch = FIRST_BLOCKS;
    private BlockHash parent;

    /**
     * A feed.
     *
     * @param first number of the first block
     * @param last number of the last block
     * @param batchesAhead how many batches may be on their way or wait
     */
    BlockFeed(ChainReader node, long first, long last, int batchesAhead) {
        this.node = node;
        this.next = first;
        this.last = last;
        this.batchesAhead = batchesAhead;
    }

    /** The largest number of bytes that wait to be used, roughly. */
    static long bytesAhead(int batchesAhead) {
        return batchesAhead * BATCH_BYTES;
    }

    /**
     * The next block.
     *
     * @throws ExportException if the node has no such block or it is not what it should be, or there is none left
     */
    FetchedBlock next() throws ExportException, NodeException, InterruptedException {
        if (ready.isEmpty()) {
            fetchAhead();
            if (coming.isEmpty()) {
                throw new ExportException("the segment needs block " + (last + 1)
                        + ", which its header does not announce; the node's segment headers and blocks do not fit");
            }
            take(coming.removeFirst());
            fetchAhead();
        }
        FetchedBlock block = ready.removeFirst();
        if (parent != null && !block.header().parentHash().equals(parent)) {
            throw new ExportException("block " + block.header().number() + " is the child of "
                    + block.header().parentHash() + ", but the block before it is " + parent
                    + "; the node's best chain has just changed: start the export again");
        }
        parent = block.hash();
        return block;
    }

    private void fetchAhead() {
        while (coming.size() < batchesAhead && next <= last) {
            long from = next;
            int count = (int) Math.min(blocksPerBatch, last - next + 1);
            next += count;
            coming.addLast(threads.submit(() -> fetch(from, count)));
        }
    }

    private List<FetchedBlock> fetch(long from, int count) throws Exception {
        List<BlockHash> hashes = node.blockHashes(from, count);
        List<Optional<SignedBlock>> blocks = node.blocks(hashes);
        List<FetchedBlock> fetched = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            long number = from + i;
            SignedBlock block = blocks.get(i)
                    .orElseThrow(() -> new ExportException("node " + node.url() + " has no body of block " + number
                            + "; it must run with --sync full and --blocks-pruning archive from its first start"));
            fetched.add(FetchedBlock.check(number, hashes.get(i), block));
        }
        return fetched;
    }

    private void take(Future<List<FetchedBlock>> batch) throws ExportException, NodeException, InterruptedException {
        List<FetchedBlock> blocks;
        try {
            blocks = batch.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case ExportException failure -> throw failure;
                case NodeException failure -> throw failure;
                default -> throw new IllegalStateException("blocks could not be fetched", e.getCause());
            }
        }
        ready.addAll(blocks);
        long bytes = 0;
        for (FetchedBlock block : blocks) {
            bytes += block.encoded().length;
        }
        long average = Math.max(1, bytes / blocks.size());
        blocksPerBatch = (int) Math.clamp(BATCH_BYTES / average, 1, MOST_BLOCKS);
    }

    @Override
    public void close() {
        coming.forEach(batch -> batch.cancel(true));
        threads.shutdownNow();
    }
}
