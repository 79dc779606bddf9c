package xyz.autonomys.farmer.export;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.archiving.ArchivedSegment;
import xyz.autonomys.farmer.archiving.Archiver;
import xyz.autonomys.farmer.archiving.GenesisBlock;
import xyz.autonomys.farmer.archiving.Parallelism;
import xyz.autonomys.farmer.kzg.Kzg;
import xyz.autonomys.farmer.node.BlockHash;
import xyz.autonomys.farmer.node.ChainReader;
import xyz.autonomys.farmer.node.FarmerAppInfo;
import xyz.autonomys.farmer.node.NodeException;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.LastArchivedBlock;
import xyz.autonomys.farmer.primitives.Piece;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.primitives.SegmentHeader;
import xyz.autonomys.farmer.store.ChainMark;
import xyz.autonomys.farmer.store.DirectoryLock;
import xyz.autonomys.farmer.store.DiskSpace;
import xyz.autonomys.farmer.store.SegmentDirectory;
import xyz.autonomys.farmer.store.SegmentLabel;

/**
 * Rebuilds segments from a node's blocks and writes their pieces. Nothing is written that the chain's own headers do not
 * confirm: the header of a rebuilt segment must be the chain's to the last bit, and a block of the chain must carry the
 * segment's commitment.
 *
 * <p>It can be killed at any moment: a segment's file counts when it is complete, and the next run goes on with the first
 * segment that is not. Fetching, archiving and writing go on at the same time; what waits between them is bounded.
 *
 * <p>Source: the procedure of spec 03 §16.
 */
public final class PieceExport {
    private static final Logger LOG = LoggerFactory.getLogger(PieceExport.class);
    private static final long DEFAULT_CONFIRMATION_DEPTH = 100;
    private static final long SEGMENT_BYTES = ProtocolSizes.RECORDED_HISTORY_SEGMENT_BYTES;

    private final ChainReader node;
    private final Kzg kzg;
    private final Parallelism parallelism;
    private final ExportSettings settings;
    private final AtomicBoolean begun = new AtomicBoolean();
    private final AtomicLong written = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private volatile long segmentsInAll;
    private volatile long block = -1;
    private volatile String doing = "asking the node for its segments";

    /**
     * An export; {@link #run} does it.
     *
     * @param kzg must be open on the chain's setup
     */
    public PieceExport(ChainReader node, Kzg kzg, Parallelism parallelism, ExportSettings settings) {
        this.node = node;
        this.kzg = kzg;
        this.parallelism = parallelism;
        this.settings = settings;
    }

    /**
     * What was done.
     *
     * @param newest index of the newest segment that can be exported now
     * @param written segments written by this run
     * @param before segments of the range that were there already
     */
    public record Result(long newest, long written, long before) {}

    /** About how many bytes of memory an export takes. */
    public static long memoryBytes(int batchesAhead) {
        return 3 * SEGMENT_BYTES + 2 * SegmentDirectory.FILE_BYTES + 4 * BlockFeed.bytesAhead(batchesAhead);
    }

    /** The same in words. */
    public static String memoryBudget(int batchesAhead) {
        return "memory: at most about " + (memoryBytes(batchesAhead) >> 20)
                + " MiB for blocks, the segment that is archived and the one that is written";
    }

    /** How far it is; for any thread. */
    public ExportProgress progress() {
        long all = segmentsInAll;
        return new ExportProgress(all, written.get(), bytes.get(), all * SEGMENT_BYTES, block, doing);
    }

    /**
     * Exports what is missing. Can be interrupted; a segment that is being written is finished then.
     *
     * @throws ExportException if the node's data contradict each other, or the range cannot be exported
     * @throws NodeException if the node cannot be reached or answers nonsense
     * @throws IOException if the directory cannot be used
     */
    public Result run() throws ExportException, NodeException, IOException, InterruptedException {
        try (DirectoryLock _ = DirectoryLock.acquire(settings.directory())) {
            Blake3Hash genesis = genesisHash();
            ChainMark.check(settings.directory(), genesis);
            return export(genesis, SegmentDirectory.open(settings.directory()));
        }
    }

    /** The same as {@link #run} for somebody who uses the directory meanwhile and sees to it that nobody else does. */
    public Result runInto(SegmentDirectory directory)
            throws ExportException, NodeException, IOException, InterruptedException {
        return export(genesisHash(), directory);
    }

    private Result export(Blake3Hash genesis, SegmentDirectory directory)
            throws ExportException, NodeException, IOException, InterruptedException {
        if (!begun.compareAndSet(false, true)) {
            throw new IllegalStateException("an export runs once");
        }
        List<SegmentHeader> headers = node.segmentHeaders();
        long depth = node.confirmationDepth().orElse(DEFAULT_CONFIRMATION_DEPTH);
        long best = node.bestHeader().number();
        long exportable = exportable(headers, depth, best);
        long last = settings.to().orElse(exportable - 1);
        if (last >= exportable || settings.from() >= exportable) {
            long asked = Math.max(last, settings.from());
            throw new ExportException("segment " + asked + " cannot be exported yet: the node has " + headers.size()
                    + " segments, and those up to " + (exportable - 1) + " are " + depth
                    + " blocks deep at its best block "
                    + best);
        }
        List<Long> missing = missing(directory, genesis, headers, last);
        segmentsInAll = missing.size();
        requireSpace(missing.size());
        Chain chain = new Chain(genesis, headers, depth, best);
        for (int from = 0; from < missing.size(); ) {
            int to = from;
            while (to + 1 < missing.size() && missing.get(to + 1) == missing.get(to) + 1) {
                to++;
            }
            exportRun(chain, directory, missing.get(from), missing.get(to));
            from = to + 1;
        }
        doing = "done";
        return new Result(exportable - 1, written.get(), last - settings.from() + 1 - missing.size());
    }

    /** What is known of the chain. */
    private record Chain(Blake3Hash genesis, List<SegmentHeader> headers, long depth, long best) {
        SegmentHeader header(long segment) {
            return headers.get((int) segment);
        }

        SegmentLabel label(long segment) {
            return new SegmentLabel(segment, genesis, header(segment).segmentCommitment());
        }
    }

    private Blake3Hash genesisHash() throws ExportException, NodeException, InterruptedException {
        FarmerAppInfo info = node.farmerAppInfo();
        BlockHash block0 = node.blockHashes(0, 1).getFirst();
        if (!info.genesisHash().toHex().equals(block0.toHex())) {
            throw new ExportException("node " + node.url() + " says that its genesis hash is " + info.genesisHash()
                    + ", but its block 0 is " + block0);
        }
        return Blake3Hash.of(block0.toBytes());
    }

    /** How many segments from the first on are buried deep enough; the node may know headers of later ones. */
    private static long exportable(List<SegmentHeader> headers, long depth, long best) {
        long count = 0;
        while (count < headers.size()) {
            long last = headers.get((int) count).lastArchivedBlock().number();
            if (count > 0 && last + depth > best) {
                break;
            }
            count++;
        }
        return count;
    }

    private List<Long> missing(SegmentDirectory directory, Blake3Hash genesis, List<SegmentHeader> headers, long last)
            throws ExportException {
        List<Long> missing = new ArrayList<>();
        Map<Long, SegmentLabel> labels = directory.labels();
        for (long segment = settings.from(); segment <= last; segment++) {
            SegmentLabel expected = new SegmentLabel(
                    segment, genesis, headers.get((int) segment).segmentCommitment());
            SegmentLabel found = labels.get(segment);
            if (found != null && !found.equals(expected)) {
                throw new ExportException(settings.directory() + " holds " + found + ", the node has " + expected
                        + "; remove the file or choose another directory");
            }
            if (!directory.isComplete(segment)) {
                missing.add(segment);
            }
        }
        return missing;
    }

    private void requireSpace(long segments) throws IOException {
        long needed = segments * SegmentDirectory.FILE_BYTES;
        long free = DiskSpace.free(settings.directory());
        if (free < needed) {
            throw new IOException("the file system of " + settings.directory() + " has " + free + " free bytes, "
                    + segments + " segments take " + needed + "; free some, choose another directory, or export fewer"
                    + " with --to");
        }
    }

    /** Exports consecutive segments. */
    private void exportRun(Chain chain, SegmentDirectory directory, long first, long last)
            throws ExportException, NodeException, IOException, InterruptedException {
        doing = "fetching blocks of segment " + first;
        LastArchivedBlock before = first == 0 ? null : chain.header(first - 1).lastArchivedBlock();
        boolean continues = before != null && before.partialBytes() >= 0;
        long firstBlock = before == null ? 0 : continues ? before.number() : before.number() + 1;
        // Only a block that is left untouched for the next segment can close a segment after its last block.
        long lastBlock =
                Math.min(chain.best(), chain.header(last).lastArchivedBlock().number() + 1);
        try (BlockFeed feed = new BlockFeed(node, firstBlock, lastBlock, settings.batchesAhead());
                Writer writer = new Writer(directory)) {
            Archiver archiver;
            List<ArchivedSegment> closed;
            if (before == null) {
                archiver = Archiver.begin(kzg, parallelism);
                closed = List.of();
            } else {
                archiver = resume(chain, first, continues ? inHistory(take(feed)) : new byte[0]);
                closed = archiver.closedSegments();
            }
            long segment = first;
            while (true) {
                for (ArchivedSegment each : closed) {
                    if (segment <= last) {
                        check(chain, segment, each.header());
                        writer.write(chain.label(segment), each.pieces());
                        segment++;
                    }
                }
                if (segment > last) {
                    break;
                }
                doing = "fetching blocks of segment " + segment;
                FetchedBlock next = take(feed);
                boolean closes = next.header().number()
                        >= chain.header(segment).lastArchivedBlock().number();
                doing = (closes ? "archiving segment " : "fetching blocks of segment ") + segment;
                closed = archiver.add(inHistory(next));
            }
            doing = "writing segment " + last;
            writer.finish();
        }
    }

    private FetchedBlock take(BlockFeed feed) throws ExportException, NodeException, InterruptedException {
        FetchedBlock taken = feed.next();
        block = taken.header().number();
        bytes.addAndGet(block == 0 ? SEGMENT_BYTES : taken.encoded().length);
        return taken;
    }

    private Archiver resume(Chain chain, long first, byte[] lastBlock) throws ExportException {
        try {
            return Archiver.resume(kzg, parallelism, chain.header(first - 1), lastBlock);
        } catch (IllegalArgumentException e) {
            throw new ExportException("segment " + first + " cannot be continued: " + e.getMessage());
        }
    }

    private static byte[] inHistory(FetchedBlock block) {
        return block.header().number() == 0
                ? GenesisBlock.encode(
                        block.encoded(), block.header().stateRoot().toBytes())
                : block.encoded();
    }

    /** A rebuilt segment must be the chain's, and the chain must carry its commitment. */
    private void check(Chain chain, long segment, SegmentHeader built)
            throws ExportException, NodeException, InterruptedException {
        SegmentHeader expected = chain.header(segment);
        if (!built.lastArchivedBlock().equals(expected.lastArchivedBlock())) {
            throw new ExportException("segment " + segment + " ends with " + describe(built.lastArchivedBlock())
                    + ", on the chain it ends with " + describe(expected.lastArchivedBlock())
                    + ": a block of it has another length than on the chain; the node's justifications are not the ones"
                    + " that were archived, try another node");
        }
        if (!built.equals(expected)) {
            throw new ExportException("segment " + segment + " has commitment " + built.segmentCommitment()
                    + ", on the chain it has " + expected.segmentCommitment()
                    + ": a byte of its blocks differs, or the trusted setup is not the chain's");
        }
        long carrier = segment == 0 ? 1 : expected.lastArchivedBlock().number() + chain.depth() + 1;
        if (carrier <= chain.best()) {
            BlockHash hash = node.blockHashes(carrier, 1).getFirst();
            if (!node.header(hash).logs().stream().anyMatch(SegmentDigest.of(expected)::matches)) {
                throw new ExportException("block " + carrier + " does not carry the commitment of segment " + segment
                        + "; the node is on another fork or not synchronised: wait until it is, and start again");
            }
        }
    }

    private static String describe(LastArchivedBlock last) {
        return last.partialBytes() < 0
                ? "block " + last.number()
                : last.partialBytes() + " bytes of block " + last.number();
    }

    /** Writes one segment while the next one is made. */
    private final class Writer implements AutoCloseable {
        private final SegmentDirectory directory;
        private final ExecutorService thread = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name("export-writer").factory());
        private Future<?> running;

        Writer(SegmentDirectory directory) {
            this.directory = directory;
        }

        void write(SegmentLabel label, List<Piece> pieces) throws IOException, InterruptedException {
            finish();
            running = thread.submit(() -> {
                Map<Integer, Piece> byPosition = new HashMap<>();
                for (int position = 0; position < pieces.size(); position++) {
                    byPosition.put(position, pieces.get(position));
                }
                directory.put(label, byPosition);
                written.incrementAndGet();
                LOG.info("Segment {} is written", label.segmentIndex());
                return null;
            });
        }

        /** Waits until what was handed over is on disk. */
        void finish() throws IOException, InterruptedException {
            if (running == null) {
                return;
            }
            try {
                running.get();
                running = null;
            } catch (ExecutionException e) {
                if (e.getCause() instanceof IOException failure) {
                    throw failure;
                }
                throw new IllegalStateException("a segment could not be written", e.getCause());
            }
        }

        /** What is being written is finished, also when everything else has failed. */
        @Override
        public void close() {
            thread.close();
        }
    }
}
