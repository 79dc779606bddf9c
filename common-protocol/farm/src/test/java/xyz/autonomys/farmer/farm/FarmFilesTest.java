package xyz.autonomys.farmer.farm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import xyz.autonomys.farmer.farm.FarmException.Reason;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.GenesisHash;
import xyz.autonomys.farmer.primitives.PublicKey;
import xyz.autonomys.farmer.sector.SectorMetadata;

/**
 * The small files byte for byte: farm_files and identity of misc.json (header, dummy records, farm ID, JSON, identity.bin)
 * and all files of upstream-farm-sample.tar.gz but the plot.
 */
class FarmFilesTest {
    @TempDir
    Path directory;

    @Test
    void farmIdsHaveUpstreamsTextAndScaleForm() throws Exception {
        JsonNode golden = SampleFarm.golden().get("farm_id");
        FarmId id = FarmId.parse(golden.get("text").asText());
        assertEquals(golden.get("text").asText(), id.toString());
        assertArrayEquals(SampleFarm.hex(golden.get("scale")), id.toScale());
        assertEquals(id, FarmId.parse("01jyr2asfq7dty2bvbb6y4d0cc"));
        assertEquals(id, FarmId.fromScale(id.toScale()));
    }

    @Test
    void newFarmIdsDifferAndKeepTheirText() {
        FarmId id = FarmId.random();
        assertNotEquals(id, FarmId.random());
        assertEquals(id, FarmId.parse(id.toString()));
        long millis = id.high() >>> 16;
        assertTrue(Math.abs(System.currentTimeMillis() - millis) < 86_400_000, "begins with the present time");
    }

    @Test
    void otherTextsAreNoFarmIds() {
        for (String text : new String[] {
            "", "01JYR2ASFQ7DTY2BVBB6Y4D0C", "01JYR2ASFQ7DTY2BVBB6Y4D0CI", "81JYR2ASFQ7DTY2BVBB6Y4D0CC"
        }) {
            assertThrows(IllegalArgumentException.class, () -> FarmId.parse(text), text);
        }
    }

    @Test
    void infoHasUpstreamsTextAndAnyOrderOfFieldsIsRead() throws Exception {
        String text = SampleFarm.golden().get("single_disk_farm_json").asText();
        FarmInfo info = FarmInfo.parse(text, "golden");
        assertEquals(text, info.toJson());
        assertEquals(100_000_000_000L, info.allocatedSpace());
        String reordered = "{ \"v0\": {\"later\": [1], \"allocatedSpace\": 100000000000, \"piecesInSector\": 1000,"
                + " \"publicKey\": \"" + info.publicKey().toHex().toUpperCase(java.util.Locale.ROOT)
                + "\", \"genesisHash\": \"" + info.genesisHash().toHex() + "\", \"id\": \"" + info.id() + "\"}}\n";
        assertEquals(info, FarmInfo.parse(reordered, "golden"));
        assertEquals("93.1 GiB (100.0 GB)", info.allocatedSpaceText());
    }

    @Test
    void infoThatIsWrongIsRefusedWithTheField() throws Exception {
        String text = SampleFarm.golden().get("single_disk_farm_json").asText();
        assertRefused("piecesInSector", text.replace("1000,", "65536,"));
        assertRefused("piecesInSector", text.replace("1000,", "0,"));
        assertRefused("allocatedSpace", text.replace("100000000000", "-1"));
        assertRefused("allocatedSpace", text.replace("100000000000", "1.5"));
        assertRefused("publicKey", text.replace("\"publicKey\"", "\"publickey\""));
        assertRefused("0x", text.replace("\"66455a", "\"0x455a"));
        assertRefused("v0", text.replace("\"v0\"", "\"v1\""));
        assertRefused("not JSON", text.substring(1));
        assertRefused("not JSON", text + "}");
    }

    private static void assertRefused(String named, String text) {
        FarmException e = assertThrows(FarmException.class, () -> FarmInfo.parse(text, "file.json"));
        assertTrue(e.getMessage().startsWith("file.json") && e.getMessage().contains(named), e.getMessage());
    }

    @Test
    void rewrittenInfoLeavesNoRestOfALongerText() throws Exception {
        FarmInfo info =
                FarmInfo.parse(SampleFarm.golden().get("single_disk_farm_json").asText(), "golden");
        info.write(directory);
        info.withAllocatedSpace(5_400_000).write(directory);
        assertEquals(
                info.withAllocatedSpace(5_400_000).toJson(), Files.readString(directory.resolve(FarmInfo.FILE_NAME)));
        assertEquals(5_400_000, FarmInfo.read(directory).allocatedSpace());
    }

    @Test
    void aMissingOrEmptyInfoMeansThatThereIsNoFarm() throws Exception {
        assertEquals(
                Reason.NO_FARM,
                assertThrows(FarmException.class, () -> FarmInfo.read(directory))
                        .reason());
        Files.createFile(directory.resolve(FarmInfo.FILE_NAME));
        assertEquals(
                Reason.NO_FARM,
                assertThrows(FarmException.class, () -> FarmInfo.read(directory))
                        .reason());
    }

    @Test
    void identitiesHaveUpstreamsBytesAndKeys() throws Exception {
        for (JsonNode key : SampleFarm.golden().get("keys")) {
            Path farm = Files.createDirectory(
                    directory.resolve(key.get("public_key").asText()));
            IdentityFile.write(farm, SampleFarm.hex(key.get("entropy")));
            Path file = farm.resolve(IdentityFile.FILE_NAME);
            assertArrayEquals(SampleFarm.hex(key.get("identity_bin")), Files.readAllBytes(file));
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
            assertEquals(
                    key.get("public_key").asText(),
                    IdentityFile.read(farm).publicKey().toHex());
        }
    }

    @Test
    void aNewIdentityIsReadBackAndNeverOverwritten() throws Exception {
        PublicKey key = IdentityFile.create(directory, new SecureRandom()).publicKey();
        assertEquals(key, IdentityFile.read(directory).publicKey());
        assertThrows(IOException.class, () -> IdentityFile.create(directory, new SecureRandom()));
        assertEquals(key, IdentityFile.read(directory).publicKey());
    }

    @Test
    void aDamagedIdentityIsNamed() throws Exception {
        Path file = directory.resolve(IdentityFile.FILE_NAME);
        FarmException missing = assertThrows(FarmException.class, () -> IdentityFile.read(directory));
        assertTrue(missing.getMessage().contains(file + " is missing"), missing.getMessage());
        Files.write(file, new byte[32]);
        FarmException tooShort = assertThrows(FarmException.class, () -> IdentityFile.read(directory));
        assertTrue(tooShort.getMessage().contains("32"), tooShort.getMessage());
        Files.write(file, new byte[33]);
        FarmException prefix = assertThrows(FarmException.class, () -> IdentityFile.read(directory));
        assertTrue(prefix.getMessage().contains("first 00"), prefix.getMessage());
    }

    @Test
    void theSampleFarmIsReadAsUpstreamDescribesIt() throws Exception {
        SampleFarm.unpack(directory);
        FarmInfo info = FarmInfo.read(directory);
        assertEquals("01M88EBPR2WKMCEW3ZYQTRA0GK", info.id().toString());
        assertEquals(
                GenesisHash.fromHex("12a133d017ca832c13260f6e3eff18c1b03632a01649b40901250ff97a8e518c"),
                info.genesisHash());
        assertEquals("5.1 MiB (5.4 MB)", info.allocatedSpaceText());
        assertEquals(info.toJson(), Files.readString(directory.resolve(FarmInfo.FILE_NAME)));
        assertEquals(info.publicKey(), IdentityFile.read(directory).publicKey());
        try (MetadataFile metadata = MetadataFile.open(directory.resolve(MetadataFile.FILE_NAME), false)) {
            assertEquals(1, metadata.readCount());
            byte[] record = new byte[FarmLayout.RECORD_BYTES];
            metadata.readRecord(0, record);
            assertEquals(
                    "4e3df0dc3ea6c6ca68a337983817a1349608344429a195488a13c55cd7b221a6",
                    Blake3Hash.of(record, record.length - 32).toHex());
            SectorMetadata sector = SectorMetadata.decode(record);
            assertEquals(1, sector.historySize());
            assertArrayEquals(record, sector.encode());
            byte[] sizes = new byte[2 * MetadataFile.GROUP];
            metadata.readSizes(0, 1023, sizes);
            assertArrayEquals(
                    Arrays.copyOfRange(record, 131_076 - sizes.length, 131_076), sizes, "the last group of s-buckets");
        }
    }

    @Test
    void headerAndDummyRecordsHaveUpstreamsBytes() throws Exception {
        Path file = Files.write(
                directory.resolve(MetadataFile.FILE_NAME),
                new byte[FarmLayout.METADATA_HEADER_BYTES + 2 * FarmLayout.RECORD_BYTES]);
        try (MetadataFile metadata = MetadataFile.open(file, true)) {
            metadata.writeCount(258);
            assertEquals(258, metadata.readCount());
            metadata.writeRecord(1, SectorMetadata.dummy(1, 1000).encode());
        }
        byte[] bytes = Files.readAllBytes(file);
        assertEquals(
                SampleFarm.golden().get("plot_metadata_header").get(1).asText(),
                HexFormat.of().formatHex(bytes, 0, 3));
        for (JsonNode golden : SampleFarm.golden().get("sector_metadata_dummies")) {
            if (golden.get("sector_index").asInt() == 1) {
                assertEquals(
                        golden.get("checksum").asText(),
                        HexFormat.of().formatHex(bytes, bytes.length - 32, bytes.length));
            }
        }
    }

    @Test
    void anotherVersionOfTheMetadataIsRefused() throws Exception {
        SampleFarm.unpack(directory);
        SampleFarm.flip(directory.resolve(MetadataFile.FILE_NAME), 0);
        try (MetadataFile metadata = MetadataFile.open(directory.resolve(MetadataFile.FILE_NAME), false)) {
            FarmException e = assertThrows(FarmException.class, metadata::readCount);
            assertTrue(e.getMessage().contains("expected version 0, found version 1"), e.getMessage());
        }
    }

    @Test
    void aLockedFarmIsRefusedAndTheHolderNamed() throws Exception {
        Path file = Files.writeString(directory.resolve(FarmInfo.FILE_NAME), "{}", StandardCharsets.UTF_8);
        FarmLock lock = FarmLock.acquire(file);
        FarmException refused = assertThrows(FarmException.class, () -> FarmLock.acquire(file));
        assertEquals(Reason.IN_USE, refused.reason());
        assertTrue(
                refused.getMessage()
                        .contains("process " + ProcessHandle.current().pid() + " "),
                refused.getMessage());
        lock.close();
        FarmLock.acquire(file).close();
    }

    @Test
    void theLockExcludesProgramsThatUseFlock() throws Exception {
        Path file = Files.writeString(directory.resolve(FarmInfo.FILE_NAME), "{}", StandardCharsets.UTF_8);
        Process holder =
                new ProcessBuilder("flock", "-x", file.toString(), "sh", "-c", "echo locked; sleep 60").start();
        try {
            assertEquals('l', holder.getInputStream().read(), "the other program has the lock");
            FarmException refused = assertThrows(FarmException.class, () -> FarmLock.acquire(file));
            assertTrue(refused.getMessage().contains("(flock -x "), refused.getMessage());
        } finally {
            holder.descendants().forEach(ProcessHandle::destroyForcibly);
            holder.destroyForcibly().waitFor();
        }
    }
}
