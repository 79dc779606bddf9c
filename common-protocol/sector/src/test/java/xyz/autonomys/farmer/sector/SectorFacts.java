package xyz.autonomys.farmer.sector;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.primitives.hash.Blake3;
import xyz.autonomys.farmer.primitives.scale.ScaleWriter;
import xyz.autonomys.farmer.sector.plot.PlottedSector;

/** Compares a plotted sector with everything upstream recorded of it. */
public final class SectorFacts {
    private SectorFacts() {}

    /** All facts of one recorded sector. */
    public static void check(JsonNode facts, PlottedSector plotted, MemorySegment sector) throws SectorFormatException {
        SectorMetadata metadata = plotted.metadata();
        int pieces = metadata.piecesInSector();
        SectorLayout layout = new SectorLayout(pieces);
        assertEquals(facts.get("sector_index").asInt(), metadata.sectorIndex());
        assertEquals(facts.get("pieces_in_sector").asInt(), pieces);
        assertEquals(facts.get("history_size").asLong(), metadata.historySize());
        assertEquals(facts.get("sector_id").asText(), plotted.sectorId().toHex());
        checkPieceIndexes(facts, plotted);

        digests(facts.get("sector"), sector);
        MemorySegment map = sector.asSlice(0, layout.contentsMapBytes());
        long mapBytes = layout.contentsMapBytes() - SectorLayout.CHECKSUM_BYTES;
        digests(facts.get("contents_map_without_checksum"), map.asSlice(0, mapBytes));
        assertEquals(facts.get("contents_map_checksum").asText(), hex(map, mapBytes, 32));
        MemorySegment chunks = sector.asSlice(layout.chunksOffset(), (long) ProtocolSizes.RECORD_BYTES * pieces);
        digests(facts.get("chunks"), chunks);
        MemorySegment recordMetadata = sector.asSlice(
                layout.recordMetadataOffset(0), layout.checksumOffset() - layout.recordMetadataOffset(0));
        digests(facts.get("record_metadata"), recordMetadata);
        assertEquals(facts.get("sector_checksum").asText(), hex(sector, layout.checksumOffset(), 32));
        assertEquals(facts.get("sector_checksum").asText(), plotted.checksum().toHex());
        for (int i = 0; i < facts.get("first_chunks").size(); i++) {
            assertEquals(facts.get("first_chunks").get(i).asText(), hex(chunks, 32L * i, 32));
        }
        assertEquals(facts.get("last_chunk").asText(), hex(chunks, chunks.byteSize() - 32, 32));
        assertEquals(facts.get("record_metadata_0").asText(), hex(recordMetadata, 0, 128));
        assertEquals(facts.get("bitmap_0_first_16").asText(), hex(map, 0, 16));

        SectorContentsMap decoded = SectorContentsMap.decode(map.toArray(ValueLayout.JAVA_BYTE), pieces);
        for (int i = 0; i < facts.get("encoded_chunks_per_record").size(); i++) {
            assertEquals(facts.get("encoded_chunks_per_record").get(i).asInt(), decoded.encodedChunks(i));
        }
        checkMetadata(facts, plotted);
    }

    private static void checkMetadata(JsonNode facts, PlottedSector plotted) throws SectorFormatException {
        SectorMetadata metadata = plotted.metadata();
        JsonNode sizes = facts.get("s_bucket_sizes_first_32");
        int lastUsed = 0;
        for (int sBucket = 0; sBucket < ProtocolSizes.S_BUCKETS; sBucket++) {
            if (sBucket < sizes.size()) {
                assertEquals(sizes.get(sBucket).asInt(), metadata.sBucketSize(sBucket));
            }
            lastUsed = metadata.sBucketSize(sBucket) > 0 ? sBucket : lastUsed;
        }
        assertEquals(facts.get("last_nonempty_s_bucket").asInt(), lastUsed);
        byte[] encoded = metadata.encode();
        JsonNode expected = facts.get("sector_metadata_checksummed");
        digests(expected, MemorySegment.ofArray(encoded));
        assertEquals(expected.get("first_20").asText(), hex(MemorySegment.ofArray(encoded), 0, 20));
        assertEquals(expected.get("last_40").asText(), hex(MemorySegment.ofArray(encoded), encoded.length - 40, 40));
        assertEquals(metadata, SectorMetadata.decode(encoded));

        ScaleWriter whole = new ScaleWriter(1 << 18)
                .bytes(plotted.sectorId().toBytes())
                .u16(metadata.sectorIndex())
                .bytes(encoded)
                .compact(plotted.pieceIndexes().size());
        plotted.pieceIndexes().forEach(whole::u64);
        byte[] scale = whole.toBytes();
        JsonNode plottedFacts = facts.get("plotted_sector_scale");
        assertEquals(plottedFacts.get("length").asInt(), scale.length);
        assertEquals(plottedFacts.get("sha256").asText(), sha256(MemorySegment.ofArray(scale)));
        String tail = plottedFacts.get("tail_after_metadata").asText();
        int tailAt = 32 + 2 + encoded.length;
        assertEquals(tail, hex(MemorySegment.ofArray(scale), tailAt, tail.length() / 2));
    }

    private static void checkPieceIndexes(JsonNode facts, PlottedSector plotted) {
        ScaleWriter indexes = new ScaleWriter(1 << 18);
        for (int offset = 0; offset < plotted.pieceIndexes().size(); offset++) {
            long index = plotted.pieceIndexes().get(offset);
            indexes.u64(index);
            if (offset < facts.get("piece_indexes").size()) {
                assertEquals(facts.get("piece_indexes").get(offset).asLong(), index);
            }
        }
        assertEquals(facts.get("piece_indexes_le64_sha256").asText(), sha256(MemorySegment.ofArray(indexes.toBytes())));
    }

    private static void digests(JsonNode facts, MemorySegment bytes) {
        assertEquals(facts.get("length").asLong(), bytes.byteSize());
        assertEquals(facts.get("blake3").asText(), Blake3.hash(bytes).toHex());
        assertEquals(facts.get("sha256").asText(), sha256(bytes));
    }

    /** The SHA-256 of these bytes in hex. */
    public static String sha256(MemorySegment bytes) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (long at = 0; at < bytes.byteSize(); at += 1 << 20) {
                digest.update(bytes.asSlice(at, Math.min(1 << 20, bytes.byteSize() - at))
                        .asByteBuffer());
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String hex(MemorySegment bytes, long offset, int length) {
        return HexFormat.of().formatHex(bytes.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE));
    }
}
