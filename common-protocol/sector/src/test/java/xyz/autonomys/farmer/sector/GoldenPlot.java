package xyz.autonomys.farmer.sector;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import xyz.autonomys.farmer.pos.PosTableBuilder;
import xyz.autonomys.farmer.pos.PosTables;
import xyz.autonomys.farmer.pos.ShimTableBuilder;
import xyz.autonomys.farmer.primitives.FarmerProtocolInfo;
import xyz.autonomys.farmer.primitives.PublicKey;
import xyz.autonomys.farmer.primitives.SectorId;
import xyz.autonomys.farmer.sector.plot.PieceCheck;
import xyz.autonomys.farmer.sector.plot.PieceGetter;
import xyz.autonomys.farmer.sector.plot.PieceRetries;
import xyz.autonomys.farmer.sector.plot.PlotListener;
import xyz.autonomys.farmer.sector.plot.PlotRequest;
import xyz.autonomys.farmer.sector.plot.PlottedSector;
import xyz.autonomys.farmer.sector.plot.SectorPlotter;
import xyz.autonomys.farmer.sector.plot.SegmentChannel;

/**
 * A recorded sector, plotted anew and kept for all tests of this process.
 *
 * @param facts what upstream recorded of it
 * @param request what it was plotted from
 * @param tables the proof of space in it
 * @param plotted the result
 * @param bytes its bytes
 */
public record GoldenPlot(
        JsonNode facts,
        PlotRequest request,
        Supplier<PosTableBuilder> tables,
        PlottedSector plotted,
        MemorySegment bytes) {
    private static final Map<String, GoldenPlot> MADE = new HashMap<>();

    /** The two-piece sector of specification 04, V6, with the shim's proofs. */
    public static GoldenPlot shim() {
        return specification("/spec_04_V6/shim", ShimTableBuilder::new);
    }

    /** The same with real proofs. */
    public static GoldenPlot real() {
        return specification("/spec_04_V6/chia", PosTables::newBuilder);
    }

    /** The same with proofs in a quarter of the s-buckets, so that half of its chunks are unencoded. */
    public static GoldenPlot filled() {
        return specification("/spec_04_V6/stub_16384_proofs/sector", GoldenSectors::quarterTables);
    }

    private static GoldenPlot specification(String path, Supplier<PosTableBuilder> tables) {
        return of(
                path,
                GoldenSectors.load("sector.json").at(path),
                GoldenSectors.specificationKey(),
                GoldenSectors.specificationPieces(),
                tables);
    }

    /** Sector 0 to 3 of two pieces; sector 0 has source pieces only and is quick to make. */
    public static GoldenPlot ofHistory(int sectorIndex) {
        String path = "/two_piece_sectors/" + sectorIndex + "/sector";
        JsonNode facts = GoldenSectors.load("sector.json").at(path);
        return of(path, facts, GoldenSectors.publicKey(), GoldenSectors.historyPieces(), PosTables::newBuilder);
    }

    /** The sector of 1000 pieces. */
    public static GoldenPlot full() {
        JsonNode facts = GoldenSectors.load("sector1000.json").get("sector");
        return of("1000", facts, GoldenSectors.publicKey(), GoldenSectors.historyPieces(), PosTables::newBuilder);
    }

    private static synchronized GoldenPlot of(
            String name, JsonNode facts, PublicKey key, PieceGetter pieces, Supplier<PosTableBuilder> tables) {
        return MADE.computeIfAbsent(name, _ -> make(facts, key, pieces, tables));
    }

    /** Plots a recorded sector from these pieces. */
    public static GoldenPlot make(JsonNode facts, PublicKey key, PieceGetter pieces, Supplier<PosTableBuilder> tables) {
        FarmerProtocolInfo protocol =
                GoldenSectors.protocol(facts.get("history_size").asLong());
        PlotRequest request = new PlotRequest(
                key,
                facts.get("sector_index").asInt(),
                protocol,
                facts.get("pieces_in_sector").asInt());
        MemorySegment bytes = Arena.ofAuto().allocate(new SectorLayout(request.piecesInSector()).sectorBytes());
        try (SectorPlotter plotter = new SectorPlotter(2, tables, new PieceRetries(1, Duration.ZERO, Duration.ZERO))) {
            SegmentChannel out = new SegmentChannel(bytes);
            PlottedSector plotted =
                    plotter.plot(request, pieces, PieceCheck.SOURCE_HAS_VERIFIED, out, PlotListener.NONE);
            if (out.position() != bytes.byteSize()) {
                throw new AssertionError("wrote " + out.position() + " of " + bytes.byteSize() + " bytes");
            }
            return new GoldenPlot(facts, request, tables, plotted, bytes);
        } catch (Exception e) {
            throw new AssertionError("plotting failed", e);
        }
    }

    /** Its bytes to read from. */
    public ReadAt reading() {
        return ReadAt.of(bytes);
    }

    /** Its id. */
    public SectorId id() {
        return plotted.sectorId();
    }

    /** Its metadata. */
    public SectorMetadata metadata() {
        return plotted.metadata();
    }
}
