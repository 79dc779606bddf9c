package xyz.autonomys.farmer.sector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.EOFException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.primitives.hash.Blake3;
import xyz.autonomys.farmer.sector.SectorContentsMap.Presence;
import xyz.autonomys.farmer.sector.SectorFormatException.Kind;
import xyz.autonomys.farmer.sector.read.StoredRecord;

/** The tables of a sector have upstream's bytes, and damaged ones are refused for upstream's reasons. */
class SectorFormatTest {
    private static final JsonNode FILES =
            GoldenSectors.load("sector-rules.json").get("farm_files");

    @Test
    void sizesOfSectors() {
        for (JsonNode fact : FILES.get("sector_sizes")) {
            int pieces = fact.get("pieces").asInt();
            SectorLayout layout = new SectorLayout(pieces);
            assertEquals(fact.get("contents_map").asInt(), layout.contentsMapBytes());
            assertEquals(fact.get("record_chunks").asLong(), layout.recordMetadataOffset(0) - layout.chunksOffset());
            assertEquals(
                    fact.get("record_metadata").asLong(), layout.checksumOffset() - layout.recordMetadataOffset(0));
            assertEquals(fact.get("sector").asLong(), layout.sectorBytes());
        }
        assertThrows(IllegalArgumentException.class, () -> new SectorLayout(0));
        assertThrows(IllegalArgumentException.class, () -> new SectorLayout(65_536));
    }

    @Test
    void metadataOfUnreadableSectors() throws SectorFormatException {
        for (JsonNode fact : FILES.get("sector_metadata_dummies")) {
            SectorMetadata dummy = new SectorMetadata(
                    fact.get("sector_index").asInt(),
                    fact.get("pieces_in_sector").asInt(),
                    1,
                    new char[ProtocolSizes.S_BUCKETS]);
            byte[] encoded = dummy.encode();
            assertEquals(fact.get("length").asInt(), encoded.length);
            assertEquals(fact.get("encoded_size_fn").asInt(), SectorMetadata.ENCODED_BYTES);
            assertEquals(fact.get("checksum").asText(), hex(encoded, encoded.length - 32, 32));
            assertEquals(
                    fact.get("blake3_of_record").asText(), Blake3.hash(encoded).toHex());
            assertEquals(dummy, SectorMetadata.decode(encoded));
            assertTrue(fact.get("bit_flipped_decode").asText().contains("Checksum mismatch"));
            encoded[1000] ^= 4;
            assertEquals(Kind.CHECKSUM_MISMATCH, metadataError(encoded));
        }
    }

    @Test
    void metadataOfAnInventedSector() throws SectorFormatException {
        JsonNode fact = FILES.get("sector_metadata_sample");
        char[] sizes = new char[ProtocolSizes.S_BUCKETS];
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = (char) ((7 * i + 3) % 1001);
        }
        SectorMetadata metadata = new SectorMetadata(258, 1000, 0x0102030405L, sizes);
        byte[] encoded = metadata.encode();
        assertEquals(fact.get("checksum").asText(), hex(encoded, encoded.length - 32, 32));
        assertEquals(fact.get("blake3_of_record").asText(), Blake3.hash(encoded).toHex());
        assertEquals(fact.get("first_16").asText(), hex(encoded, 0, 16));
        assertEquals(fact.get("last_48").asText(), hex(encoded, encoded.length - 48, 48));
        SectorMetadata decoded = SectorMetadata.decode(encoded);
        assertEquals(metadata, decoded);
        assertEquals(metadata.hashCode(), decoded.hashCode());
        for (String sBucket : new String[] {"0", "1", "65535"}) {
            assertEquals(fact.at("/offsets/" + sBucket).asInt(), decoded.sBucketOffset(Integer.parseInt(sBucket)));
        }
        int offset = 0;
        for (int sBucket = 0; sBucket < sizes.length; sBucket++) {
            assertEquals(offset, decoded.sBucketOffset(sBucket));
            offset += decoded.sBucketSize(sBucket);
        }
        assertEquals(0x0102030405L, decoded.historySize());
    }

    @Test
    void metadataWithoutHistoryIsRefused() {
        byte[] encoded = new SectorMetadata(1, 2, 3, new char[ProtocolSizes.S_BUCKETS]).encode();
        Arrays.fill(encoded, encoded.length - 40, encoded.length - 32, (byte) 0);
        Blake3.hashInto(encoded, 0, encoded.length - 32, encoded, encoded.length - 32);
        assertEquals(Kind.ZERO_HISTORY_SIZE, metadataError(encoded));
        assertEquals(Kind.INVALID_LENGTH, metadataError(Arrays.copyOf(encoded, encoded.length - 1)));
    }

    @Test
    void damagedContentsMaps() throws SectorFormatException {
        JsonNode facts = FILES.get("contents_map_errors");
        assertTrue(facts.get("short").asText().startsWith("InvalidBytesLength { expected: 8224, actual: 10 }"));
        SectorFormatException tooShort =
                assertThrows(SectorFormatException.class, () -> SectorContentsMap.decode(new byte[10], 1));
        assertEquals(Kind.INVALID_LENGTH, tooShort.kind());
        assertEquals("the contents map of 1 pieces has 8224 bytes, got 10", tooShort.getMessage());
        assertTrue(facts.get("zero_checksum").asText().startsWith("ChecksumMismatch"));
        assertEquals(Kind.CHECKSUM_MISMATCH, mapError(new byte[8224]));
        assertTrue(facts.get("all_bits_set").asText().startsWith("InvalidEncodedRecordChunks { actual: 65536"));
        assertEquals(Kind.INVALID_ENCODED_RECORD_CHUNKS, mapError(sealedMap((byte) 0xff)));
        assertEquals("ok", facts.get("no_bit_set").asText());
        SectorContentsMap empty = SectorContentsMap.decode(sealedMap((byte) 0), 1);
        assertEquals(Presence.UNENCODED, empty.presence(0, 32_767));
        assertEquals(Presence.ABSENT, empty.presence(0, 32_768));
    }

    private static byte[] sealedMap(byte fill) {
        byte[] encoded = new byte[8224];
        Arrays.fill(encoded, 0, 8192, fill);
        Blake3.hashInto(encoded, 0, 8192, encoded, 8192);
        return encoded;
    }

    @Test
    void presenceFollowsTheRule() throws SectorFormatException {
        Random random = new Random(7);
        long[][] bitmaps = new long[3][SectorContentsMap.WORDS];
        for (int word = 0; word < SectorContentsMap.WORDS; word++) {
            long half = random.nextLong();
            long quarter = half & random.nextLong();
            bitmaps[0][word] = quarter;
            bitmaps[1][word] = word < 512 ? -1L : 0;
            bitmaps[2][word] = quarter & random.nextLong();
        }
        SectorContentsMap map = SectorContentsMap.of(bitmaps);
        int[] sizes = new int[ProtocolSizes.S_BUCKETS];
        for (int record = 0; record < 3; record++) {
            int zeros = 0;
            int filling = ProtocolSizes.RECORD_CHUNKS - map.encodedChunks(record);
            for (int sBucket = 0; sBucket < ProtocolSizes.S_BUCKETS; sBucket++) {
                boolean bit = (bitmaps[record][sBucket >>> 6] >>> sBucket & 1) != 0;
                Presence expected = bit ? Presence.ENCODED : zeros < filling ? Presence.UNENCODED : Presence.ABSENT;
                zeros += bit ? 0 : 1;
                assertEquals(expected, map.presence(record, sBucket));
                assertEquals(expected != Presence.ABSENT, map.isPresent(record, sBucket));
                assertEquals(
                        expected != Presence.ABSENT, (map.presentWord(record, sBucket >>> 6) >>> sBucket & 1) != 0);
                assertEquals(bit, (map.encodedWord(record, sBucket >>> 6) >>> sBucket & 1) != 0);
                sizes[sBucket] += expected == Presence.ABSENT ? 0 : 1;
            }
        }
        char[] counted = map.sBucketSizes();
        for (int sBucket = 0; sBucket < sizes.length; sBucket++) {
            assertEquals(sizes[sBucket], counted[sBucket]);
        }
        assertEquals(
                HexFormat.of().formatHex(map.encode()),
                HexFormat.of()
                        .formatHex(SectorContentsMap.decode(map.encode(), 3).encode()));
    }

    @Test
    void fileAndMemoryEndWhereTheyEnd(@TempDir Path directory) throws Exception {
        byte[] content = new byte[100];
        new Random(1).nextBytes(content);
        Path file = directory.resolve("plot.bin");
        Files.write(file, content);
        try (FileChannel channel = FileChannel.open(file)) {
            ReadAt inFile = ReadAt.of(channel, 10);
            ReadAt inMemory = ReadAt.of(MemorySegment.ofArray(content).asSlice(10));
            for (ReadAt sector : new ReadAt[] {inFile, inMemory}) {
                byte[] target = new byte[40];
                sector.readAt(5, target, 3, 30);
                assertEquals(hex(content, 15, 30), hex(target, 3, 30));
                sector.readAt(60, target, 0, 30);
                assertThrows(EOFException.class, () -> sector.readAt(61, target, 0, 30));
            }
        }
    }

    @Test
    @Tag("long")
    void mutatedTablesAreRefusedOrMeanTheSame() {
        Random random = new Random(20);
        byte[] metadata = new SectorMetadata(3, 2, 9, new char[ProtocolSizes.S_BUCKETS]).encode();
        byte[] map = sealedMap((byte) 0x11);
        int accepted = 0;
        for (int run = 0; run < 100_000; run++) {
            byte[] mutatedMap = mutated(map, random, random.nextInt(4) == 0 ? 8192 : 0);
            byte[] mutatedMetadata = mutated(metadata, random, random.nextInt(4) == 0 ? metadata.length - 32 : 0);
            try {
                assertArrayEquals(
                        mutatedMap, SectorContentsMap.decode(mutatedMap, 1).encode());
                accepted++;
            } catch (SectorFormatException e) {
                assertNotEquals("", e.getMessage());
            }
            try {
                assertArrayEquals(
                        mutatedMetadata, SectorMetadata.decode(mutatedMetadata).encode());
                accepted++;
            } catch (SectorFormatException e) {
                assertNotEquals("", e.getMessage());
            }
        }
        assertTrue(accepted > 1000, "too few mutations got past the checksums");
    }

    @Test
    @Tag("long")
    void mutatedStoredRecordsAreRefusedOrMeanTheSame() {
        Random random = new Random(21);
        byte[] record = new byte[StoredRecord.ENCODED_BYTES];
        int refused = 0;
        for (int run = 0; run < 100_000; run++) {
            int at = random.nextInt(34 + SectorLayout.BITMAP_BYTES);
            int until = Math.min(34 + SectorLayout.BITMAP_BYTES, at + 1 + random.nextInt(4000));
            Arrays.fill(record, at, until, (byte) random.nextInt(256));
            int encoded = 0;
            for (int i = 34; i < 34 + SectorLayout.BITMAP_BYTES; i++) {
                encoded += Integer.bitCount(record[i] & 0xff);
            }
            int length = random.nextInt(8) == 0 ? random.nextInt(2 * record.length) : record.length;
            byte[] input = length == record.length ? record : Arrays.copyOf(record, length);
            boolean valid = length == record.length && encoded <= ProtocolSizes.RECORD_CHUNKS;
            try {
                StoredRecord decoded = StoredRecord.decode(input);
                assertTrue(valid);
                assertEquals((record[32] & 0xff) | (record[33] & 0xff) << 8, decoded.pieceOffset());
                if (run % 1000 == 0) {
                    assertArrayEquals(record, decoded.encode());
                }
            } catch (IllegalArgumentException e) {
                assertFalse(valid);
                assertTrue(e.getMessage().startsWith("a stored record has"), e.getMessage());
                refused++;
            }
        }
        assertTrue(refused > 10_000, "too few mutations were refused");
    }

    /** Changes some bytes or the length; with {@code checksumAt} above zero, the checksum there is made right again. */
    private static byte[] mutated(byte[] original, Random random, int checksumAt) {
        int length =
                checksumAt == 0 && random.nextInt(4) == 0 ? random.nextInt(original.length + 100) : original.length;
        byte[] mutated = Arrays.copyOf(original, length);
        for (int change = random.nextInt(8); change >= 0 && length > 0; change--) {
            int at = random.nextInt(length);
            int until = random.nextInt(3) == 0 ? Math.min(length, at + random.nextInt(length)) : at + 1;
            Arrays.fill(mutated, at, until, (byte) random.nextInt(256));
        }
        if (checksumAt > 0) {
            Blake3.hashInto(mutated, 0, checksumAt, mutated, checksumAt);
        }
        return mutated;
    }

    private static Kind metadataError(byte[] encoded) {
        return assertThrows(SectorFormatException.class, () -> SectorMetadata.decode(encoded))
                .kind();
    }

    private static Kind mapError(byte[] encoded) {
        return assertThrows(SectorFormatException.class, () -> SectorContentsMap.decode(encoded, 1))
                .kind();
    }

    private static String hex(byte[] bytes, int offset, int length) {
        return HexFormat.of().formatHex(bytes, offset, offset + length);
    }
}
