package xyz.autonomys.farmer.cluster.parity;

import java.util.ArrayList;
import java.util.List;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.Piece;
import xyz.autonomys.farmer.primitives.ProtocolSizes;

/**
 * One fragment of a piece, as it lies on disk and travels.
 *
 * <table>
 * <caption>Bytes</caption>
 * <tr><th>offset</th><th>size</th><th>field</th></tr>
 * <tr><td>0</td><td>1</td><td>format, {@value #FORMAT}</td></tr>
 * <tr><td>1</td><td>1</td><td>data fragments of the piece, 2 to 16</td></tr>
 * <tr><td>2</td><td>1</td><td>number of this fragment, see {@link ReedSolomon}</td></tr>
 * <tr><td>3</td><td>1</td><td>zero</td></tr>
 * <tr><td>4</td><td>32</td><td>BLAKE3 of the whole piece</td></tr>
 * <tr><td>36</td><td>⌈1,048,672 / data fragments⌉</td><td>the fragment</td></tr>
 * </table>
 *
 * @param dataFragments how many fragments rebuild the piece
 * @param number which one this is, 0 to 255
 * @param pieceChecksum BLAKE3 of the whole piece
 * @param bytes all of the above; handed over, nobody writes to it again
 */
public record PieceFragment(int dataFragments, int number, Blake3Hash pieceChecksum, byte[] bytes) {
    /** The most data fragments of a piece. */
    public static final int MAX_DATA_FRAGMENTS = 16;

    private static final int FORMAT = 1;
    private static final int CHECKSUM_OFFSET = 4;
    private static final int HEADER_BYTES = CHECKSUM_OFFSET + Blake3Hash.SIZE;

    private static final ReedSolomon[] CODES = new ReedSolomon[MAX_DATA_FRAGMENTS + 1];

    static {
        for (int k = 2; k <= MAX_DATA_FRAGMENTS; k++) {
            CODES[k] = new ReedSolomon(k);
        }
    }

    /** Length of {@link #bytes}. */
    public static int bytesOf(int dataFragments) {
        return HEADER_BYTES + CODES[dataFragments].fragmentBytes(ProtocolSizes.PIECE_BYTES);
    }

    /**
     * Makes one fragment of a piece.
     *
     * @param pieceChecksum BLAKE3 of the piece
     */
    public static PieceFragment cut(Piece piece, Blake3Hash pieceChecksum, int dataFragments, int number) {
        byte[] bytes = new byte[bytesOf(dataFragments)];
        bytes[0] = FORMAT;
        bytes[1] = (byte) dataFragments;
        bytes[2] = (byte) number;
        pieceChecksum.copyTo(bytes, CHECKSUM_OFFSET);
        CODES[dataFragments].encode(number, piece.array(), bytes, HEADER_BYTES);
        return new PieceFragment(dataFragments, number, pieceChecksum, bytes);
    }

    /**
     * The fragment of these bytes.
     *
     * @throws IllegalArgumentException naming what is wrong if they are none
     */
    public static PieceFragment decode(byte[] bytes) {
        List<PieceFragment> fragments = decodeAll(bytes);
        if (fragments.size() != 1) {
            throw new IllegalArgumentException(fragments.size() + " fragments where one was expected");
        }
        return fragments.getFirst();
    }

    /**
     * The fragments that follow each other in these bytes.
     *
     * @throws IllegalArgumentException naming what is wrong if they are none
     */
    public static List<PieceFragment> decodeAll(byte[] bytes) {
        List<PieceFragment> fragments = new ArrayList<>(1);
        for (int at = 0; at < bytes.length; ) {
            if (bytes.length - at < HEADER_BYTES) {
                throw new IllegalArgumentException("a fragment ends after " + (bytes.length - at) + " bytes");
            }
            int k = bytes[at + 1];
            if (bytes[at] != FORMAT || bytes[at + 3] != 0 || k < 2 || k > MAX_DATA_FRAGMENTS) {
                throw new IllegalArgumentException("a fragment of format " + bytes[at] + " with " + k
                        + " data fragments; this version knows format " + FORMAT + " with 2 to " + MAX_DATA_FRAGMENTS);
            }
            int length = bytesOf(k);
            if (bytes.length - at < length) {
                throw new IllegalArgumentException(
                        "a fragment of " + length + " bytes ends after " + (bytes.length - at));
            }
            byte[] own = length == bytes.length ? bytes : java.util.Arrays.copyOfRange(bytes, at, at + length);
            fragments.add(new PieceFragment(k, own[2] & 0xff, Blake3Hash.of(own, CHECKSUM_OFFSET), own));
            at += length;
        }
        return fragments;
    }

    /** Puts fragments together; whether the result is the piece of their checksum is for the caller to see. */
    static Piece join(List<PieceFragment> fragments) {
        int k = fragments.getFirst().dataFragments();
        int[] numbers = new int[k];
        byte[][] rows = new byte[k][];
        for (int i = 0; i < k; i++) {
            numbers[i] = fragments.get(i).number();
            rows[i] = fragments.get(i).bytes();
        }
        byte[] piece = new byte[ProtocolSizes.PIECE_BYTES];
        CODES[k].decode(numbers, rows, HEADER_BYTES, piece);
        return Piece.wrap(piece);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PieceFragment that && java.util.Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return java.util.Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "fragment " + number + " of " + dataFragments;
    }
}
