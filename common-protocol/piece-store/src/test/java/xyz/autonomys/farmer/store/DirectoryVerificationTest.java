package xyz.autonomys.farmer.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import xyz.autonomys.farmer.archiving.ArchivedSegment;
import xyz.autonomys.farmer.archiving.Archiver;
import xyz.autonomys.farmer.archiving.GenesisBlock;
import xyz.autonomys.farmer.archiving.Parallelism;
import xyz.autonomys.farmer.archiving.PieceVerifier;
import xyz.autonomys.farmer.kzg.Kzg;
import xyz.autonomys.farmer.kzg.Kzgs;
import xyz.autonomys.farmer.kzg.TrustedSetup;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.Piece;
import xyz.autonomys.farmer.primitives.SegmentCommitment;

/** A real segment on disk, whole and damaged. */
class DirectoryVerificationTest {
    private static final Kzg KZG = Kzgs.openWithSecret(TrustedSetup.development());
    private static final PieceVerifier VERIFIER = new PieceVerifier(KZG, Parallelism.allCores());
    private static final Blake3Hash GENESIS = Blake3Hash.fromHex("ab".repeat(32));

    @TempDir
    static Path source;

    private static SegmentLabel label;

    @TempDir
    Path directory;

    private Path file;

    @BeforeAll
    static void archive() throws IOException {
        ArchivedSegment segment = Archiver.begin(KZG, Parallelism.allCores())
                .add(GenesisBlock.encode(new byte[100], new byte[32]))
                .getFirst();
        label = new SegmentLabel(0, GENESIS, segment.header().segmentCommitment());
        Map<Integer, Piece> pieces = new HashMap<>();
        for (int position = 0; position < segment.pieces().size(); position++) {
            pieces.put(position, segment.pieces().get(position));
        }
        SegmentDirectory.open(source).put(label, pieces);
    }

    @BeforeEach
    void copy() throws IOException {
        file = directory.resolve("segment-00000000.pieces");
        Files.copy(source.resolve("segment-00000000.pieces"), file);
    }

    private List<Finding> verify(Optional<Map<Long, SegmentLabel>> chain) throws Exception {
        List<Finding> findings = new ArrayList<>();
        long faults =
                new DirectoryVerification(directory, VERIFIER, chain).run((finding, fraction) -> findings.add(finding));
        assertEquals(
                faults, findings.stream().filter(finding -> !finding.isGood()).count());
        assertFalse(Files.exists(directory.resolve(DirectoryVerification.LOG_NAME)), "a finished run leaves no log");
        return findings;
    }

    private Finding verifyOne() throws Exception {
        return verify(Optional.empty()).getFirst();
    }

    private void flip(long offset) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            channel.read(one, offset);
            one.put(0, (byte) (one.get(0) ^ 0x10));
            channel.write(one.flip(), offset);
        }
    }

    private static BitSet only(int position) {
        BitSet set = new BitSet();
        set.set(position);
        return set;
    }

    @Test
    void aWholeSegmentIsGood() throws Exception {
        assertTrue(verifyOne().isGood());
        assertTrue(verify(Optional.of(Map.of(0L, label))).getFirst().isGood());
    }

    @Test
    void aFlippedBitIsFoundWhereverItIs() throws Exception {
        long piece7 = SegmentFile.HEADER_BYTES + 7L * SegmentFile.PIECE_BYTES;
        flip(piece7 + 1000);
        Finding finding = verifyOne();
        assertEquals(only(7), finding.bad());
        assertTrue(finding.toString().endsWith("segment 0: bad pieces 7"), finding.toString());
        flip(piece7 + 1000);
        for (long offset : new long[] {
            3, 40, 100, 120, SegmentFile.TABLE_OFFSET + 5, SegmentFile.SEAL_OFFSET + 3, SegmentFile.HEADER_BYTES - 1
        }) {
            flip(offset);
            assertEquals(256, verifyOne().bad().cardinality(), "a bit at offset " + offset);
            flip(offset);
        }
        assertTrue(verifyOne().isGood());
    }

    @Test
    void aPieceThatIsWrongFromTheStartIsFound() throws Exception {
        byte[] wrong = ((PieceReading.Found) SegmentDirectory.open(source).read(9))
                .piece()
                .array()
                .clone();
        wrong[31] ^= 1;
        Files.delete(file);
        SegmentDirectory.open(directory).put(label, Map.of(9, Piece.wrap(wrong)));
        Finding finding = verifyOne();
        assertEquals(only(9), finding.bad());
        assertEquals(255, finding.missing().cardinality());
        assertTrue(finding.toString().endsWith("bad pieces 9; missing pieces 0-8, 10-255"), finding.toString());
    }

    @Test
    void segmentsThatAreNotThereAreMissing() throws Exception {
        SegmentLabel next = new SegmentLabel(1, GENESIS, label.commitment());
        List<Finding> findings = verify(Optional.of(Map.of(0L, label, 1L, next)));
        assertTrue(findings.getFirst().isGood());
        assertEquals(256, findings.getLast().missing().cardinality());
        assertTrue(findings.getLast().toString().endsWith("missing pieces 256-511"));
    }

    @Test
    void aSegmentOfAnotherChainIsBad() throws Exception {
        SegmentLabel other = new SegmentLabel(0, GENESIS, SegmentCommitment.fromHex("cd".repeat(48)));
        assertEquals(
                256, verify(Optional.of(Map.of(0L, other))).getFirst().bad().cardinality());
    }

    /** What a run has found before it was killed is not verified again, unless the file has changed. */
    @Test
    void anInterruptedRunIsGoneOnWith() throws Exception {
        Path log = directory.resolve(DirectoryVerification.LOG_NAME);
        String place = file + " (" + Files.getLastModifiedTime(file) + ")";
        try (VerificationLog written = VerificationLog.open(log)) {
            written.add(new Finding(place, 0, only(3), new BitSet()));
        }
        // A line that was not finished.
        Files.writeString(log, "7\t01", StandardOpenOption.APPEND);
        assertEquals(only(3), verifyOne().bad(), "taken over from the log");
        try (VerificationLog written = VerificationLog.open(log)) {
            assertEquals(0, written.size());
            written.add(new Finding(place + "before", 0, only(3), new BitSet()));
        }
        assertTrue(verifyOne().isGood());
    }

    @Test
    void aPartThatIsCompletedMeanwhileIsVerifiedUnderItsNewName() throws Exception {
        Map<Integer, Piece> pieces = new HashMap<>();
        SegmentDirectory segments = SegmentDirectory.open(source);
        for (int position = 0; position < SegmentFile.PIECES; position++) {
            pieces.put(position, ((PieceReading.Found) segments.read(position)).piece());
        }
        SegmentDirectory.open(directory).put(new SegmentLabel(1, GENESIS, label.commitment()), pieces);
        Path complete = directory.resolve("segment-00000001.pieces");
        Path part = Files.move(complete, directory.resolve("segment-00000001.pieces.part"));
        List<Finding> findings = new ArrayList<>();
        new DirectoryVerification(directory, VERIFIER, Optional.empty()).run((finding, fraction) -> {
            findings.add(finding);
            move(part, complete);
        });
        assertEquals(2, findings.size());
        assertTrue(findings.getLast().isGood(), () -> findings.getLast().toString());
        assertEquals(complete.toString(), findings.getLast().place());
    }

    @Test
    void aSegmentThatIsRemovedMeanwhileIsMissing() throws Exception {
        Path other = directory.resolve("segment-00000001.pieces.part");
        Files.writeString(other, "anything");
        List<Finding> findings = new ArrayList<>();
        new DirectoryVerification(directory, VERIFIER, Optional.empty()).run((finding, fraction) -> {
            findings.add(finding);
            move(other, source.resolve("moved"));
        });
        assertEquals(256, findings.getLast().missing().cardinality());
    }

    private static void move(Path from, Path to) {
        try {
            if (Files.exists(from)) {
                Files.move(from, to);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void whatIsNoDirectoryOfSegmentsIsNamed() throws IOException {
        Files.delete(file);
        IOException refused =
                assertThrows(IOException.class, () -> new DirectoryVerification(directory, VERIFIER, Optional.empty())
                        .run((finding, fraction) -> {}));
        assertTrue(refused.getMessage().contains("no segment files"), refused.getMessage());
    }
}
