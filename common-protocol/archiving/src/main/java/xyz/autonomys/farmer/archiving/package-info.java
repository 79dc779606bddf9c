/**
 * From blocks to pieces and back (spec 03).
 *
 * <p>History is the sequence of encoded blocks. {@link xyz.autonomys.farmer.archiving.Archiver} packs them into
 * segments of 130,023,424 bytes (how is decided in {@code SegmentPacker}: items, cuts, fill). The bytes of a segment
 * live from the start in the chunks of its 128 source records ({@code SegmentBytes}), so that nothing is copied when it
 * closes. {@code SegmentSealer} then adds what makes 256 pieces of them: parity records, record commitments, the
 * segment commitment and the witnesses; the header chains to the one before.
 *
 * <p>{@link xyz.autonomys.farmer.archiving.PieceVerifier} says whether a piece belongs to a segment, one by one or a
 * batch in one check. {@link xyz.autonomys.farmer.archiving.PiecesReconstructor} gives missing pieces back from any 128,
 * {@link xyz.autonomys.farmer.archiving.BlockReconstructor} the blocks. Every result is byte for byte the one of
 * autonomys/subspace, crates/subspace-archiving.
 */
package xyz.autonomys.farmer.archiving;
