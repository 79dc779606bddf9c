package xyz.autonomys.farmer.sector.read;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.PosSeed;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.primitives.RecordCommitment;
import xyz.autonomys.farmer.primitives.RecordWitness;
import xyz.autonomys.farmer.primitives.SectorId;
import xyz.autonomys.farmer.sector.SectorIds;
import xyz.autonomys.farmer.sector.SectorLayout;

/**
 * A record as its sector stores it: all that is needed to read the piece back or to prove one of its chunks, on any
 * machine.
 *
 * <table>
 * <caption>Encoding, integers little-endian</caption>
 * <tr><th>offset</th><th>size</th><th>field</th></tr>
 * <tr><td>0</td><td>32</td><td>sector id</td></tr>
 * <tr><td>32</td><td>2</td><td>piece offset</td></tr>
 * <tr><td>34</td><td>8,192</td><td>which s-buckets have an encoded chunk, as in the contents map</td></tr>
 * <tr><td>8,226</td><td>1,048,576</td><td>stored chunks</td></tr>
 * <tr><td>1,056,802</td><td>128</td><td>record commitment, record witness, checksum of the piece</td></tr>
 * </table>
 *
 * @param sectorId the sector
 * @param pieceOffset the record's place in it (u16)
 * @param encodedSBuckets 1,024 words, bit s&nbsp;&amp;&nbsp;63 of word s&nbsp;&gt;&gt;&gt;&nbsp;6: whether the chunk in
 *     s-bucket s is encoded; at most 32,768 bits; not copied
 * @param chunks 32,768 stored chunks by ascending s-bucket: the encoded ones and, where there are fewer, the unencoded ones
 *     of the lowest other s-buckets between them; not copied
 * @param commitment commitment to the record
 * @param witness witness of the record in its segment
 * @param pieceChecksum BLAKE3 of the piece
 */
@SuppressWarnings("ArrayRecordComponent") // A mebibyte that goes from disk to network is not copied on the way.
public record StoredRecord(
        SectorId sectorId,
        int pieceOffset,
        long[] encodedSBuckets,
        byte[] chunks,
        RecordCommitment commitment,
        RecordWitness witness,
        Blake3Hash pieceChecksum) {
    /** Bytes of the encoding. */
    public static final int ENCODED_BYTES = SectorId.SIZE
            + 2
            + SectorLayout.BITMAP_BYTES
            + ProtocolSizes.RECORD_BYTES
            + SectorLayout.RECORD_METADATA_BYTES;

    private static final int WORDS = ProtocolSizes.S_BUCKETS / Long.SIZE;

    /** Rejects arrays of another size and too many encoded chunks. */
    public StoredRecord {
        if (encodedSBuckets.length != WORDS || chunks.length != ProtocolSizes.RECORD_BYTES) {
            throw new IllegalArgumentException("a stored record takes " + WORDS + " words and "
                    + ProtocolSizes.RECORD_BYTES + " bytes of chunks, got " + encodedSBuckets.length + " and "
                    + chunks.length);
        }
        int encoded = Arrays.stream(encodedSBuckets).mapToInt(Long::bitCount).sum();
        if (encoded > ProtocolSizes.RECORD_CHUNKS) {
            throw new IllegalArgumentException("a stored record has " + encoded + " encoded chunks, at most "
                    + ProtocolSizes.RECORD_CHUNKS + " are possible");
        }
    }

    /** The seed of the record's proof-of-space table. */
    public PosSeed posSeed() {
        return SectorIds.posSeed(sectorId, pieceOffset);
    }

    /** Whether the chunk in this s-bucket is encoded. */
    public boolean isEncoded(int sBucket) {
        return (encodedSBuckets[sBucket >>> 6] >>> sBucket & 1) != 0;
    }

    /** The encoding, {@value #ENCODED_BYTES} bytes. */
    public byte[] encode() {
        byte[] encoded = new byte[ENCODED_BYTES];
        ByteBuffer out = ByteBuffer.wrap(encoded).order(ByteOrder.LITTLE_ENDIAN);
        out.put(sectorId.toBytes()).putShort((short) pieceOffset);
        for (long word : encodedSBuckets) {
            out.putLong(word);
        }
        out.put(chunks).put(commitment.toBytes()).put(witness.toBytes()).put(pieceChecksum.toBytes());
        return encoded;
    }

    /**
     * Reads an encoding.
     *
     * @throws IllegalArgumentException saying what is wrong: the number of bytes, or too many encoded chunks
     */
    public static StoredRecord decode(byte[] encoded) {
        if (encoded.length != ENCODED_BYTES) {
            throw new IllegalArgumentException(
                    "a stored record has " + ENCODED_BYTES + " bytes, got " + encoded.length);
        }
        ByteBuffer in = ByteBuffer.wrap(encoded).order(ByteOrder.LITTLE_ENDIAN);
        in.position(SectorId.SIZE);
        int pieceOffset = Short.toUnsignedInt(in.getShort());
        long[] encodedSBuckets = new long[WORDS];
        in.asLongBuffer().get(encodedSBuckets);
        int chunksAt = in.position() + SectorLayout.BITMAP_BYTES;
        int metadataAt = chunksAt + ProtocolSizes.RECORD_BYTES;
        return of(
                SectorId.of(encoded, 0),
                pieceOffset,
                encodedSBuckets,
                Arrays.copyOfRange(encoded, chunksAt, metadataAt),
                encoded,
                metadataAt);
    }

    static StoredRecord of(
            SectorId sectorId, int pieceOffset, long[] encodedSBuckets, byte[] chunks, byte[] metadata, int offset) {
        return new StoredRecord(
                sectorId,
                pieceOffset,
                encodedSBuckets,
                chunks,
                RecordCommitment.of(metadata, offset),
                RecordWitness.of(metadata, offset + ProtocolSizes.G1_BYTES),
                Blake3Hash.of(metadata, offset + 2 * ProtocolSizes.G1_BYTES));
    }
}
