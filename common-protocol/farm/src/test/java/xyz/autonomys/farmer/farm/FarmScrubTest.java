package xyz.autonomys.farmer.farm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import xyz.autonomys.farmer.farm.ScrubReport.Finding;
import xyz.autonomys.farmer.primitives.GenesisHash;
import xyz.autonomys.farmer.primitives.hash.Blake3;
import xyz.autonomys.farmer.sector.SectorMetadata;

/** Scrub on upstream's farm, whole and damaged as upstream's own scrub was tried (specification 05 §16.1). */
class FarmScrubTest {
    private static final int SECTOR_BYTES = 2_113_856;

    @TempDir
    Path farm;

    @BeforeEach
    void unpack() throws IOException {
        SampleFarm.unpack(farm);
    }

    private Path file(String name) {
        return farm.resolve(name);
    }

    private static ScrubReport scrub(Path directory, ScrubOptions options) throws Exception {
        return FarmScrub.scrub(directory, options, new FarmScrub.Listener() {
            @Override
            public void progress(String what, long done, long total) {
                assertTrue(done <= total, what);
            }

            @Override
            public void found(Finding finding) {
                assertFalse(finding.fault().isEmpty());
            }
        });
    }

    private ScrubReport scrub() throws Exception {
        return scrub(farm, ScrubOptions.everything());
    }

    private Finding onlyFinding(ScrubOptions options) throws Exception {
        List<Finding> findings = scrub(farm, options).findings();
        assertEquals(1, findings.size(), findings::toString);
        return findings.getFirst();
    }

    private byte[][] files() throws IOException {
        return new byte[][] {Files.readAllBytes(file("metadata.bin")), Files.readAllBytes(file("plot.bin"))};
    }

    @Test
    void upstreamsFarmIsClean() throws Exception {
        byte[][] before = files();
        ScrubReport report = scrub();
        assertTrue(report.isClean(), report.findings()::toString);
        assertEquals(1, report.sectors());
        assertEquals(0, report.notPlotted());
        assertArrayEquals(before, files());
    }

    @Test
    void aByteFlippedAnywhereInTheSectorIsFoundAndTheSectorMadeEmpty() throws Exception {
        byte[][] before = files();
        for (long place : new long[] {0, 16_390, 16_416, 1_000_000, SECTOR_BYTES - 200, SECTOR_BYTES - 1}) {
            SampleFarm.flip(file("plot.bin"), place);
            Finding seen = onlyFinding(ScrubOptions.everything().asDryRun());
            assertEquals(file("plot.bin"), seen.file());
            assertEquals(OptionalInt.of(0), seen.sector());
            assertTrue(seen.fault().contains("its checksum at byte 2113824 is"), seen.fault());
            assertFalse(seen.repaired());
            SampleFarm.flip(file("plot.bin"), place);
            assertArrayEquals(before, files(), "a dry run changes nothing");
        }
        SampleFarm.flip(file("plot.bin"), 1_000_000);
        assertTrue(onlyFinding(ScrubOptions.everything()).repaired());
        byte[] plot = Files.readAllBytes(file("plot.bin"));
        byte[] body = Arrays.copyOf(plot, SECTOR_BYTES - 32);
        assertArrayEquals(new byte[SECTOR_BYTES - 32], body);
        assertArrayEquals(Blake3.hash(body).toBytes(), Arrays.copyOfRange(plot, SECTOR_BYTES - 32, SECTOR_BYTES));
        assertRecordIsUpstreamsDummy();
        ScrubReport again = scrub();
        assertTrue(again.isClean(), again.findings()::toString);
        assertEquals(1, again.notPlotted());
        try (Farm opened = Farm.open(farm, FarmOptions.existing())) {
            assertTrue(opened.sector(0).isEmpty());
        }
    }

    private void assertRecordIsUpstreamsDummy() throws IOException {
        byte[] record = new byte[FarmLayout.RECORD_BYTES];
        try (MetadataFile metadata = MetadataFile.open(file("metadata.bin"), false)) {
            assertEquals(1, metadata.readCount());
            metadata.readRecord(0, record);
        }
        SampleFarm.golden().get("sector_metadata_dummies").forEach(golden -> {
            if (golden.get("pieces_in_sector").asInt() == 2) {
                assertEquals(
                        golden.get("blake3_of_record").asText(),
                        Blake3.hash(record).toHex());
            }
        });
    }

    @Test
    void aByteFlippedInTheRecordIsFoundAndTheRecordReplaced() throws Exception {
        for (long place : new long[] {0, 2, 70_000, 131_076, 131_115}) {
            SampleFarm.flip(file("metadata.bin"), MetadataFile.recordOffset(0) + place);
            Finding seen = onlyFinding(ScrubOptions.everything().asDryRun());
            assertEquals(file("metadata.bin"), seen.file());
            assertEquals(MetadataFile.recordOffset(0), seen.offset());
            SampleFarm.flip(file("metadata.bin"), MetadataFile.recordOffset(0) + place);
        }
        SampleFarm.flip(file("metadata.bin"), MetadataFile.recordOffset(0) + 70_000);
        assertTrue(scrub().isRepaired());
        assertRecordIsUpstreamsDummy();
        assertTrue(scrub().isClean());
    }

    @Test
    void aByteFlippedInTheOtherFilesIsNamed() throws Exception {
        for (long place : new long[] {0, 20}) {
            SampleFarm.flip(file("identity.bin"), place);
            FarmException e = assertThrows(FarmException.class, this::scrub);
            assertTrue(e.getMessage().contains("identity.bin"), e.getMessage());
            SampleFarm.flip(file("identity.bin"), place);
        }
        SampleFarm.flip(file("metadata.bin"), 0);
        FarmException version = assertThrows(FarmException.class, this::scrub);
        assertTrue(
                version.getMessage().contains("metadata.bin, byte 0: expected version 0, found version 1"),
                version.getMessage());
        SampleFarm.flip(file("metadata.bin"), 0);
        String json = Files.readString(file("single_disk_farm.json"));
        for (int place = 0; place < json.indexOf("\"id\""); place++) {
            SampleFarm.flip(file("single_disk_farm.json"), place);
            FarmException e = assertThrows(FarmException.class, this::scrub);
            assertTrue(e.getMessage().contains("single_disk_farm.json"), e.getMessage());
            SampleFarm.flip(file("single_disk_farm.json"), place);
        }
        SampleFarm.flip(file("single_disk_farm.json"), json.indexOf("4a50a960"));
        FarmException key = assertThrows(FarmException.class, this::scrub);
        assertTrue(key.getMessage().contains("single_disk_farm.json says"), key.getMessage());
    }

    @Test
    void aCountThatIsTooHighAndAShortPlotAreRepaired() throws Exception {
        try (MetadataFile metadata = MetadataFile.open(file("metadata.bin"), true)) {
            metadata.writeCount(5);
        }
        Finding count = onlyFinding(ScrubOptions.everything());
        assertEquals(file("metadata.bin"), count.file());
        assertTrue(count.fault().contains("room for 1 sectors, expected 5"), count.fault());
        assertTrue(scrub().isClean());
        Files.write(file("plot.bin"), Arrays.copyOf(Files.readAllBytes(file("plot.bin")), SECTOR_BYTES - 1));
        assertEquals(
                FarmException.Reason.DAMAGED,
                assertThrows(FarmException.class, () -> Farm.open(farm, FarmOptions.existing()))
                        .reason());
        Finding plot = onlyFinding(ScrubOptions.everything());
        assertEquals(file("plot.bin"), plot.file());
        try (Farm opened = Farm.open(farm, FarmOptions.existing())) {
            assertEquals(0, opened.sectorsPlotted());
        }
    }

    @Test
    void aMissingFileStopsTheCheck() throws Exception {
        Files.delete(file("plot.bin"));
        FarmException e = assertThrows(FarmException.class, this::scrub);
        assertTrue(e.getMessage().contains("plot.bin is missing"), e.getMessage());
    }

    @Test
    void aNewSectorUnderAnOldRecordIsFound() throws Exception {
        Path directory = farm.resolve("other");
        TestSectors old = TestSectors.make(0, 1, 7, 1);
        TestSectors replacement = TestSectors.make(0, 1, 8, 2);
        try (Farm other = Farm.create(
                directory, FarmOptions.of(GenesisHash.of(new byte[32]), 1).withSectors(2))) {
            TestSectors.make(1, 1, 7, 3).storeIn(other);
            old.storeIn(other);
        }
        assertTrue(scrub(directory, ScrubOptions.everything()).isClean());
        try (var plot = Files.newByteChannel(directory.resolve("plot.bin"), java.nio.file.StandardOpenOption.WRITE)) {
            plot.write(ByteBuffer.wrap(replacement.bytes()));
        }
        ScrubReport report = scrub(directory, ScrubOptions.everything());
        assertEquals(1, report.findings().size());
        assertTrue(report.findings().getFirst().fault().contains("the record has"), report.findings()::toString);
        assertEquals(1, report.notPlotted());
        assertEquals(2, report.sectors());
    }

    @Test
    void sectorsThatWereLeftOutAreNoFault() throws Exception {
        Path directory = farm.resolve("other");
        TestSectors two = TestSectors.make(2, 1, 7, 1);
        try (Farm other = Farm.create(
                directory, FarmOptions.of(GenesisHash.of(new byte[32]), 1).withSectors(3))) {
            two.storeIn(other);
        }
        ScrubReport report = scrub(directory, ScrubOptions.everything());
        assertTrue(report.isClean(), report.findings()::toString);
        assertEquals(2, report.notPlotted());
    }

    @Test
    void aRecordOfAnotherSectorIsFound() throws Exception {
        try (MetadataFile metadata = MetadataFile.open(file("metadata.bin"), true)) {
            metadata.writeRecord(0, SectorMetadata.dummy(3, 2).encode());
        }
        Finding seen = onlyFinding(ScrubOptions.everything());
        assertTrue(seen.fault().contains("expected sector 0, found sector 3"), seen.fault());
    }

    @Test
    void faultyElementsOfAPieceCacheBecomeFree() throws Exception {
        int element = FarmLayout.CACHE_ELEMENT_BYTES;
        byte[] cache = new byte[3 * element];
        ByteBuffer.wrap(cache).order(ByteOrder.LITTLE_ENDIAN).putLong(513);
        Arrays.fill(cache, 8, element - 32, (byte) 0xAA);
        System.arraycopy(
                java.util.HexFormat.of().parseHex("3c12e6bbc4b24c1bad5e48ff8011339f1c2614502776a17ead15824231b1eb3b"),
                0,
                cache,
                element - 32,
                32);
        Files.write(file("piece_cache.bin"), cache);
        ScrubReport clean = scrub();
        assertTrue(clean.isClean(), clean.findings()::toString);
        assertEquals(3, clean.cacheElements());
        SampleFarm.flip(file("piece_cache.bin"), element + 17);
        ScrubOptions cacheOnly = new ScrubOptions(ScrubOptions.Target.CACHE, false, true, 1);
        Finding seen = onlyFinding(cacheOnly);
        assertEquals(element, seen.offset());
        assertArrayEquals(cache, Files.readAllBytes(file("piece_cache.bin")));
    }

    @Test
    void aFarmInUseIsNotScrubbed() throws Exception {
        try (Farm opened = Farm.open(farm, FarmOptions.existing())) {
            FarmException e = assertThrows(FarmException.class, this::scrub);
            assertEquals(FarmException.Reason.IN_USE, e.reason());
            assertEquals(1, opened.sectorsPlotted());
        }
    }

    @Test
    void infoShowsUpstreamsLines() {
        FarmInfoReport report = FarmInfoReport.of(farm);
        assertTrue(report.found());
        assertEquals(
                List.of(
                        "ID: 01M88EBPR2WKMCEW3ZYQTRA0GK",
                        "Genesis hash: 0x12a133d017ca832c13260f6e3eff18c1b03632a01649b40901250ff97a8e518c",
                        "Public key: 0x4a50a9606f3b0c47e0582f9a2dce9da3ec59819c6e15468f6f03f07e7fcfed23",
                        "Allocated space: 5.1 MiB (5.4 MB)",
                        "Directory: " + farm,
                        "Sectors: 1 counted, 2 pieces each"),
                report.lines());
        assertEquals(
                "No farm found here yet",
                FarmInfoReport.of(farm.resolve("none")).lines().get(1));
    }
}
