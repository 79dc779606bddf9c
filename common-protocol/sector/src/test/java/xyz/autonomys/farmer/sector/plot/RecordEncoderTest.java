package xyz.autonomys.farmer.sector.plot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import xyz.autonomys.farmer.erasure.ErasureCoding;
import xyz.autonomys.farmer.erasure.InvalidScalarException;
import xyz.autonomys.farmer.erasure.Polynomial;
import xyz.autonomys.farmer.erasure.Polynomials;
import xyz.autonomys.farmer.kzg.Kzg;
import xyz.autonomys.farmer.kzg.KzgCommitment;
import xyz.autonomys.farmer.kzg.KzgWitness;
import xyz.autonomys.farmer.pos.PosTables;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.primitives.ScalarBytes;
import xyz.autonomys.farmer.primitives.SectorId;
import xyz.autonomys.farmer.primitives.hash.Blake3;
import xyz.autonomys.farmer.sector.Ceremony;
import xyz.autonomys.farmer.sector.GoldenSectors;
import xyz.autonomys.farmer.sector.SectorContentsMap;
import xyz.autonomys.farmer.sector.SectorIds;

/** Single records are extended and encoded as by upstream's processor and graphics card. */
class RecordEncoderTest {
    private static final ErasureCoding CODE = ErasureCoding.forSourceChunks(ProtocolSizes.RECORD_CHUNKS);
    private static final JsonNode FACTS = GoldenSectors.load("sector.json");

    @Test
    void recordThatUpstreamsBackEndsAreComparedOn() throws InvalidScalarException {
        JsonNode facts = FACTS.get("spec_04_V7");
        Blake3Hash keyHash = Blake3.hash("hello".getBytes(StandardCharsets.US_ASCII));
        assertEquals(facts.get("key_hash").asText(), keyHash.toHex());
        SectorId id = SectorIds.sectorId(keyHash, 500, 1);
        assertEquals(facts.get("sector_id").asText(), id.toHex());
        byte[] source = new byte[ProtocolSizes.RECORD_BYTES];
        ByteBuffer index = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < ProtocolSizes.RECORD_CHUNKS; i++) {
            Blake3.hash(index.putLong(0, i).array()).copyTo(source, 32 * i);
            source[32 * i] &= 0x3f;
        }
        assertEquals(facts.get("chunk_0").asText(), hex(source, 0));
        assertEquals(facts.get("source_blake3").asText(), Blake3.hash(source).toHex());
        byte[] extended = extended(source);
        assertEquals(facts.get("ext_1").asText(), hex(extended, 1));
        assertEquals(facts.get("ext_3").asText(), hex(extended, 3));
        assertEquals(
                facts.get("interleaved_blake3").asText(), Blake3.hash(extended).toHex());
        try (RecordEncoder encoder = new RecordEncoder(PosTables.newBuilder(), CODE)) {
            for (int offset = 0; offset < 2; offset++) {
                assertEquals(
                        facts.get("seeds").get(offset).asText(),
                        SectorIds.posSeed(id, offset).toHex());
                byte[] record = source.clone();
                long[] bitmap = new long[SectorContentsMap.WORDS];
                int encoded = encoder.encode(SectorIds.posSeed(id, offset), MemorySegment.ofArray(record), bitmap);
                assertEquals(ProtocolSizes.RECORD_CHUNKS, encoded);
                JsonNode expected = facts.get("records").get(offset);
                assertEquals(expected.get("first_encoded_chunk").asText(), hex(record, 0));
                assertEquals(
                        expected.get("record_blake3").asText(),
                        Blake3.hash(record).toHex());
                byte[] bits = bytes(bitmap);
                assertEquals(expected.get("bitmap_0_7").asText(), HexFormat.of().formatHex(bits, 0, 8));
                assertEquals(
                        expected.get("bitmap_blake3").asText(),
                        Blake3.hash(bits).toHex());
            }
        }
    }

    @Test
    void recordsOfTheSpecification() throws InvalidScalarException {
        SectorId id = SectorIds.sectorId(SectorIds.publicKeyHash(GoldenSectors.specificationKey()), 2460, 1);
        try (RecordEncoder encoder = new RecordEncoder(PosTables.newBuilder(), CODE)) {
            for (JsonNode facts : FACTS.get("spec_04_V6_records")) {
                int p = facts.get("record").asInt();
                byte[] record = sourceChunks(p);
                byte[] extended = extended(record);
                for (int sBucket : new int[] {0, 1, 65_535}) {
                    assertEquals(facts.get("ext_" + sBucket).asText(), hex(extended, sBucket));
                }
                assertEquals(
                        facts.get("chunk").asText(),
                        hex(extended, facts.get("s_bucket").asInt()));
                encoder.encode(
                        SectorIds.posSeed(id, p), MemorySegment.ofArray(record), new long[SectorContentsMap.WORDS]);
                assertEquals(
                        facts.get("encoded_record_blake3").asText(),
                        Blake3.hash(record).toHex());
            }
        }
    }

    @Test
    void commitmentsAndWitnessesOfTheSpecification() throws InvalidScalarException {
        Kzg kzg = Ceremony.kzg();
        for (JsonNode facts : FACTS.get("spec_04_V6_records")) {
            Polynomial polynomial =
                    Polynomials.interpolate(sourceChunks(facts.get("record").asInt()), 0, ProtocolSizes.RECORD_CHUNKS);
            int sBucket = facts.get("s_bucket").asInt();
            KzgCommitment commitment = kzg.commit(polynomial);
            KzgWitness witness = kzg.createWitness(polynomial, ProtocolSizes.S_BUCKETS, sBucket);
            assertEquals(facts.get("commitment").asText(), commitment.toHex());
            assertEquals(facts.get("chunk_witness").asText(), witness.toHex());
            assertTrue(facts.get("verify").asBoolean());
            ScalarBytes chunk = ScalarBytes.fromHex(facts.get("chunk").asText());
            assertTrue(kzg.verify(commitment, ProtocolSizes.S_BUCKETS, sBucket, chunk, witness));
        }
    }

    @Test
    void recordWithAChunkThatIsNoScalarStaysAsItWas() {
        byte[] record = sourceChunks(0);
        Arrays.fill(record, 64, 96, (byte) 0xff);
        byte[] before = record.clone();
        try (RecordEncoder encoder = new RecordEncoder(GoldenSectors.quarterTables(), CODE)) {
            InvalidScalarException refused = assertThrows(
                    InvalidScalarException.class,
                    () -> encoder.encode(
                            SectorIds.posSeed(SectorId.of(new byte[32]), 0),
                            MemorySegment.ofArray(record),
                            new long[SectorContentsMap.WORDS]));
            assertEquals(2, refused.index());
        }
        assertTrue(Arrays.equals(before, record));
    }

    private static byte[] sourceChunks(int p) {
        return Arrays.copyOf(GoldenSectors.specificationPiece(p).array(), ProtocolSizes.RECORD_BYTES);
    }

    /** Source and parity chunks by s-bucket. */
    private static byte[] extended(byte[] source) throws InvalidScalarException {
        byte[] parity = new byte[source.length];
        CODE.extend(source, 0, parity, 0);
        byte[] extended = new byte[2 * source.length];
        for (int i = 0; i < ProtocolSizes.RECORD_CHUNKS; i++) {
            System.arraycopy(source, 32 * i, extended, 64 * i, 32);
            System.arraycopy(parity, 32 * i, extended, 64 * i + 32, 32);
        }
        return extended;
    }

    private static byte[] bytes(long... bitmap) {
        ByteBuffer bytes = ByteBuffer.allocate(8 * bitmap.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(bitmap);
        return bytes.array();
    }

    private static String hex(byte[] chunks, int chunk) {
        return HexFormat.of().formatHex(chunks, 32 * chunk, 32 * chunk + 32);
    }
}
