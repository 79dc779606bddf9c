package xyz.autonomys.farmer.sector.prove;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import xyz.autonomys.farmer.erasure.Polynomials;
import xyz.autonomys.farmer.kzg.Kzg;
import xyz.autonomys.farmer.kzg.KzgWitness;
import xyz.autonomys.farmer.kzg.Kzgs;
import xyz.autonomys.farmer.kzg.TrustedSetup;
import xyz.autonomys.farmer.pos.PosTables;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.PotOutput;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.primitives.PublicKey;
import xyz.autonomys.farmer.primitives.Solution;
import xyz.autonomys.farmer.primitives.hash.Blake3;
import xyz.autonomys.farmer.primitives.scale.Solutions;
import xyz.autonomys.farmer.sector.Ceremony;
import xyz.autonomys.farmer.sector.GoldenPlot;
import xyz.autonomys.farmer.sector.GoldenSectors;
import xyz.autonomys.farmer.sector.SectorContentsMap;
import xyz.autonomys.farmer.sector.SectorIds;
import xyz.autonomys.farmer.sector.audit.ChunkCandidate;
import xyz.autonomys.farmer.sector.audit.SectorAudit;
import xyz.autonomys.farmer.sector.audit.SectorAuditor;
import xyz.autonomys.farmer.sector.read.ReadMode;
import xyz.autonomys.farmer.sector.read.RecordReader;
import xyz.autonomys.farmer.sector.read.StoredRecord;
import xyz.autonomys.farmer.sector.verify.SolutionParameters;
import xyz.autonomys.farmer.sector.verify.SolutionVerdict;
import xyz.autonomys.farmer.sector.verify.SolutionVerifier;

/** Audits lead to the candidates and solutions of upstream, in its order and byte for byte. */
class SolutionProverTest {
    private static final PublicKey REWARD =
            PublicKey.fromHex("5252525252525252525252525252525252525252525252525252525252525252");

    @Test
    void chunkOfTheSpecificationIsProvenAsByUpstream() throws Exception {
        GoldenPlot plot = GoldenPlot.real();
        Blake3Hash challenge = Blake3Hash.of(new byte[32]);
        SectorCandidates candidates = candidates(plot, challenge, -1L).orElseThrow();
        assertEquals(19560, candidates.sBucket());
        assertEquals(List.of(new SolutionCandidate(1, 848291634183191705L)), candidates.candidates());
        JsonNode facts = GoldenSectors.load("sector.json").at("/spec_04_V6_records/1");
        try (SolutionProver prover = new SolutionProver(Ceremony.kzg(), PosTables.newParallelBuilder(2))) {
            ChunkProof proof = prover.prove(
                    record(plot, candidates.candidates().getFirst(), ReadMode.CONCURRENT_CHUNKS), 19560, () -> false);
            assertEquals(facts.get("chunk").asText(), proof.chunk().toHex());
            assertEquals(facts.get("chunk_witness").asText(), proof.witness().toHex());
            assertEquals(facts.get("chia_proof").asText(), proof.proofOfSpace().toHex());
            assertEquals(
                    facts.get("proof_hash").asText(),
                    Blake3.hash(proof.proofOfSpace().toBytes()).toHex());
        }
    }

    @Test
    void solutionsOfASectorOfRecordedHistory() throws Exception {
        assertEquals(
                4,
                checkSolutions(
                        GoldenSectors.load("sector.json").get("two_piece_plot"), List.of(GoldenPlot.ofHistory(0))));
    }

    @Test
    @Tag("long")
    void solutionsOfAPlotOfRecordedHistory() throws Exception {
        List<GoldenPlot> plots = new ArrayList<>();
        for (int sector = 0; sector < 4; sector++) {
            plots.add(GoldenPlot.ofHistory(sector));
        }
        assertEquals(8, checkSolutions(GoldenSectors.load("sector.json").get("two_piece_plot"), plots));
    }

    @Test
    @Tag("long")
    void solutionsOfAFullSector() throws Exception {
        assertEquals(4, checkSolutions(GoldenSectors.load("sector1000.json").get("plot"), List.of(GoldenPlot.full())));
    }

    /**
     * Returns how many recorded solutions come from these sectors. Upstream recorded them sector by sector, and not all
     * of them; those of one sector must come in the recorded order.
     */
    private static int checkSolutions(JsonNode recorded, List<GoldenPlot> plots) throws Exception {
        long range = Long.parseUnsignedLong(recorded.get("solution_range").asText());
        Kzg kzg = Ceremony.kzg();
        SolutionVerifier verifier = new SolutionVerifier(kzg);
        int checked = 0;
        try (SolutionProver prover = new SolutionProver(kzg, PosTables.newParallelBuilder(2))) {
            for (int challenge = 0; challenge < 2; challenge++) {
                JsonNode slot = recorded.get("audits").get(challenge);
                Blake3Hash global =
                        Blake3Hash.fromHex(slot.get("global_challenge").asText());
                for (GoldenPlot plot : plots) {
                    List<JsonNode> expected = expected(recorded, challenge, plot);
                    if (expected.isEmpty()) {
                        continue;
                    }
                    int next = 0;
                    SectorCandidates sector = candidates(plot, global, range).orElseThrow();
                    for (SolutionCandidate candidate : sector.candidates()) {
                        if (next == expected.size()) {
                            // Upstream recorded no more solutions of this sector.
                            break;
                        }
                        JsonNode wanted = expected.get(next++);
                        checkOrder(wanted, sector, candidate, plot);
                        for (ReadMode mode : ReadMode.values()) {
                            StoredRecord record = record(plot, candidate, mode);
                            Solution solution = prover.prove(record, sector.sBucket(), () -> false)
                                    .solution(plot.request().publicKey(), REWARD, plot.metadata(), record);
                            assertEquals(
                                    wanted.at("/solution/scale").asText(),
                                    HexFormat.of().formatHex(Solutions.encode(solution)),
                                    () -> mode + " of " + wanted.get("mode"));
                            assertEquals(solution, GoldenSectors.solution(wanted.at("/solution/json")));
                            assertEquals(
                                    new SolutionVerdict.Valid(candidate.distance()),
                                    verifier.verify(
                                            solution,
                                            slot.get("slot").asLong(),
                                            new SolutionParameters(
                                                    PotOutput.fromHex(slot.get("proof_of_time")
                                                            .asText()),
                                                    range,
                                                    Optional.empty())));
                        }
                        checked++;
                    }
                    assertEquals(expected.size(), next);
                }
            }
        }
        return checked;
    }

    private static List<JsonNode> expected(JsonNode recorded, int challenge, GoldenPlot plot) {
        List<JsonNode> expected = new ArrayList<>();
        for (JsonNode solution : recorded.get("solutions")) {
            if (solution.get("challenge").asInt() == challenge
                    && solution.at("/solution/json/sectorIndex").asInt()
                            == plot.metadata().sectorIndex()) {
                expected.add(solution);
            }
        }
        return expected;
    }

    private static void checkOrder(
            JsonNode wanted, SectorCandidates sector, SolutionCandidate candidate, GoldenPlot plot) {
        assertEquals(
                Long.parseUnsignedLong(wanted.get("best_distance_of_sector").asText()), sector.bestDistance());
        assertEquals(
                wanted.get("solutions_of_sector").asInt(), sector.candidates().size());
        assertEquals(
                wanted.get("piece_index").asLong(),
                plot.plotted().pieceIndexes().get(candidate.pieceOffset()));
        assertEquals(Long.parseUnsignedLong(wanted.at("/verify/ok_distance").asText()), candidate.distance());
    }

    @Test
    void chunksWithoutAMaskAreNoCandidates() throws Exception {
        GoldenPlot plot = GoldenPlot.filled();
        SectorContentsMap map = RecordReader.contentsMap(plot.reading(), 2);
        // S-bucket 1 holds only filling, s-bucket 4 one encoded chunk of each record.
        for (int sBucket : new int[] {1, 4}) {
            SectorAudit audit = new SectorAudit(
                    plot.id(),
                    Blake3Hash.of(new byte[32]),
                    sBucket,
                    List.of(new ChunkCandidate(1, 5), new ChunkCandidate(0, 7), new ChunkCandidate(2, 9)));
            Optional<SectorCandidates> found = SectorCandidates.of(audit, map);
            assertEquals(
                    sBucket == 1
                            ? Optional.empty()
                            : Optional.of(new SectorCandidates(
                                    plot.id(), 4, List.of(new SolutionCandidate(1, 5), new SolutionCandidate(0, 7)))),
                    found);
        }
    }

    @Test
    void witnessHoldsForTheRecordsCommitment() throws Exception {
        Kzg kzg = Kzgs.openWithSecret(TrustedSetup.development());
        GoldenPlot plot = GoldenPlot.filled();
        StoredRecord record = record(plot, new SolutionCandidate(0, 0), ReadMode.WHOLE_SECTOR);
        try (SolutionProver prover = new SolutionProver(kzg, plot.tables().get())) {
            ChunkProof proof = prover.prove(record, 400, () -> false);
            assertTrue(kzg.verify(
                    kzg.commit(Polynomials.interpolate(
                            GoldenSectors.specificationPiece(0).array(), 0, ProtocolSizes.RECORD_CHUNKS)),
                    ProtocolSizes.S_BUCKETS,
                    400,
                    proof.chunk(),
                    KzgWitness.of(proof.witness())));
        }
    }

    @Test
    void provingThatCannotSucceedSaysWhy() throws Exception {
        Kzg kzg = Kzgs.openWithSecret(TrustedSetup.development());
        GoldenPlot plot = GoldenPlot.filled();
        StoredRecord record = record(plot, new SolutionCandidate(0, 0), ReadMode.CONCURRENT_CHUNKS);
        try (SolutionProver prover = new SolutionProver(kzg, plot.tables().get())) {
            ProvingException unencoded =
                    assertThrows(ProvingException.class, () -> prover.prove(record, 1, () -> false));
            assertEquals(ProvingException.Kind.ABSENT_CHUNK, unencoded.kind());
            for (int steps = 0; steps < 3; steps++) {
                AtomicInteger left = new AtomicInteger(steps);
                ProvingException cancelled = assertThrows(
                        ProvingException.class, () -> prover.prove(record, 4, () -> left.getAndDecrement() == 0));
                assertEquals(ProvingException.Kind.CANCELLED, cancelled.kind());
            }
            byte[] noScalar = record.chunks().clone();
            noScalar[32] = (byte) 0xff;
            StoredRecord damaged = new StoredRecord(
                    record.sectorId(),
                    record.pieceOffset(),
                    record.encodedSBuckets(),
                    noScalar,
                    record.commitment(),
                    record.witness(),
                    record.pieceChecksum());
            ProvingException invalid =
                    assertThrows(ProvingException.class, () -> prover.prove(damaged, 4, () -> false));
            assertEquals(ProvingException.Kind.DAMAGED_RECORD, invalid.kind());
            assertTrue(invalid.getMessage().contains("s-bucket 1 "), invalid.getMessage());
            assertFalse(invalid.getMessage().isBlank());
        }
    }

    private static Optional<SectorCandidates> candidates(GoldenPlot plot, Blake3Hash challenge, long range)
            throws Exception {
        Optional<SectorAudit> audit =
                new SectorAuditor().audit(plot.id(), challenge, range, plot.metadata(), plot.reading());
        if (audit.isEmpty()) {
            return Optional.empty();
        }
        assertEquals(
                SectorIds.sBucket(SectorIds.sectorSlotChallenge(plot.id(), challenge)),
                audit.get().sBucket());
        return SectorCandidates.of(
                audit.get(),
                RecordReader.contentsMap(plot.reading(), plot.metadata().piecesInSector()));
    }

    private static StoredRecord record(GoldenPlot plot, SolutionCandidate candidate, ReadMode mode) throws Exception {
        try (RecordReader reader = new RecordReader(mode, 2)) {
            SectorContentsMap map =
                    RecordReader.contentsMap(plot.reading(), plot.metadata().piecesInSector());
            StoredRecord record = reader.read(plot.reading(), plot.id(), plot.metadata(), map, candidate.pieceOffset());
            assertEquals(
                    HexFormat.of().formatHex(record.encode()),
                    HexFormat.of()
                            .formatHex(StoredRecord.decode(record.encode()).encode()));
            return record;
        }
    }
}
