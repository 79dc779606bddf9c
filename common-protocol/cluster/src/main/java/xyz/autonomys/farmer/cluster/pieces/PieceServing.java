package xyz.autonomys.farmer.cluster.pieces;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.cluster.control.MemberId;
import xyz.autonomys.farmer.cluster.data.Answer;
import xyz.autonomys.farmer.cluster.data.DataRequest;
import xyz.autonomys.farmer.cluster.data.MemoryBudget;
import xyz.autonomys.farmer.cluster.data.RequestHandler;
import xyz.autonomys.farmer.cluster.parity.PieceFragment;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.primitives.hash.Blake3;
import xyz.autonomys.farmer.store.PieceReading;
import xyz.autonomys.farmer.telemetry.Meters;

/**
 * Answers requests for pieces from a disk. Each piece is read into memory and checked before its first byte leaves, so
 * that nothing damaged is ever served; the number of pieces in memory is limited.
 */
public final class PieceServing implements RequestHandler<DataRequest.Pieces> {
    private static final Logger LOG = LoggerFactory.getLogger(PieceServing.class);
    private static final int AT_A_TIME = 16;
    private static final String PREFIX = "subspace_farmer_disk_piece_cache_";

    private final Source source;
    private final FragmentSource fragments;
    private final LongConsumer lost;
    private final Semaphore slots = new Semaphore(AT_A_TIME);
    private final AtomicLong served = new AtomicLong();
    private final AtomicLong damaged = new AtomicLong();
    private final AtomicLong reads = new AtomicLong();

    /** Where pieces are read. */
    @FunctionalInterface
    public interface Source {
        /**
         * Reads a piece and checks it.
         *
         * @throws IOException if the disk does not give the bytes
         */
        PieceReading read(long pieceIndex) throws IOException;
    }

    /** Where fragments of pieces are read. */
    @FunctionalInterface
    public interface FragmentSource {
        /**
         * Reads fragments of a piece that are held and checks them; damaged ones are dropped.
         *
         * @return at most as many as rebuild the piece
         * @throws IOException if the disk does not give the bytes
         */
        List<PieceFragment> read(long pieceIndex) throws IOException;
    }

    /**
     * Serves whole pieces only.
     *
     * @param lost called with the index of a piece that turned out to be damaged
     */
    public PieceServing(Source source, LongConsumer lost) {
        this(source, _ -> List.of(), lost);
    }

    /**
     * Serves pieces and fragments.
     *
     * @param lost called with the index of a piece that turned out to be damaged
     */
    public PieceServing(Source source, FragmentSource fragments, LongConsumer lost) {
        this.source = source;
        this.fragments = fragments;
        this.lost = lost;
    }

    @Override
    public void handle(DataRequest.Pieces request, Answer answer) throws IOException, InterruptedException {
        for (long index : request.indices()) {
            slots.acquire();
            reads.incrementAndGet();
            try {
                switch (request.itemType()) {
                    case PIECE -> serve(index, answer);
                    case SPLIT_PARITY_PIECE -> serveFragments(index, answer);
                }
            } finally {
                slots.release();
            }
        }
    }

    private void serve(long index, Answer answer) throws IOException, InterruptedException {
        PieceReading reading;
        try {
            reading = source.read(index);
        } catch (IOException e) {
            LOG.error("Piece {} cannot be read: {}", Long.toUnsignedString(index), e.getMessage());
            reading = new PieceReading.Absent();
        }
        switch (reading) {
            case PieceReading.Found found -> {
                answer.item(index, found.piece().array(), found.checksum());
                served.incrementAndGet();
            }
            case PieceReading.Absent _ -> answer.missing(index);
            case PieceReading.Corrupt corrupt -> {
                damaged.incrementAndGet();
                LOG.error("{}; it is dropped and fetched again", corrupt.what());
                lost.accept(index);
                answer.missing(index);
            }
        }
    }

    private void serveFragments(long index, Answer answer) throws IOException, InterruptedException {
        List<PieceFragment> held = List.of();
        try {
            held = fragments.read(index);
        } catch (IOException e) {
            LOG.error("Fragments of piece {} cannot be read: {}", Long.toUnsignedString(index), e.getMessage());
        }
        if (held.isEmpty()) {
            answer.missing(index);
            return;
        }
        byte[] bytes = held.getFirst().bytes();
        if (held.size() > 1) {
            ByteBuffer all = ByteBuffer.allocate(
                    held.stream().mapToInt(fragment -> fragment.bytes().length).sum());
            held.forEach(fragment -> all.put(fragment.bytes()));
            bytes = all.array();
        }
        answer.item(index, bytes, Blake3.hash(bytes));
        served.incrementAndGet();
    }

    /** A stored item turned out to be damaged. */
    public void foundDamaged() {
        damaged.incrementAndGet();
    }

    /** Pieces and fragments of pieces sent since the start. */
    public long served() {
        return served.get();
    }

    /** Pieces found damaged since the start. */
    public long damaged() {
        return damaged.get();
    }

    /**
     * Makes upstream's figures of a piece cache.
     *
     * @param cacheId the cache
     * @param written pieces written since the start
     * @param capacity pieces that it can hold
     * @param used pieces that it holds
     */
    public void observe(
            Meters meters, MemberId cacheId, LongSupplier written, LongSupplier capacity, LongSupplier used) {
        String[] label = {"cache_id", cacheId.value()};
        meters.count(
                PREFIX + "read_piece_Pieces", "Pieces and fragments of pieces that were looked up.", reads::get, label);
        meters.count(PREFIX + "write_piece_Pieces", "Pieces that were written.", written::getAsLong, label);
        meters.gauge(PREFIX + "capacity_total_Pieces", "Pieces that the cache can hold.", capacity::getAsLong, label);
        meters.gauge(PREFIX + "capacity_used_Pieces", "Pieces that the cache holds.", used::getAsLong, label);
    }

    /** Pieces being read and sent, relative to how many may be at once, in thousandths. */
    public int load() {
        return 1000 * (AT_A_TIME - slots.availablePermits()) / AT_A_TIME;
    }

    /** The most memory that serving takes. */
    public MemoryBudget memoryBudget() {
        return new MemoryBudget(
                "serving",
                List.of(new MemoryBudget.Part(AT_A_TIME + " pieces", AT_A_TIME * (long) ProtocolSizes.PIECE_BYTES)));
    }
}
