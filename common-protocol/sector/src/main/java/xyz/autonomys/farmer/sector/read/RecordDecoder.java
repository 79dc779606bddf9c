package xyz.autonomys.farmer.sector.read;

import java.util.BitSet;
import java.util.Optional;
import xyz.autonomys.farmer.erasure.ErasureCoding;
import xyz.autonomys.farmer.erasure.InvalidScalarException;
import xyz.autonomys.farmer.erasure.Polynomial;
import xyz.autonomys.farmer.erasure.TooManyMissingException;
import xyz.autonomys.farmer.pos.PosTable;
import xyz.autonomys.farmer.pos.PosTableBuilder;
import xyz.autonomys.farmer.primitives.PosProof;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.primitives.hash.Blake3;

/**
 * Undoes the encoding of a record (specification 04 §11): masks off, then the missing half by erasure coding. For one
 * thread; owns its table builder and 3 MiB of buffers, which the next record overwrites.
 *
 * <p>Exactly half of the values are known, so a wrong chunk gives a wrong record that looks as good as any: only the
 * piece's checksum or the network finds it.
 */
public final class RecordDecoder implements AutoCloseable {
    private static final int CHUNK = ProtocolSizes.CHUNK_BYTES;

    private final PosTableBuilder tables;
    private final ErasureCoding erasureCoding;
    private final byte[] values = new byte[2 * ProtocolSizes.RECORD_BYTES];
    private final byte[] masks = new byte[ProtocolSizes.RECORD_BYTES];
    private final long[] withMask = new long[PosTable.USED_WORDS];

    /**
     * A decoder.
     *
     * @param tables builder for this decoder alone, which closes it
     * @param erasureCoding the code for 32,768 source chunks, which decoders share
     */
    public RecordDecoder(PosTableBuilder tables, ErasureCoding erasureCoding) {
        this.tables = tables;
        this.erasureCoding = erasureCoding;
    }

    /**
     * Builds the record's table and takes the masks off.
     *
     * @throws ReadingException if an encoded chunk has no proof
     */
    public KnownChunks unmask(StoredRecord record) throws ReadingException {
        PosTable table = tables.build(record.posSeed());
        table.masks(withMask, masks);
        BitSet known = new BitSet(ProtocolSizes.S_BUCKETS);
        int filling = filling(record);
        int mask = 0;
        int stored = 0;
        for (int sBucket = 0; stored < ProtocolSizes.RECORD_CHUNKS; sBucket++) {
            boolean hasMask = (withMask[sBucket >>> 6] >>> sBucket & 1) != 0;
            boolean encoded = record.isEncoded(sBucket);
            if (encoded || filling > 0) {
                System.arraycopy(record.chunks(), CHUNK * stored, values, CHUNK * sBucket, CHUNK);
                known.set(sBucket);
                stored++;
            }
            if (encoded && hasMask) {
                xor(masks, CHUNK * mask, sBucket);
            } else if (encoded) {
                // A proof behind the last mask, or a damaged map.
                xor(mask(table, sBucket), 0, sBucket);
            } else {
                filling--;
            }
            mask += hasMask ? 1 : 0;
        }
        return new KnownChunks(values, known, table);
    }

    private static int filling(StoredRecord record) {
        int filling = ProtocolSizes.RECORD_CHUNKS;
        for (long word : record.encodedSBuckets()) {
            filling -= Long.bitCount(word);
        }
        return filling;
    }

    private static byte[] mask(PosTable table, int sBucket) throws ReadingException {
        Optional<PosProof> proof = table.findProof(sBucket);
        if (proof.isEmpty()) {
            throw new ReadingException(
                    ReadingException.Kind.MISSING_PROOF,
                    "the contents map has an encoded chunk in s-bucket " + sBucket
                            + ", for which there is no proof of space");
        }
        return Blake3.hash(proof.get().toBytes()).toBytes();
    }

    private void xor(byte[] mask, int offset, int sBucket) {
        for (int i = 0; i < CHUNK; i++) {
            values[CHUNK * sBucket + i] ^= mask[offset + i];
        }
    }

    /**
     * The source chunks.
     *
     * @param record receives 1 MiB from offset 0 on
     * @throws ReadingException if a known chunk is no canonical scalar
     */
    public void recoverSource(KnownChunks chunks, byte[] record) throws ReadingException {
        try {
            erasureCoding.recoverSource(chunks.values(), chunks.known(), record);
        } catch (InvalidScalarException e) {
            throw invalidChunk(e);
        } catch (TooManyMissingException e) {
            throw new IllegalStateException("half of the chunks are known", e);
        }
    }

    /**
     * The record's polynomial, of at most 32,768 coefficients.
     *
     * @throws ReadingException if a known chunk is no canonical scalar
     */
    public Polynomial recoverPolynomial(KnownChunks chunks) throws ReadingException {
        try {
            return erasureCoding.recoverPolynomial(chunks.values(), chunks.known());
        } catch (InvalidScalarException e) {
            throw invalidChunk(e);
        } catch (TooManyMissingException e) {
            throw new IllegalStateException("half of the chunks are known", e);
        }
    }

    private static ReadingException invalidChunk(InvalidScalarException e) {
        return new ReadingException(
                ReadingException.Kind.INVALID_CHUNK,
                "the chunk in s-bucket " + e.index() + " is no scalar, the disk may have changed it");
    }

    @Override
    public void close() {
        tables.close();
    }
}
