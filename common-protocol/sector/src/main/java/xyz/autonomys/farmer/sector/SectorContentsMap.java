package xyz.autonomys.farmer.sector;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.util.Arrays;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.primitives.hash.Blake3;

/**
 * Which record has an encoded chunk in which s-bucket: one bit per record and s-bucket (specification 04 §7).
 *
 * <p>Encoding: 8,192 bytes per record, s-bucket s in bit {@code s mod 8} (least significant first) of byte {@code s / 8},
 * then the BLAKE3 of all of them. In memory a record is 1,024 words in the form of
 * {@link xyz.autonomys.farmer.pos.PosTable#masks}.
 *
 * <p>Source: autonomys/subspace, crates/subspace-farmer-components/src/sector.rs.
 */
public final class SectorContentsMap {
    /** Words of one record's bitmap. */
    public static final int WORDS = ProtocolSizes.S_BUCKETS / Long.SIZE;

    /** Whether and how a record is stored in an s-bucket. */
    public enum Presence {
        /** No chunk of this record. */
        ABSENT,
        /** The chunk masked with the hash of its proof of space. */
        ENCODED,
        /** The chunk as it is: filling where a record has too few proofs. */
        UNENCODED
    }

    private final long[][] bitmaps;
    private final int[] fillEnd;

    private SectorContentsMap(long[][] bitmaps, int[] fillEnd) {
        this.bitmaps = bitmaps;
        this.fillEnd = fillEnd;
    }

    /**
     * The map of these bitmaps, one per record, which are copied.
     *
     * @throws SectorFormatException if a record has more than 32,768 bits set
     */
    public static SectorContentsMap of(long[][] bitmaps) throws SectorFormatException {
        long[][] copy = new long[bitmaps.length][];
        int[] fillEnd = new int[bitmaps.length];
        for (int record = 0; record < bitmaps.length; record++) {
            copy[record] = Arrays.copyOf(bitmaps[record], WORDS);
            fillEnd[record] = fillEnd(copy[record], record);
        }
        return new SectorContentsMap(copy, fillEnd);
    }

    /**
     * Reads an encoding, checking length, checksum and bits per record in this order.
     *
     * @throws SectorFormatException saying which check failed
     */
    public static SectorContentsMap decode(byte[] encoded, int piecesInSector) throws SectorFormatException {
        int expectedBytes = new SectorLayout(piecesInSector).contentsMapBytes();
        if (encoded.length != expectedBytes) {
            throw new SectorFormatException(
                    SectorFormatException.Kind.INVALID_LENGTH,
                    "the contents map of " + piecesInSector + " pieces has " + expectedBytes + " bytes, got "
                            + encoded.length);
        }
        int mapBytes = expectedBytes - SectorLayout.CHECKSUM_BYTES;
        Blake3Hash expected = Blake3.hash(encoded, 0, mapBytes);
        Blake3Hash found = Blake3Hash.of(encoded, mapBytes);
        if (!expected.equals(found)) {
            throw new SectorFormatException(
                    SectorFormatException.Kind.CHECKSUM_MISMATCH,
                    "the contents map's bytes hash to " + expected + ", its checksum is " + found);
        }
        long[][] bitmaps = new long[piecesInSector][WORDS];
        int[] fillEnd = new int[piecesInSector];
        LongBuffer words =
                ByteBuffer.wrap(encoded).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer();
        for (int record = 0; record < piecesInSector; record++) {
            words.get(bitmaps[record]);
            fillEnd[record] = fillEnd(bitmaps[record], record);
        }
        return new SectorContentsMap(bitmaps, fillEnd);
    }

    /** The encoding with its checksum. */
    public byte[] encode() {
        byte[] encoded = new byte[new SectorLayout(bitmaps.length).contentsMapBytes()];
        LongBuffer words =
                ByteBuffer.wrap(encoded).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer();
        for (long[] bitmap : bitmaps) {
            words.put(bitmap);
        }
        int mapBytes = encoded.length - SectorLayout.CHECKSUM_BYTES;
        Blake3.hashInto(encoded, 0, mapBytes, encoded, mapBytes);
        return encoded;
    }

    /** Records of the sector. */
    public int records() {
        return bitmaps.length;
    }

    /** A copy of one record's bitmap. */
    public long[] bitmap(int record) {
        return bitmaps[record].clone();
    }

    /** Bit s of word w: whether the record's chunk in s-bucket 64·w + s is encoded. */
    public long encodedWord(int record, int word) {
        return bitmaps[record][word];
    }

    /** Bit s of word w: whether the record has a chunk in s-bucket 64·w + s, encoded or not. */
    public long presentWord(int record, int word) {
        int filled = fillEnd[record] - word * Long.SIZE;
        if (filled <= 0) {
            return bitmaps[record][word];
        }
        return filled >= Long.SIZE ? -1L : bitmaps[record][word] | (1L << filled) - 1;
    }

    /** Encoded chunks of a record, at most 32,768; the rest up to 32,768 is filling. */
    public int encodedChunks(int record) {
        int encoded = 0;
        for (long word : bitmaps[record]) {
            encoded += Long.bitCount(word);
        }
        return encoded;
    }

    /** How the chunk of {@code record} in {@code sBucket} is stored. */
    public Presence presence(int record, int sBucket) {
        if ((bitmaps[record][sBucket >>> 6] >>> sBucket & 1) != 0) {
            return Presence.ENCODED;
        }
        return sBucket < fillEnd[record] ? Presence.UNENCODED : Presence.ABSENT;
    }

    /** Whether {@code record} has a chunk in {@code sBucket}. */
    public boolean isPresent(int record, int sBucket) {
        return (bitmaps[record][sBucket >>> 6] >>> sBucket & 1) != 0 || sBucket < fillEnd[record];
    }

    /** Chunks of every s-bucket, 65,536 entries, as the sector metadata keeps them. */
    public char[] sBucketSizes() {
        char[] sizes = new char[ProtocolSizes.S_BUCKETS];
        for (int record = 0; record < bitmaps.length; record++) {
            for (int sBucket = 0; sBucket < fillEnd[record]; sBucket++) {
                sizes[sBucket]++;
            }
            for (int word = 0; word < WORDS; word++) {
                for (long bits = bitmaps[record][word]; bits != 0; bits &= bits - 1) {
                    int sBucket = word << 6 | Long.numberOfTrailingZeros(bits);
                    if (sBucket >= fillEnd[record]) {
                        sizes[sBucket]++;
                    }
                }
            }
        }
        return sizes;
    }

    /** The s-bucket below which every zero bit is a chunk of filling: just behind the last one that is needed. */
    private static int fillEnd(long[] bitmap, int record) throws SectorFormatException {
        int encoded = 0;
        for (long word : bitmap) {
            encoded += Long.bitCount(word);
        }
        if (encoded > ProtocolSizes.RECORD_CHUNKS) {
            throw new SectorFormatException(
                    SectorFormatException.Kind.INVALID_ENCODED_RECORD_CHUNKS,
                    "record " + record + " of the contents map has " + encoded + " encoded chunks, at most "
                            + ProtocolSizes.RECORD_CHUNKS + " are possible");
        }
        int missing = ProtocolSizes.RECORD_CHUNKS - encoded;
        int sBucket = 0;
        while (missing > 0) {
            missing -= (int) (~bitmap[sBucket >>> 6] >>> sBucket & 1);
            sBucket++;
        }
        return sBucket;
    }
}
