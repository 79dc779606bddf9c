package xyz.autonomys.farmer.store;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.Piece;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.primitives.SegmentCommitment;
import xyz.autonomys.farmer.primitives.hash.Blake3;

/**
 * The bytes of a segment's file. Integers are big-endian.
 *
 * <table>
 * <caption>Layout</caption>
 * <tr><th>offset</th><th>size</th><th>field</th></tr>
 * <tr><td>0</td><td>8</td><td>{@code AFPIECES} in ASCII</td></tr>
 * <tr><td>8</td><td>4</td><td>format, {@value #FORMAT}</td></tr>
 * <tr><td>12</td><td>4</td><td>number of pieces, 256</td></tr>
 * <tr><td>16</td><td>4</td><td>bytes of a piece, 1,048,672</td></tr>
 * <tr><td>20</td><td>4</td><td>zero</td></tr>
 * <tr><td>24</td><td>8</td><td>segment index u64</td></tr>
 * <tr><td>32</td><td>32</td><td>genesis hash of the chain</td></tr>
 * <tr><td>64</td><td>48</td><td>commitment of the segment</td></tr>
 * <tr><td>112</td><td>16</td><td>zero</td></tr>
 * <tr><td>128</td><td>256 × 32</td><td>BLAKE3 of each piece by position; zero for one that is not there yet</td></tr>
 * <tr><td>8,320</td><td>32</td><td>seal of a complete file: BLAKE3 of bytes 0 to 8,319; zero before</td></tr>
 * <tr><td>8,352</td><td>3,936</td><td>zero</td></tr>
 * <tr><td>12,288</td><td>256 × 1,048,672</td><td>the pieces by position</td></tr>
 * </table>
 *
 * <p>Pieces are written and forced to disk before their checksums, checksums before the seal. So a checksum that does
 * not fit its piece means that the piece is missing, and a seal that fits means that everything had been there.
 *
 * <p>Used by one thread at a time, which must not be interrupted meanwhile.
 */
final class SegmentFile implements AutoCloseable {
    static final int FORMAT = 1;
    static final int PIECES = ProtocolSizes.SEGMENT_PIECES;
    static final int PIECE_BYTES = ProtocolSizes.PIECE_BYTES;
    static final int TABLE_OFFSET = 128;
    static final int SEAL_OFFSET = TABLE_OFFSET + PIECES * Blake3Hash.SIZE;
    static final int HEADER_BYTES = 12_288;
    static final long FILE_BYTES = HEADER_BYTES + (long) PIECES * PIECE_BYTES;

    private static final byte[] MAGIC = "AFPIECES".getBytes(StandardCharsets.US_ASCII);
    private static final int GENESIS_OFFSET = 32;
    private static final int COMMITMENT_OFFSET = 64;
    private static final Blake3Hash NOTHING = Blake3Hash.of(new byte[Blake3Hash.SIZE]);

    private final Path path;
    private final FileChannel file;

    private SegmentFile(Path path, FileChannel file) {
        this.path = path;
        this.file = file;
    }

    /** Makes the file of a segment without pieces, or empties one that is there. */
    static SegmentFile create(Path path, SegmentLabel label) throws IOException {
        SegmentFile created = new SegmentFile(
                path,
                FileChannel.open(
                        path,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE));
        boolean written = false;
        try {
            created.write(header(label), 0);
            written = true;
            return created;
        } finally {
            if (!written) {
                created.close();
                Files.deleteIfExists(path);
            }
        }
    }

    private static ByteBuffer header(SegmentLabel label) {
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
        header.put(MAGIC).putInt(FORMAT).putInt(PIECES).putInt(PIECE_BYTES).putInt(0);
        header.putLong(label.segmentIndex());
        header.put(label.genesisHash().toBytes()).put(label.commitment().toBytes());
        return header.clear();
    }

    /** Opens an existing file without looking into it. */
    static SegmentFile open(Path path, boolean writable) throws IOException {
        return new SegmentFile(
                path,
                writable
                        ? FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)
                        : FileChannel.open(path, StandardOpenOption.READ));
    }

    /**
     * Which segment the file holds.
     *
     * @throws SegmentFormatException naming the file and what is wrong if it is no segment file of this format
     * @throws IOException if the disk does not give the bytes
     */
    SegmentLabel label() throws IOException {
        ByteBuffer header = ByteBuffer.allocate(TABLE_OFFSET);
        try {
            read(header, 0);
        } catch (EOFException _) {
            throw new SegmentFormatException(path + " is no segment file: it has only " + file.size() + " bytes");
        }
        byte[] bytes = header.array();
        if (!Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw new SegmentFormatException(path + " is no segment file: it does not begin with AFPIECES");
        }
        header.position(MAGIC.length);
        int format = header.getInt();
        if (format != FORMAT) {
            throw new SegmentFormatException(
                    path + " has format " + Integer.toUnsignedString(format) + ", this version reads " + FORMAT);
        }
        int pieces = header.getInt();
        int pieceBytes = header.getInt();
        if (pieces != PIECES || pieceBytes != PIECE_BYTES || header.getInt() != 0) {
            throw new SegmentFormatException(path + " announces " + Integer.toUnsignedString(pieces) + " pieces of "
                    + Integer.toUnsignedString(pieceBytes) + " bytes, expected " + PIECES + " of " + PIECE_BYTES);
        }
        return new SegmentLabel(
                header.getLong(), Blake3Hash.of(bytes, GENESIS_OFFSET), SegmentCommitment.of(bytes, COMMITMENT_OFFSET));
    }

    /** Whether the file has its full length and a seal that fits, so that all pieces were written to the end. */
    boolean isSealed() throws IOException {
        if (file.size() != FILE_BYTES) {
            return false;
        }
        ByteBuffer header = ByteBuffer.allocate(SEAL_OFFSET + Blake3Hash.SIZE);
        read(header, 0);
        return Blake3.hash(header.array(), 0, SEAL_OFFSET).equals(Blake3Hash.of(header.array(), SEAL_OFFSET));
    }

    /** Whether the bytes that no piece and no checksum covers are zero, as they were written. */
    boolean isPaddingClean() throws IOException {
        ByteBuffer padding = ByteBuffer.allocate(HEADER_BYTES - SEAL_OFFSET - Blake3Hash.SIZE);
        read(padding, SEAL_OFFSET + (long) Blake3Hash.SIZE);
        return Arrays.equals(padding.array(), new byte[padding.capacity()]);
    }

    /** Reads every piece and says which are there and whole. */
    BitSet wholePieces() throws IOException {
        BitSet whole = new BitSet(PIECES);
        for (int position = 0; position < PIECES; position++) {
            if (readPiece(position) instanceof PieceReading.Found) {
                whole.set(position);
            }
        }
        return whole;
    }

    /** Reads a piece and checks it; one that the disk does not give is damaged as well. */
    PieceReading readPiece(int position) throws IOException {
        try {
            ByteBuffer entry = ByteBuffer.allocate(Blake3Hash.SIZE);
            read(entry, tableOffset(position));
            Blake3Hash expected = Blake3Hash.of(entry.array());
            if (expected.equals(NOTHING)) {
                return new PieceReading.Absent();
            }
            byte[] bytes = new byte[PIECE_BYTES];
            read(ByteBuffer.wrap(bytes), pieceOffset(position));
            Blake3Hash actual = Blake3.hash(bytes);
            return actual.equals(expected)
                    ? new PieceReading.Found(Piece.wrap(bytes), actual)
                    : new PieceReading.Corrupt("the piece at position " + position + " of " + path
                            + " is damaged: its BLAKE3 is " + actual + ", written was " + expected);
        } catch (IOException e) {
            if (!file.isOpen()) {
                throw e;
            }
            return new PieceReading.Corrupt(
                    "the piece at position " + position + " of " + path + " cannot be read: " + e.getMessage());
        }
    }

    /** Writes pieces by position; when it returns they are there for good. */
    void writePieces(Map<Integer, Piece> pieces) throws IOException {
        for (var piece : pieces.entrySet()) {
            write(ByteBuffer.wrap(piece.getValue().array()), pieceOffset(piece.getKey()));
        }
        file.force(true);
        for (var piece : pieces.entrySet()) {
            Blake3Hash checksum = Blake3.hash(piece.getValue().array());
            write(ByteBuffer.wrap(checksum.toBytes()), tableOffset(piece.getKey()));
        }
        file.force(false);
    }

    /** Seals a file that has all its pieces. */
    void seal() throws IOException {
        ByteBuffer header = ByteBuffer.allocate(SEAL_OFFSET);
        read(header, 0);
        write(ByteBuffer.wrap(Blake3.hash(header.array()).toBytes()), SEAL_OFFSET);
        file.force(true);
    }

    private static long tableOffset(int position) {
        return TABLE_OFFSET + position * (long) Blake3Hash.SIZE;
    }

    private static long pieceOffset(int position) {
        return HEADER_BYTES + position * (long) PIECE_BYTES;
    }

    private void read(ByteBuffer target, long offset) throws IOException {
        long at = offset;
        while (target.hasRemaining()) {
            int count = file.read(target, at);
            if (count < 0) {
                throw new EOFException("the file ends at byte " + at);
            }
            at += count;
        }
    }

    private void write(ByteBuffer source, long offset) throws IOException {
        long at = offset;
        while (source.hasRemaining()) {
            at += file.write(source, at);
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
