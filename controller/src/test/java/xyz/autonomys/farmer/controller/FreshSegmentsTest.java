package xyz.autonomys.farmer.controller;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
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
import xyz.autonomys.farmer.store.SegmentDirectory;
import xyz.autonomys.farmer.store.SegmentLabel;

/** A real segment on a real disk, from a node that has all its pieces. */
class FreshSegmentsTest {
    private static final Kzg KZG = Kzgs.openWithSecret(TrustedSetup.development());
    private static final Blake3Hash GENESIS = Blake3Hash.fromHex("ab".repeat(32));
    private static final ArchivedSegment SEGMENT = Archiver.begin(KZG, Parallelism.allCores())
            .add(GenesisBlock.encode(new byte[100], new byte[32]))
            .getFirst();

    @TempDir
    private Path directory;

    private final Set<Long> asked = new ConcurrentSkipListSet<>();

    private Optional<Piece> piece(long index) {
        asked.add(index);
        return Optional.of(SEGMENT.pieces().get((int) index));
    }

    /** A crash may have left any pieces of a batch. */
    @Test
    void aSegmentIsFetchedToTheEndWhereverItStopped() throws Exception {
        Map<Integer, Piece> pieces = new HashMap<>();
        List<Piece> all = SEGMENT.pieces();
        for (int position = 0; position < all.size(); position++) {
            if (position != 40 && position != 255) {
                pieces.put(position, all.get(position));
            }
        }
        SegmentDirectory.open(directory)
                .put(new SegmentLabel(0, GENESIS, SEGMENT.header().segmentCommitment()), pieces);
        PieceVerifier verifier = new PieceVerifier(KZG, Parallelism.allCores());
        try (FreshSegments segments = new FreshSegments(this::piece, verifier, GENESIS, directory, 2)) {
            assertFalse(segments.has(0));
            segments.harvest(SEGMENT.header());
            assertTrue(segments.has(0));
        }
        Set<Long> lacking = LongStream.concat(LongStream.range(32, 64), LongStream.range(224, 256))
                .boxed()
                .collect(Collectors.toSet());
        assertEquals(lacking, asked, "the batches that lacked a piece");
    }
}
