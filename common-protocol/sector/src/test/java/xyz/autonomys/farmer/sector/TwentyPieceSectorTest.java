package xyz.autonomys.farmer.sector;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import xyz.autonomys.farmer.archiving.ArchivedSegment;
import xyz.autonomys.farmer.archiving.Archiver;
import xyz.autonomys.farmer.archiving.GoldenHistory;
import xyz.autonomys.farmer.archiving.Parallelism;
import xyz.autonomys.farmer.erasure.ErasureCoding;
import xyz.autonomys.farmer.kzg.Kzg;
import xyz.autonomys.farmer.pos.PosTables;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.Piece;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.primitives.PublicKey;
import xyz.autonomys.farmer.primitives.SegmentHeader;
import xyz.autonomys.farmer.primitives.hash.Blake3;
import xyz.autonomys.farmer.primitives.scale.Solutions;
import xyz.autonomys.farmer.sector.audit.SectorAudit;
import xyz.autonomys.farmer.sector.audit.SectorAuditor;
import xyz.autonomys.farmer.sector.prove.SectorCandidates;
import xyz.autonomys.farmer.sector.prove.SolutionCandidate;
import xyz.autonomys.farmer.sector.prove.SolutionProver;
import xyz.autonomys.farmer.sector.read.PieceReader;
import xyz.autonomys.farmer.sector.read.ReadMode;
import xyz.autonomys.farmer.sector.read.RecordDecoder;
import xyz.autonomys.farmer.sector.read.RecordReader;
import xyz.autonomys.farmer.sector.read.StoredRecord;

/**
 * The recorded sector of twenty pieces from four segments, from blocks to solutions: archived, plotted, audited, read and
 * proven here, equal to what upstream made of the same blocks. Needs the ceremony's setup and some minutes.
 */
@Tag("long")
class TwentyPieceSectorTest {
    private static final JsonNode FACTS = GoldenSectors.load("sector.json");
    private static final PublicKey REWARD =
            PublicKey.fromHex("5252525252525252525252525252525252525252525252525252525252525252");

    @Test
    void everythingRecordedOfIt() throws Exception {
        Kzg kzg = Ceremony.kzg();
        Map<Long, Piece> pieces = pieces(kzg);
        JsonNode facts = FACTS.get("twenty_piece_sector");
        GoldenPlot plot = GoldenPlot.make(
                facts.get("sector"), GoldenSectors.publicKey(), GoldenSectors.of(pieces), PosTables::newBuilder);
        SectorFacts.check(facts.get("sector"), plot.plotted(), plot.bytes());
        checkReading(facts.at("/reading/pieces"), plot, pieces);
        checkFarming(FACTS.get("twenty_piece_plot"), plot, kzg);
    }

    /** The sector's pieces: segments 0 and 1 are recorded, 2 and 3 are archived again. */
    private static Map<Long, Piece> pieces(Kzg kzg) {
        Map<Long, Piece> pieces = new HashMap<>();
        List<Long> later = new ArrayList<>();
        for (JsonNode index : FACTS.at("/twenty_piece_sector/sector/piece_indexes")) {
            if (index.asLong() < 512) {
                pieces.put(index.asLong(), GoldenSectors.historyPiece(index.asLong()));
            } else {
                later.add(index.asLong());
            }
        }
        SegmentHeader last = GoldenHistory.header(1);
        int block = (int) last.lastArchivedBlock().number();
        Archiver archiver = Archiver.resume(kzg, Parallelism.allCores(), last, GoldenHistory.block(block));
        int segments = 0;
        while (segments < 2) {
            block++;
            for (ArchivedSegment segment : archiver.add(GoldenHistory.block(block))) {
                int index = (int) segment.header().segmentIndex();
                assertEquals(GoldenHistory.header(index), segment.header());
                for (long wanted : later) {
                    if (wanted / 256 == index) {
                        pieces.put(wanted, segment.pieces().get((int) (wanted % 256)));
                    }
                }
                segments++;
            }
        }
        return pieces;
    }

    private static void checkReading(JsonNode recorded, GoldenPlot plot, Map<Long, Piece> pieces) throws Exception {
        ErasureCoding code = ErasureCoding.forSourceChunks(ProtocolSizes.RECORD_CHUNKS);
        for (ReadMode mode : ReadMode.values()) {
            try (RecordReader reader = new RecordReader(mode, 2);
                    RecordDecoder decoder = new RecordDecoder(PosTables.newBuilder(), code)) {
                for (JsonNode expected : recorded) {
                    int offset = expected.get("offset").asInt();
                    Piece piece =
                            new PieceReader(reader, decoder).read(plot.reading(), plot.id(), plot.metadata(), offset);
                    assertEquals(pieces.get(expected.get("piece_index").asLong()), piece);
                    assertEquals(
                            expected.at("/blake3/Ok").asText(),
                            Blake3.hash(piece.array()).toHex());
                }
            }
        }
    }

    private static void checkFarming(JsonNode recorded, GoldenPlot plot, Kzg kzg) throws Exception {
        long range = Long.parseUnsignedLong(recorded.get("solution_range").asText());
        SectorAuditor auditor = new SectorAuditor();
        SectorContentsMap map = RecordReader.contentsMap(plot.reading(), 20);
        List<JsonNode> solutions = new ArrayList<>();
        recorded.get("solutions").forEach(solutions::add);
        try (RecordReader reader = new RecordReader(ReadMode.CONCURRENT_CHUNKS, 2);
                SolutionProver prover = new SolutionProver(kzg, PosTables.newParallelBuilder(2))) {
            for (JsonNode slot : recorded.get("audits")) {
                Blake3Hash global =
                        Blake3Hash.fromHex(slot.get("global_challenge").asText());
                JsonNode facts = slot.at("/sectors/0");
                Optional<SectorAudit> audit = auditor.audit(plot.id(), global, range, plot.metadata(), plot.reading());
                int sBucket = SectorIds.sBucket(SectorIds.sectorSlotChallenge(plot.id(), global));
                assertEquals(facts.get("s_bucket").asInt(), sBucket);
                assertEquals(facts.get("size").asInt(), plot.metadata().sBucketSize(sBucket));
                assertEquals(
                        facts.get("offset_in_chunks").asInt(), plot.metadata().sBucketOffset(sBucket));
                assertEquals(
                        facts.get("candidates").size(),
                        audit.map(found -> found.candidates().size()).orElse(0));
                List<SolutionCandidate> candidates = audit.flatMap(found -> SectorCandidates.of(found, map))
                        .map(SectorCandidates::candidates)
                        .orElse(List.of());
                for (SolutionCandidate candidate : candidates) {
                    if (solutions.isEmpty()
                            || !solutions.getFirst().get("challenge").equals(slot.get("challenge"))) {
                        // Upstream recorded the first solutions only.
                        break;
                    }
                    JsonNode expected = solutions.removeFirst();
                    StoredRecord record =
                            reader.read(plot.reading(), plot.id(), plot.metadata(), map, candidate.pieceOffset());
                    assertEquals(
                            expected.at("/solution/scale").asText(),
                            HexFormat.of()
                                    .formatHex(Solutions.encode(prover.prove(record, sBucket, () -> false)
                                            .solution(GoldenSectors.publicKey(), REWARD, plot.metadata(), record))));
                }
            }
        }
        assertEquals(List.of(), solutions);
    }
}
