package xyz.autonomys.farmer.farm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import xyz.autonomys.farmer.kzg.Kzgs;
import xyz.autonomys.farmer.kzg.TrustedSetups;
import xyz.autonomys.farmer.pos.PosTables;
import xyz.autonomys.farmer.primitives.ChunkWitness;
import xyz.autonomys.farmer.primitives.PosProof;
import xyz.autonomys.farmer.primitives.PotOutput;
import xyz.autonomys.farmer.primitives.PublicKey;
import xyz.autonomys.farmer.primitives.RecordCommitment;
import xyz.autonomys.farmer.primitives.RecordWitness;
import xyz.autonomys.farmer.primitives.ScalarBytes;
import xyz.autonomys.farmer.primitives.Solution;
import xyz.autonomys.farmer.sector.ReadAt;
import xyz.autonomys.farmer.sector.SectorContentsMap;
import xyz.autonomys.farmer.sector.SectorIds;
import xyz.autonomys.farmer.sector.SectorMetadata;
import xyz.autonomys.farmer.sector.prove.ChunkProof;
import xyz.autonomys.farmer.sector.prove.SectorCandidates;
import xyz.autonomys.farmer.sector.prove.SolutionCandidate;
import xyz.autonomys.farmer.sector.prove.SolutionProver;
import xyz.autonomys.farmer.sector.read.ReadMode;
import xyz.autonomys.farmer.sector.read.RecordReader;
import xyz.autonomys.farmer.sector.read.StoredRecord;

/** Farming upstream's farm gives the solutions that upstream's farmer submitted, bit for bit. */
class SampleFarmProofTest {
    @TempDir
    private Path directory;

    @Test
    void everySolutionThatUpstreamSubmittedIsMadeAgain() throws Exception {
        String setup = System.getenv("AUTONOMYS_TRUSTED_SETUP");
        assumeTrue(setup != null, "skipped: AUTONOMYS_TRUSTED_SETUP does not name the ceremony's public parameters");
        SampleFarm.unpack(directory);
        JsonNode recorded = SampleFarm.golden().get("solutions");
        try (Farm farm = Farm.open(directory, FarmOptions.existing().forReading());
                FarmAuditor auditor = new FarmAuditor(2);
                RecordReader reader = new RecordReader(ReadMode.CONCURRENT_CHUNKS, 4);
                SolutionProver prover = new SolutionProver(
                        Kzgs.open(TrustedSetups.read(Path.of(setup))), PosTables.newParallelBuilder(2))) {
            for (JsonNode entry : recorded) {
                Solution expected = solution(entry.get("solution"));
                assertEquals(expected, made(farm, auditor, reader, prover, entry, expected));
            }
        }
        assertEquals(12, recorded.size());
    }

    private static Solution made(
            Farm farm,
            FarmAuditor auditor,
            RecordReader reader,
            SolutionProver prover,
            JsonNode entry,
            Solution expected)
            throws Exception {
        FarmAudit audit = auditor.audit(
                farm,
                SectorIds.globalChallenge(
                        PotOutput.of(SampleFarm.hex(entry.get("pot"))),
                        entry.get("slot").asLong()),
                Long.parseUnsignedLong(entry.get("range").asText()),
                Duration.ofMinutes(1));
        SectorMetadata metadata = farm.readMetadata(expected.sectorIndex());
        ReadAt sector = farm.sectorReader(expected.sectorIndex());
        SectorContentsMap map = RecordReader.contentsMap(sector, metadata.piecesInSector());
        SectorCandidates candidates =
                SectorCandidates.of(audit.hits().getFirst().audit(), map).orElseThrow();
        SolutionCandidate candidate = candidates.candidates().stream()
                .filter(c -> c.pieceOffset() == expected.pieceOffset())
                .findFirst()
                .orElseThrow();
        StoredRecord record = reader.read(sector, candidates.sectorId(), metadata, map, candidate.pieceOffset());
        ChunkProof proof = prover.prove(record, candidates.sBucket(), () -> false);
        return proof.solution(farm.publicKey(), expected.rewardAddress(), metadata, record);
    }

    private static Solution solution(JsonNode json) throws IOException {
        return new Solution(
                PublicKey.of(SampleFarm.hex(json.get("publicKey"))),
                PublicKey.of(SampleFarm.hex(json.get("rewardAddress"))),
                json.get("sectorIndex").asInt(),
                json.get("historySize").asLong(),
                json.get("pieceOffset").asInt(),
                RecordCommitment.of(SampleFarm.hex(json.get("recordCommitment"))),
                RecordWitness.of(SampleFarm.hex(json.get("recordWitness"))),
                ScalarBytes.of(SampleFarm.hex(json.get("chunk"))),
                ChunkWitness.of(SampleFarm.hex(json.get("chunkWitness"))),
                PosProof.of(SampleFarm.hex(json.get("proofOfSpace"))));
    }
}
