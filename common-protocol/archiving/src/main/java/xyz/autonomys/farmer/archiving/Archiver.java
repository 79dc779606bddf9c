package xyz.autonomys.farmer.archiving;

import static xyz.autonomys.farmer.primitives.ProtocolSizes.SEGMENT_PIECES;
import static xyz.autonomys.farmer.primitives.ProtocolSizes.SOURCE_RECORDS;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import xyz.autonomys.farmer.kzg.Kzg;
import xyz.autonomys.farmer.kzg.KzgCommitment;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.Piece;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.primitives.SegmentCommitment;
import xyz.autonomys.farmer.primitives.SegmentHeader;
import xyz.autonomys.farmer.primitives.scale.SegmentHeaders;

/**
 * Turns a chain of encoded blocks into archived segments, block by block. Its state follows from the last segment's
 * header and the block that segment ends with, so it can {@linkplain #resume stop and go on} anywhere.
 *
 * <p>Holds the segment that is being filled, up to 128 MiB, and while it finishes one, its 256 MiB of pieces. Not
 * thread-safe.
 *
 * <p>Source: autonomys/subspace, crates/subspace-archiving/src/archiver.rs (spec 03 §5 to §12).
 */
public final class Archiver {
    private final SegmentCommitter committer;
    private final Kzg kzg;
    private final Parallelism parallelism;
    private final SegmentPacker packer;
    private SegmentHeader last;

    private Archiver(Kzg kzg, Parallelism parallelism, SegmentPacker packer, SegmentHeader last) {
        this.kzg = kzg;
        this.parallelism = parallelism;
        this.committer = new SegmentCommitter(kzg, parallelism);
        this.packer = packer;
        this.last = last;
    }

    /** Begins history; the first block is block 0, see {@link GenesisBlock}. */
    public static Archiver begin(Kzg kzg, Parallelism parallelism) {
        return new Archiver(kzg, parallelism, new SegmentPacker(), null);
    }

    /**
     * Goes on where an earlier archiver stopped.
     *
     * @param lastHeader header of the last segment it made
     * @param lastBlock the encoded bytes of that header's last archived block
     * @throws IllegalArgumentException if {@code lastBlock} is not longer than what was archived of it
     */
    public static Archiver resume(Kzg kzg, Parallelism parallelism, SegmentHeader lastHeader, byte[] lastBlock) {
        return new Archiver(kzg, parallelism, new SegmentPacker(lastHeader, lastBlock), lastHeader);
    }

    /** The number of the block that {@link #add} takes next. */
    public long nextBlockNumber() {
        return packer.nextBlockNumber();
    }

    /** Header of the last segment, if there is one. */
    public Optional<SegmentHeader> lastHeader() {
        return Optional.ofNullable(last);
    }

    /**
     * Adds the next block.
     *
     * @param block its encoded bytes; they are not changed and may be kept
     * @return the segments that this block completes, usually none
     * @throws IllegalArgumentException if the block is longer than 2^30 − 1 bytes
     */
    public List<ArchivedSegment> add(byte[] block) {
        packer.add(block);
        return closedSegments();
    }

    /**
     * The segments that were already complete when the archiver was made: none, unless a {@linkplain #resume resumed}
     * block reaches over whole segments. To be asked once before the first {@link #add}.
     */
    public List<ArchivedSegment> closedSegments() {
        List<ArchivedSegment> segments = new ArrayList<>();
        for (Optional<SegmentBytes> closed = packer.closedSegment();
                closed.isPresent();
                closed = packer.closedSegment()) {
            ArchivedSegment segment = archive(closed.get());
            last = segment.header();
            segments.add(segment);
            packer.next(last);
        }
        return segments;
    }

    private ArchivedSegment archive(SegmentBytes bytes) {
        byte[][] pieces = new byte[SEGMENT_PIECES][];
        List<byte[]> sources = new ArrayList<>(SOURCE_RECORDS);
        for (int i = 0; i < SOURCE_RECORDS; i++) {
            pieces[2 * i] = bytes.sourcePiece(i);
            pieces[2 * i + 1] = new byte[ProtocolSizes.PIECE_BYTES];
            sources.add(pieces[2 * i]);
        }
        ColumnCode.extend(pieces, parallelism);
        List<KzgCommitment> commitments = kzg.extendCommitments(committer.commit(sources));
        SegmentCommitment commitment = committer.seal(pieces, commitments);
        SegmentHeader header = new SegmentHeader(
                last == null ? 0 : last.segmentIndex() + 1,
                commitment,
                last == null ? Blake3Hash.of(new byte[Blake3Hash.SIZE]) : SegmentHeaders.hash(last),
                packer.lastArchivedBlock());
        return new ArchivedSegment(
                header, Arrays.stream(pieces).map(Piece::wrap).toList());
    }
}
