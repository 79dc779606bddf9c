package xyz.autonomys.farmer.archiving;

import static xyz.autonomys.farmer.primitives.ProtocolSizes.PIECE_BYTES;
import static xyz.autonomys.farmer.primitives.ProtocolSizes.SEGMENT_PIECES;
import static xyz.autonomys.farmer.primitives.ProtocolSizes.SOURCE_RECORDS;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import xyz.autonomys.farmer.archiving.SegmentItem.Block;
import xyz.autonomys.farmer.archiving.SegmentItem.BlockContinuation;
import xyz.autonomys.farmer.archiving.SegmentItem.BlockStart;
import xyz.autonomys.farmer.archiving.SegmentItem.Padding;
import xyz.autonomys.farmer.archiving.SegmentItem.ParentSegmentHeader;
import xyz.autonomys.farmer.primitives.LastArchivedBlock;
import xyz.autonomys.farmer.primitives.Piece;
import xyz.autonomys.farmer.primitives.SegmentHeader;

/**
 * Reads blocks back from the pieces of consecutive segments. The first segment given may be any; a block whose beginning
 * lies before it is left out. Not thread-safe.
 *
 * <p>Two results differ from upstream's on purpose: it numbers a block 0 that the next segment's header declares
 * complete, and drops a block of which no byte fitted where it began (spec 03 §15).
 *
 * <p>Source: autonomys/subspace, crates/subspace-archiving/src/reconstructor.rs.
 */
public final class BlockReconstructor {
    private final Parallelism parallelism;
    private Optional<Long> lastSegment = Optional.empty();
    private long nextNumber;
    private Unfinished unfinished;
    private boolean skipping;

    /** Reads with the given threads. */
    public BlockReconstructor(Parallelism parallelism) {
        this.parallelism = parallelism;
    }

    /**
     * What one segment tells.
     *
     * @param parentHeader header of the segment before, which every segment but the first carries
     * @param blocks the blocks that are now complete, in order
     */
    public record Contents(Optional<SegmentHeader> parentHeader, List<ArchivedBlock> blocks) {}

    /**
     * Adds the next segment. After an exception this object must not be used further.
     *
     * @param pieces 256 pieces by position, missing ones null, at least 128 of them verified pieces
     * @throws ReconstructionException if there are too few, or the segment is not the next one, or is malformed
     */
    public Contents add(List<Piece> pieces) throws ReconstructionException {
        List<SegmentItem> items = SegmentReader.read(SegmentBytes.of(sources(pieces)));
        Optional<SegmentHeader> parent = items.stream()
                .filter(ParentSegmentHeader.class::isInstance)
                .map(item -> ((ParentSegmentHeader) item).header())
                .findFirst();
        checkOrder(parent.map(header -> header.segmentIndex() + 1).orElse(0L));
        List<ArchivedBlock> blocks = new ArrayList<>();
        for (SegmentItem item : items) {
            switch (item) {
                case Padding padding -> {}
                case ParentSegmentHeader(SegmentHeader header) -> continueAfter(header.lastArchivedBlock(), blocks);
                case Block(byte[] bytes) -> {
                    finish(blocks);
                    blocks.add(new ArchivedBlock(nextNumber++, bytes));
                }
                case BlockStart(byte[] bytes) -> {
                    finish(blocks);
                    unfinished = new Unfinished(nextNumber++, new ByteArrayOutputStream());
                    unfinished.bytes.writeBytes(bytes);
                }
                case BlockContinuation(byte[] bytes) -> append(bytes);
            }
        }
        return new Contents(parent, blocks);
    }

    private void checkOrder(long segment) throws ReconstructionException {
        if (lastSegment.isPresent() && lastSegment.get() + 1 != segment) {
            throw new ReconstructionException("segment " + Long.toUnsignedString(lastSegment.get() + 1)
                    + " was expected, this is segment " + Long.toUnsignedString(segment));
        }
        lastSegment = Optional.of(segment);
    }

    private void continueAfter(LastArchivedBlock last, List<ArchivedBlock> blocks) throws ReconstructionException {
        boolean complete = last.partialBytes() < 0;
        if (unfinished != null) {
            if (unfinished.number != last.number() || !complete && unfinished.bytes.size() != last.partialBytes()) {
                throw new ReconstructionException("the segment before ended with " + last + ", but "
                        + unfinished.bytes.size() + " bytes of block " + unfinished.number + " were read");
            }
            if (complete) {
                finish(blocks);
            }
        } else {
            skipping = !complete;
        }
        nextNumber = last.number() + 1;
    }

    private void append(byte[] bytes) throws ReconstructionException {
        if (unfinished != null) {
            unfinished.bytes.writeBytes(bytes);
        } else if (!skipping) {
            throw new ReconstructionException(
                    "a block goes on, but the segment before ended with block " + (nextNumber - 1) + " complete");
        }
    }

    private void finish(List<ArchivedBlock> blocks) {
        skipping = false;
        if (unfinished != null) {
            blocks.add(new ArchivedBlock(unfinished.number, unfinished.bytes.toByteArray()));
            unfinished = null;
        }
    }

    /** The 128 source pieces, rebuilt without commitments and witnesses where they are missing. */
    private byte[][] sources(List<Piece> pieces) throws ReconstructionException {
        byte[][] sources = new byte[SOURCE_RECORDS][];
        byte[][] arrays = new byte[SEGMENT_PIECES][];
        int[] known = null;
        for (int i = 0; i < SOURCE_RECORDS; i++) {
            Piece piece = pieces.get(2 * i);
            if (piece != null) {
                sources[i] = piece.array();
            } else {
                known = PiecesReconstructor.known(pieces);
                sources[i] = new byte[PIECE_BYTES];
                arrays[2 * i] = sources[i];
            }
        }
        if (known != null) {
            for (int position : known) {
                arrays[position] = pieces.get(position).array();
            }
            try {
                ColumnCode.recover(arrays, known, parallelism);
            } catch (IllegalArgumentException e) {
                throw new ReconstructionException(e.getMessage(), e);
            }
        }
        return sources;
    }

    private record Unfinished(long number, ByteArrayOutputStream bytes) {}
}
