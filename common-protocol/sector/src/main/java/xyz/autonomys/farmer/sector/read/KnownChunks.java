package xyz.autonomys.farmer.sector.read;

import java.util.BitSet;
import xyz.autonomys.farmer.pos.PosTable;

/**
 * The half of a record's extension that its sector stores, unmasked.
 *
 * @param values 65,536 chunks by s-bucket, of which only the known ones mean anything; not copied
 * @param known the s-buckets of the known ones
 * @param table the record's proofs of space, valid until the decoder's next record
 */
@SuppressWarnings("ArrayRecordComponent") // Two mebibytes that are worked on in place.
public record KnownChunks(byte[] values, BitSet known, PosTable table) {}
