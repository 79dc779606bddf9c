package xyz.autonomys.farmer.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import xyz.autonomys.farmer.archiving.PieceIndexes;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.Piece;
import xyz.autonomys.farmer.primitives.SegmentCommitment;
import xyz.autonomys.farmer.primitives.hash.Blake3;

/** Segment files on a real disk. */
class SegmentDirectoryTest {
    private static final SegmentLabel LABEL =
            new SegmentLabel(3, Blake3Hash.fromHex("ab".repeat(32)), SegmentCommitment.fromHex("cd".repeat(48)));

    @TempDir
    private Path path;

    private static Piece piece(int position) {
        byte[] bytes = new byte[SegmentFile.PIECE_BYTES];
        new Random(position).nextBytes(bytes);
        return Piece.wrap(bytes);
    }

    private static Map<Integer, Piece> pieces(int from, int to) {
        Map<Integer, Piece> pieces = new TreeMap<>();
        for (int position = from; position < to; position++) {
            pieces.put(position, piece(position));
        }
        return pieces;
    }

    private void fill(int from, int to) throws IOException {
        SegmentDirectory directory = SegmentDirectory.open(path);
        for (int at = from; at < to; at += 16) {
            directory.put(LABEL, pieces(at, Math.min(to, at + 16)));
        }
    }

    private static void assertPiece(SegmentDirectory directory, int position) {
        var found = assertInstanceOf(PieceReading.Found.class, directory.read(PieceIndexes.of(3, position)));
        assertEquals(piece(position), found.piece());
    }

    private static Set<Integer> held(SegmentDirectory directory) {
        return IntStream.range(0, 256)
                .filter(position -> directory.contains(PieceIndexes.of(3, position)))
                .boxed()
                .collect(Collectors.toSet());
    }

    private Path complete() {
        return path.resolve("segment-00000003.pieces");
    }

    private Path part() {
        return path.resolve("segment-00000003.pieces.part");
    }

    private static void write(Path file, long offset, byte[] bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(bytes), offset);
        }
    }

    private static void cut(Path file, long length) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(length);
        }
    }

    @Test
    void aSegmentFillsInAnyOrderAndIsSealedWhenComplete() throws Exception {
        fill(100, 256);
        assertTrue(Files.exists(part()));
        SegmentDirectory directory = SegmentDirectory.open(path);
        assertEquals(IntStream.range(100, 256).boxed().collect(Collectors.toSet()), held(directory));
        assertPiece(directory, 255);
        assertInstanceOf(PieceReading.Absent.class, directory.read(PieceIndexes.of(3, 0)));
        assertInstanceOf(PieceReading.Absent.class, directory.read(PieceIndexes.of(4, 100)));
        fill(0, 100);
        assertFalse(Files.exists(part()));
        assertEquals(SegmentDirectory.FILE_BYTES, Files.size(complete()));
        directory = SegmentDirectory.open(path);
        assertEquals(Map.of(3L, LABEL), directory.labels());
        assertEquals(256, held(directory).size());
        for (int position : new int[] {0, 1, 99, 100, 254, 255}) {
            assertPiece(directory, position);
        }
    }

    @Test
    void aCrashAtAnyFieldLeavesWholePiecesOnly() throws Exception {
        fill(0, 4);
        long fourth = SegmentFile.HEADER_BYTES + 4L * SegmentFile.PIECE_BYTES;
        byte[] bytes = piece(4).array();
        byte[] table = Blake3.hash(bytes).toBytes();
        for (int written : new int[] {1, 4096, bytes.length - 1, bytes.length}) {
            write(part(), fourth, Arrays.copyOf(bytes, written));
            assertEquals(Set.of(0, 1, 2, 3), held(SegmentDirectory.open(path)), written + " bytes of the piece");
        }
        for (int written = 1; written <= table.length; written++) {
            write(part(), SegmentFile.TABLE_OFFSET + 4L * 32, Arrays.copyOf(table, written));
            Set<Integer> expected = written == table.length ? Set.of(0, 1, 2, 3, 4) : Set.of(0, 1, 2, 3);
            assertEquals(expected, held(SegmentDirectory.open(path)), written + " bytes of the checksum");
        }
        cut(part(), fourth + 17);
        assertEquals(Set.of(0, 1, 2, 3), held(SegmentDirectory.open(path)));
        cut(part(), SegmentFile.HEADER_BYTES);
        assertEquals(Set.of(), held(SegmentDirectory.open(path)));
        for (int length = SegmentFile.TABLE_OFFSET - 1; length >= 0; length -= 16) {
            cut(part(), length);
            assertEquals(Map.of(), SegmentDirectory.open(path).labels(), "a header of " + length + " bytes");
        }
    }

    @Test
    void damageInACompleteFileIsFoundAndRepaired() throws Exception {
        fill(0, 256);
        SegmentDirectory directory = SegmentDirectory.open(path);
        write(complete(), SegmentFile.HEADER_BYTES + 9L * SegmentFile.PIECE_BYTES + 1234, new byte[] {1, 2, 3});
        var corrupt = assertInstanceOf(PieceReading.Corrupt.class, directory.read(PieceIndexes.of(3, 9)));
        assertTrue(corrupt.what().contains(complete().toString()), corrupt.what());
        assertTrue(corrupt.what().contains("position 9"), corrupt.what());
        assertInstanceOf(PieceReading.Absent.class, directory.read(PieceIndexes.of(3, 9)));
        directory.put(LABEL, pieces(9, 10));
        assertPiece(directory, 9);
        // A broken table breaks the seal: everything is read again, and only the piece without its checksum is lacking.
        write(complete(), SegmentFile.TABLE_OFFSET + 20L * 32, new byte[] {7});
        write(complete(), SegmentFile.HEADER_BYTES + 30L * SegmentFile.PIECE_BYTES, new byte[] {7});
        directory = SegmentDirectory.open(path);
        assertTrue(Files.exists(part()));
        assertEquals(254, held(directory).size());
        directory.put(LABEL, Map.of(20, piece(20), 30, piece(30)));
        assertTrue(Files.exists(complete()));
        assertEquals(256, held(SegmentDirectory.open(path)).size());
        Files.delete(complete());
        assertInstanceOf(PieceReading.Corrupt.class, directory.read(PieceIndexes.of(3, 9)), "the file is gone");
    }

    @Test
    void filesThatAreNotThisSegmentAreLeftAlone() throws Exception {
        fill(0, 1);
        byte[] header = new byte[SegmentFile.TABLE_OFFSET];
        try (FileChannel channel = FileChannel.open(part(), StandardOpenOption.READ)) {
            channel.read(ByteBuffer.wrap(header), 0);
        }
        for (int offset : new int[] {0, 8, 12, 16, 20, 31}) {
            byte[] damaged = header.clone();
            damaged[offset] ^= 64;
            write(part(), 0, damaged);
            assertEquals(Map.of(), SegmentDirectory.open(path).labels(), "byte " + offset);
        }
        write(part(), 0, header);
        Files.writeString(path.resolve("segment-x.pieces"), "not ours");
        SegmentDirectory directory = SegmentDirectory.open(path);
        assertEquals(Set.of(0), held(directory));
        SegmentLabel other = new SegmentLabel(3, LABEL.genesisHash(), SegmentCommitment.fromHex("ce".repeat(48)));
        IOException refused = assertThrows(IOException.class, () -> directory.put(other, pieces(1, 2)));
        assertTrue(refused.getMessage().contains("cd".repeat(48)), refused.getMessage());
        assertTrue(refused.getMessage().contains("ce".repeat(48)), refused.getMessage());
    }

    @Test
    void afterACrashInTheHeaderTheSegmentIsStoredAnew() throws Exception {
        for (int length : new int[] {0, 5, SegmentFile.TABLE_OFFSET - 1}) {
            fill(0, 1);
            cut(part(), length);
            SegmentDirectory.open(path).put(LABEL, pieces(0, 4));
            assertEquals(Set.of(0, 1, 2, 3), held(SegmentDirectory.open(path)), "a header of " + length + " bytes");
            Files.delete(part());
        }
        fill(0, 1);
        write(part(), 0, new byte[SegmentFile.HEADER_BYTES]);
        fill(2, 256);
        fill(0, 2);
        assertEquals(256, held(SegmentDirectory.open(path)).size(), "a header that never reached the disk");
    }

    @Test
    void filesThatAreNotUsedAreNeverWrittenOver() throws Exception {
        Files.writeString(complete(), "of another program");
        Files.writeString(part(), "of a later release");
        fill(0, 1);
        assertEquals("of a later release", Files.readString(rejected(part(), "")));
        cut(part(), 17);
        byte[] torn = Files.readAllBytes(part());
        fill(0, 256);
        assertEquals(256, held(SegmentDirectory.open(path)).size());
        assertEquals("of another program", Files.readString(rejected(complete(), "")));
        assertArrayEquals(torn, Files.readAllBytes(rejected(part(), "-2")));
    }

    private static Path rejected(Path file, String number) {
        return file.resolveSibling(file.getFileName() + ".rejected" + number);
    }

    @Test
    void ofADamagedSegmentAndAPartTheOneWithMorePiecesIsUsed() throws Exception {
        fill(0, 256);
        Path aside = Files.move(complete(), path.resolve("aside"));
        write(aside, SegmentFile.TABLE_OFFSET + 20L * 32, new byte[] {7});
        fill(0, 16);
        Files.copy(aside, complete());
        SegmentDirectory directory = SegmentDirectory.open(path);
        assertEquals(255, held(directory).size());
        directory.put(LABEL, pieces(20, 21));
        assertFalse(Files.exists(part()));
        assertEquals(256, held(SegmentDirectory.open(path)).size());
        Files.delete(complete());
        fill(0, 16);
        cut(aside, SegmentFile.HEADER_BYTES + 4L * SegmentFile.PIECE_BYTES);
        Files.move(aside, complete());
        directory = SegmentDirectory.open(path);
        assertEquals(IntStream.range(0, 16).boxed().collect(Collectors.toSet()), held(directory));
        assertPiece(directory, 15);
        assertFalse(Files.exists(complete()));
    }

    @Test
    void aSegmentWhoseFileCannotBeReadIsLeftAlone() throws Exception {
        Files.createDirectory(complete());
        SegmentDirectory directory = SegmentDirectory.open(path);
        String fault = directory.fault(3).orElseThrow();
        assertTrue(fault.contains(complete().toString()) && fault.contains("Is a directory"), fault);
        assertFalse(fault.contains("remove"), fault);
        IOException refused = assertThrows(IOException.class, () -> directory.put(LABEL, pieces(0, 1)));
        assertEquals(fault, refused.getMessage());
        assertFalse(Files.exists(part()));
        assertTrue(directory.fault(4).isEmpty());
    }

    @Test
    void aCompleteFileThatThisUserMayOnlyReadIsUsed() throws Exception {
        fill(0, 256);
        Files.setPosixFilePermissions(complete(), PosixFilePermissions.fromString("r--r--r--"));
        assumeFalse(Files.isWritable(complete()), "root may write everything");
        assertPiece(SegmentDirectory.open(path), 7);
    }

    @Test
    void aRemovedSegmentIsGoneAndCanBeStoredAgain() throws IOException {
        fill(0, 256);
        SegmentDirectory directory = SegmentDirectory.open(path);
        directory.remove(3);
        directory.remove(4);
        assertInstanceOf(PieceReading.Absent.class, directory.read(PieceIndexes.of(3, 7)));
        assertFalse(directory.isComplete(3));
        assertTrue(SegmentDirectory.open(path).labels().isEmpty());
        directory.put(LABEL, pieces(0, 8));
        assertPiece(directory, 7);
    }
}
