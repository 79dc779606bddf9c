package xyz.autonomys.farmer.sector.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.PotOutput;
import xyz.autonomys.farmer.primitives.hash.Blake3;
import xyz.autonomys.farmer.sector.GoldenPlot;
import xyz.autonomys.farmer.sector.GoldenSectors;
import xyz.autonomys.farmer.sector.ReadAt;
import xyz.autonomys.farmer.sector.SectorIds;
import xyz.autonomys.farmer.sector.SectorLayout;

/** Audits read what upstream reads and find the candidates upstream found, in its order. */
class SectorAuditorTest {
    private final SectorAuditor auditor = new SectorAuditor();

    @Test
    void auditsOfTheSpecification() throws IOException {
        JsonNode audits = GoldenSectors.load("sector.json").at("/spec_04_V6/audits");
        assertEquals(4, audits.size());
        for (String name : List.of("shim V1", "chia V1", "chia 00", "chia ff")) {
            GoldenPlot plot = name.startsWith("shim") ? GoldenPlot.shim() : GoldenPlot.real();
            JsonNode fact = audits.get(name);
            int sBucket = fact.get("s_bucket").asInt();
            assertEquals(fact.get("size").asInt(), plot.metadata().sBucketSize(sBucket));
            assertEquals(
                    fact.get("byte_offset").asLong(),
                    new SectorLayout(2).chunkOffset(plot.metadata().sBucketOffset(sBucket)));
            check(fact, sBucket, plot, -1L);
        }
    }

    @Test
    void auditsOfASectorOfRecordedHistory() throws IOException {
        checkSlots(GoldenSectors.load("sector.json").get("two_piece_plot"), List.of(GoldenPlot.ofHistory(0)));
    }

    @Test
    @Tag("long")
    void auditsOfAPlotOfRecordedHistory() throws IOException {
        List<GoldenPlot> plots = new ArrayList<>();
        for (int sector = 0; sector < 4; sector++) {
            plots.add(GoldenPlot.ofHistory(sector));
        }
        checkSlots(GoldenSectors.load("sector.json").get("two_piece_plot"), plots);
    }

    @Test
    @Tag("long")
    void auditsOfAFullSector() throws IOException {
        checkSlots(GoldenSectors.load("sector1000.json").get("plot"), List.of(GoldenPlot.full()));
    }

    private void checkSlots(JsonNode recorded, List<GoldenPlot> plots) throws IOException {
        long range = Long.parseUnsignedLong(recorded.get("solution_range").asText());
        for (JsonNode slot : recorded.get("audits")) {
            PotOutput proofOfTime = PotOutput.fromHex(slot.get("proof_of_time").asText());
            int challenge = slot.get("challenge").asInt();
            byte[] number = {(byte) challenge, (byte) (challenge >>> 8), 0, 0};
            assertEquals(
                    Blake3.hash(number).toHex().substring(0, 32), proofOfTime.toHex(), "the rule of the challenges");
            assertEquals(1000 + challenge, slot.get("slot").asLong());
            Blake3Hash global =
                    SectorIds.globalChallenge(proofOfTime, slot.get("slot").asLong());
            assertEquals(slot.get("global_challenge").asText(), global.toHex());
            for (JsonNode fact : slot.get("sectors")) {
                int sector = fact.get("sector_index").asInt();
                for (GoldenPlot plot : plots) {
                    if (plot.metadata().sectorIndex() == sector) {
                        int sBucket = SectorIds.sBucket(SectorIds.sectorSlotChallenge(plot.id(), global));
                        assertEquals(fact.get("s_bucket").asInt(), sBucket);
                        assertEquals(fact.get("size").asInt(), plot.metadata().sBucketSize(sBucket));
                        assertEquals(
                                fact.get("offset_in_chunks").asInt(),
                                plot.metadata().sBucketOffset(sBucket));
                        check(fact, sBucket, plot, global, range);
                    }
                }
            }
        }
    }

    private void check(JsonNode fact, int sBucket, GoldenPlot plot, long range) throws IOException {
        Blake3Hash global = Blake3Hash.fromHex(fact.get("global_challenge").asText());
        check(fact, sBucket, plot, global, range);
    }

    private void check(JsonNode fact, int sBucket, GoldenPlot plot, Blake3Hash global, long range) throws IOException {
        List<ChunkCandidate> expected = new ArrayList<>();
        for (JsonNode candidate : fact.get("candidates")) {
            expected.add(new ChunkCandidate(
                    candidate.get("chunk_offset").asInt(),
                    Long.parseUnsignedLong(candidate.get("solution_distance").asText())));
        }
        Optional<SectorAudit> found = auditor.audit(plot.id(), global, range, plot.metadata(), plot.reading());
        assertEquals(
                expected.isEmpty()
                        ? Optional.empty()
                        : Optional.of(new SectorAudit(
                                plot.id(), SectorIds.sectorSlotChallenge(plot.id(), global), sBucket, expected)),
                found);
    }

    @Test
    void emptySBucketCostsNoRead() throws IOException {
        GoldenPlot plot = GoldenPlot.real();
        ReadAt unreadable = (sectorOffset, target, offset, length) -> {
            throw new IOException("no disk");
        };
        byte[] challenge = plot.id().toBytes();
        challenge[0] ^= (byte) 0xff;
        challenge[1] ^= (byte) 0xff;
        assertEquals(
                Optional.empty(), auditor.audit(plot.id(), Blake3Hash.of(challenge), -1L, plot.metadata(), unreadable));
        assertThrows(
                IOException.class,
                () -> auditor.audit(plot.id(), Blake3Hash.of(new byte[32]), -1L, plot.metadata(), unreadable));
    }
}
