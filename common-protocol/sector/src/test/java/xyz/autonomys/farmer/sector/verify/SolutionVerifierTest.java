package xyz.autonomys.farmer.sector.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import xyz.autonomys.farmer.kzg.Kzg;
import xyz.autonomys.farmer.pos.ShimTableBuilder;
import xyz.autonomys.farmer.primitives.FarmerProtocolInfo;
import xyz.autonomys.farmer.primitives.PotOutput;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.primitives.SegmentCommitment;
import xyz.autonomys.farmer.primitives.Solution;
import xyz.autonomys.farmer.primitives.scale.ScaleReader;
import xyz.autonomys.farmer.primitives.scale.SegmentHeaders;
import xyz.autonomys.farmer.primitives.scale.Solutions;
import xyz.autonomys.farmer.sector.Ceremony;
import xyz.autonomys.farmer.sector.GoldenSectors;

/** The verdict on every recorded solution, good or tampered with, is upstream's. Needs the ceremony's setup. */
class SolutionVerifierTest {
    private static final SegmentCommitment SEGMENT_0 = SegmentCommitment.fromHex(
            "982693af958ec46f94845818a4288a73fb425937262383baae1d762b24201d5aa8ac46763617e2b3eafc48d0d8e115cb");

    @Test
    void solutionsOfUpstreamsFarmerComponents() {
        SolutionVerifier verifier = new SolutionVerifier(Ceremony.kzg());
        JsonNode sector = GoldenSectors.load("sector.json");
        for (JsonNode plot : List.of(
                sector.get("two_piece_plot"),
                sector.get("twenty_piece_plot"),
                GoldenSectors.load("sector1000.json").get("plot"))) {
            for (JsonNode recorded : plot.get("solutions")) {
                Solution solution = solution(recorded.at("/solution/scale"));
                SolutionParameters parameters = parameters(recorded.get("verify_params_scale"));
                long slot = 1000 + recorded.get("challenge").asLong();
                assertEquals(
                        new SolutionVerdict.Valid(distance(recorded.at("/verify/ok_distance"))),
                        verifier.verify(solution, slot, parameters));
                assertEquals(
                        recorded.get("piece_index").asLong(),
                        SolutionVerifier.pieceIndex(solution, GoldenSectors.protocol(1)));
            }
        }
    }

    @Test
    void solutionsTamperedWith() {
        SolutionVerifier verifier = new SolutionVerifier(Ceremony.kzg());
        int checked = 0;
        for (String plot : List.of("two_piece_plot", "twenty_piece_plot")) {
            for (JsonNode recorded : GoldenSectors.load("sector.json").get(plot).get("tampered")) {
                SolutionVerdict verdict = verifier.verify(
                        solution(recorded.get("solution")),
                        recorded.get("slot").asLong(),
                        parameters(recorded.get("params")));
                check(recorded.get("case").asText(), recorded.get("result"), verdict);
                checked++;
            }
        }
        assertEquals(75, checked);
    }

    private static void check(String what, JsonNode expected, SolutionVerdict verdict) {
        if (expected.has("ok_distance")) {
            assertEquals(new SolutionVerdict.Valid(distance(expected.get("ok_distance"))), verdict, what);
            return;
        }
        String error = expected.get("error").asText();
        String own =
                switch (verdict) {
                    case SolutionVerdict.OutsideSolutionRange e ->
                        "OutsideSolutionRange { half_solution_range: " + Long.toUnsignedString(e.half())
                                + ", solution_distance: " + Long.toUnsignedString(e.distance()) + " }";
                    case SolutionVerdict.InvalidChunk _ -> "InvalidChunk(\"Invalid scalar\")";
                    case SolutionVerdict.InvalidPieceOffset e ->
                        "InvalidPieceOffset { piece_offset: " + e.pieceOffset() + ", max_pieces_in_sector: "
                                + e.maxPiecesInSector() + " }";
                    case SolutionVerdict.SectorExpired e ->
                        "SectorExpired { expiration_history_size: HistorySize(" + e.expirationHistorySize()
                                + "), current_history_size: HistorySize(" + e.currentHistorySize() + ") }";
                    case SolutionVerdict.FutureHistorySize e ->
                        "FutureHistorySize { current: HistorySize(" + e.currentHistorySize()
                                + "), solution: HistorySize(" + e.historySize() + ") }";
                    case SolutionVerdict other -> other.getClass().getSimpleName();
                };
        assertEquals(error, own, what);
        assertEquals(expected.get("text").asText(), verdict.text(), what);
    }

    @Test
    void solutionOfTheSpecificationWithTheShimProof() {
        Kzg kzg = Ceremony.kzg();
        SolutionVerifier shim = new SolutionVerifier(kzg, ShimTableBuilder::isValid);
        JsonNode facts = GoldenSectors.load("sector.json").get("spec_04_V1");
        Solution solution = solution(facts.get("solution"));
        SolutionParameters parameters = specificationParameters();
        assertEquals(
                "Ok(" + 6072457647283930406L + ")", facts.get("shim_verify").asText());
        assertEquals(new SolutionVerdict.Valid(6072457647283930406L), shim.verify(solution, 2, parameters));
        assertEquals("Err(InvalidProofOfSpace)", facts.get("chia_verify").asText());
        assertEquals(
                new SolutionVerdict.InvalidProofOfSpace(), new SolutionVerifier(kzg).verify(solution, 2, parameters));
        assertEquals("Err(InvalidProofOfSpace)", facts.get("shim_verify_slot_3").asText());
        assertEquals(new SolutionVerdict.InvalidProofOfSpace(), shim.verify(solution, 3, parameters));
        assertEquals(
                "Err(InvalidPiece)",
                facts.get("shim_verify_chunk_witness_as_record_witness").asText());
        byte[] swapped = Solutions.encode(solution);
        System.arraycopy(swapped, 204, swapped, 124, ProtocolSizes.G1_BYTES);
        assertEquals(new SolutionVerdict.InvalidPiece(), shim.verify(Solutions.decode(swapped), 2, parameters));
    }

    private static SolutionParameters specificationParameters() {
        return new SolutionParameters(
                PotOutput.of(new byte[16]),
                -1L,
                Optional.of(new PieceCheckParameters(1000, SEGMENT_0, 5, 1, 10, 4, 1, Optional.empty())));
    }

    @Test
    void solutionsThatUpstreamsFarmerSubmitted() throws IOException {
        SolutionVerifier verifier = new SolutionVerifier(Ceremony.kzg());
        String lines = new String(
                SolutionVerifierTest.class
                        .getResourceAsStream("/golden/upstream-solutions.jsonl")
                        .readAllBytes(),
                StandardCharsets.UTF_8);
        ObjectMapper json = new ObjectMapper();
        List<JsonNode> entries = lines.lines()
                .map(line -> {
                    try {
                        return json.readTree(line);
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                })
                .toList();
        JsonNode headers = entries.getLast().get("scale");
        int checked = 0;
        for (JsonNode entry : entries) {
            if (!entry.get("kind").asText().equals("solution")) {
                continue;
            }
            Solution solution = GoldenSectors.solution(entry.get("solution"));
            FarmerProtocolInfo protocol = new FarmerProtocolInfo(
                    entry.get("currentHistory").asLong(),
                    entry.get("maxPieces").asInt(),
                    entry.get("recentSegments").asLong(),
                    entry.at("/fraction/0").asLong(),
                    entry.at("/fraction/1").asLong(),
                    entry.get("lifetime").asLong());
            long pieceIndex = SolutionVerifier.pieceIndex(solution, protocol);
            assertEquals(entry.get("pieceIndex").asLong(), pieceIndex);
            SegmentCommitment commitment = SegmentHeaders.decode(HexFormat.of()
                            .parseHex(headers.get((int) (pieceIndex / 256)).asText()))
                    .segmentCommitment();
            SolutionVerdict verdict = verifier.verify(
                    solution,
                    entry.get("slot").asLong(),
                    new SolutionParameters(
                            PotOutput.fromHex(entry.get("pot").asText()),
                            Long.parseUnsignedLong(entry.get("range").asText()),
                            Optional.of(new PieceCheckParameters(
                                    protocol.maxPiecesInSector(),
                                    commitment,
                                    protocol.recentSegments(),
                                    protocol.recentHistoryNumerator(),
                                    protocol.recentHistoryDenominator(),
                                    protocol.minSectorLifetime(),
                                    protocol.historySize(),
                                    Optional.empty()))));
            assertTrue(verdict instanceof SolutionVerdict.Valid, verdict::text);
            assertEquals(
                    entry.get("upstreamVerdict").asText(),
                    "Ok(" + Long.toUnsignedString(((SolutionVerdict.Valid) verdict).distance()) + ")");
            checked++;
        }
        assertEquals(12, checked);
    }

    private static Solution solution(JsonNode scale) {
        return Solutions.decode(HexFormat.of().parseHex(scale.asText()));
    }

    private static long distance(JsonNode decimal) {
        return Long.parseUnsignedLong(decimal.asText());
    }

    /** Reads upstream's VerifySolutionParams. */
    private static SolutionParameters parameters(JsonNode scale) {
        ScaleReader in = new ScaleReader(HexFormat.of().parseHex(scale.asText()), "verification parameters");
        PotOutput proofOfTime = PotOutput.of(in.bytes(PotOutput.SIZE, "proof of time"));
        long range = in.u64("solution range");
        Optional<PieceCheckParameters> pieceCheck = Optional.empty();
        if (in.flag("piece check")) {
            pieceCheck = Optional.of(new PieceCheckParameters(
                    in.u16("max pieces"),
                    SegmentCommitment.of(in.bytes(SegmentCommitment.SIZE, "segment commitment")),
                    in.u64("recent segments"),
                    in.u64("numerator"),
                    in.u64("denominator"),
                    in.u64("lifetime"),
                    in.u64("history size"),
                    in.flag("expiration check")
                            ? Optional.of(SegmentCommitment.of(in.bytes(SegmentCommitment.SIZE, "expiration check")))
                            : Optional.empty()));
        }
        in.finish();
        return new SolutionParameters(proofOfTime, range, pieceCheck);
    }
}
