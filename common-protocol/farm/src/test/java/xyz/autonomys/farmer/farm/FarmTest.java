package xyz.autonomys.farmer.farm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import xyz.autonomys.farmer.farm.FarmException.Reason;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.GenesisHash;
import xyz.autonomys.farmer.primitives.PotOutput;
import xyz.autonomys.farmer.primitives.hash.Blake3;
import xyz.autonomys.farmer.sector.SectorIds;
import xyz.autonomys.farmer.sector.SectorMetadata;

class FarmTest {
    private static final GenesisHash CHAIN = GenesisHash.of(new byte[32]);
    private static final FarmOptions ONE_PIECE = FarmOptions.of(CHAIN, 1);

    @TempDir
    Path directory;

    private Path dir() {
        return directory.resolve("farm");
    }

    private Path file(String name) {
        return dir().resolve(name);
    }

    private static byte[] read(Farm farm, int index) throws IOException {
        byte[] bytes = new byte[(int) farm.layout().sectorBytes()];
        farm.sectorReader(index).readAt(0, bytes, 0, bytes.length);
        return bytes;
    }

    private static void assertStored(Farm farm, TestSectors sector) throws IOException {
        int index = sector.metadata().sectorIndex();
        assertArrayEquals(sector.bytes(), read(farm, index));
        assertEquals(sector.metadata(), farm.readMetadata(index));
        assertEquals(
                sector.metadata().historySize(),
                farm.sector(index).orElseThrow().historySize());
    }

    private FarmException refused(FarmOptions options) {
        return assertThrows(FarmException.class, () -> Farm.open(dir(), options).close());
    }

    private Map<String, Blake3Hash> contents() throws IOException {
        Map<String, Blake3Hash> contents = new TreeMap<>();
        try (var files = Files.list(dir())) {
            for (Path file : files.toList()) {
                contents.put(file.getFileName().toString(), Blake3.hash(Files.readAllBytes(file)));
            }
        }
        return contents;
    }

    @Test
    void upstreamsFarmIsOpenedAndNotOneByteOfItChanges() throws Exception {
        SampleFarm.unpack(dir());
        Map<String, Blake3Hash> before = contents();
        try (Farm farm = Farm.open(dir(), FarmOptions.existing())) {
            assertEquals(1, farm.sectorsTotal());
            assertEquals(1, farm.sectorsPlotted());
            SectorSummary sector = farm.sector(0).orElseThrow();
            assertEquals(
                    "9887ea1ddb57494c4b67131678171bb819b8cef37148d0c6ef39973e512d2171",
                    sector.sectorId().toHex());
            assertEquals(
                    "4cc1be6c82598635818515a5e6dc7847699783d5da3cab89d08d63921e5eefdc",
                    Blake3.hash(read(farm, 0)).toHex());
        }
        assertEquals(before, contents());
    }

    @Test
    void auditOfUpstreamsFarmFindsEverySolutionThatUpstreamSubmitted() throws Exception {
        SampleFarm.unpack(dir());
        try (Farm farm = Farm.open(dir(), FarmOptions.existing().forReading());
                FarmAuditor auditor = new FarmAuditor(2)) {
            for (JsonNode golden : SampleFarm.golden().get("solutions")) {
                Blake3Hash challenge = SectorIds.globalChallenge(
                        PotOutput.of(SampleFarm.hex(golden.get("pot"))),
                        golden.get("slot").asLong());
                long range = Long.parseUnsignedLong(golden.get("range").asText());
                FarmAudit audit = auditor.audit(farm, challenge, range, Duration.ofMinutes(1));
                assertEquals(1, audit.sectorsAudited());
                assertEquals(1, audit.hits().size());
                assertTrue(
                        audit.hits().getFirst().audit().candidates().stream()
                                .anyMatch(candidate -> golden.get("verdict")
                                        .asText()
                                        .equals("Ok(" + Long.toUnsignedString(candidate.distance()) + ")")),
                        () -> golden + " is not among " + audit.hits());
            }
        }
    }

    @Test
    void aNewFarmHasUpstreamsFiles() throws Exception {
        try (Farm farm = Farm.create(dir(), FarmOptions.of(CHAIN, 2).withAllocatedBytes(5_400_000))) {
            assertEquals(1, farm.sectorsTotal());
            assertEquals(0, farm.sectorsPlotted());
            assertEquals(2_117_632, Files.size(file("plot.bin")));
            assertEquals(1_183_744, Files.size(file("metadata.bin")));
            assertEquals(33, Files.size(file("identity.bin")));
            assertEquals(farm.info().toJson(), Files.readString(file("single_disk_farm.json")));
            assertEquals(farm.publicKey(), IdentityFile.read(dir()).publicKey());
        }
        try (var files = Files.list(dir())) {
            assertEquals(4, files.count(), "no file but these");
        }
        assertArrayEquals(new byte[1_183_744], Files.readAllBytes(file("metadata.bin")), "a header of zero sectors");
        assertEquals(
                Reason.ALREADY_THERE,
                assertThrows(FarmException.class, () -> Farm.create(dir(), ONE_PIECE.withSectors(1)))
                        .reason());
    }

    @Test
    void spaceIsTakenWhenTheFarmIsMade() throws Exception {
        Farm.create(dir(), ONE_PIECE.withSectors(3)).close();
        long blocks = Long.parseLong(new String(
                        new ProcessBuilder("stat", "-c", "%b", file("plot.bin").toString())
                                .start()
                                .getInputStream()
                                .readAllBytes(),
                        java.nio.charset.StandardCharsets.US_ASCII)
                .strip());
        assertTrue(blocks * 512 >= Files.size(file("plot.bin")), "no hole in the plot");
    }

    @Test
    void sectorsAreKeptInAnyOrderAndReplaced() throws Exception {
        TestSectors two = TestSectors.make(2, 1, 7, 2);
        TestSectors zero = TestSectors.make(0, 1, 8, 0);
        TestSectors zeroAgain = TestSectors.make(0, 1, 9, 10);
        try (Farm farm = Farm.create(dir(), ONE_PIECE.withSectors(4))) {
            two.storeIn(farm);
            assertEquals(1, farm.sectorsPlotted());
            assertTrue(farm.sector(0).isEmpty() && farm.sector(1).isEmpty(), "those before are not plotted");
            zero.storeIn(farm);
            assertStored(farm, two);
            assertStored(farm, zero);
        }
        try (Farm farm = Farm.open(dir(), ONE_PIECE)) {
            assertEquals(2, farm.sectorsPlotted());
            assertTrue(farm.sector(1).isEmpty() && farm.sector(3).isEmpty());
            zeroAgain.storeIn(farm);
            assertStored(farm, zeroAgain);
        }
        try (Farm farm = Farm.open(dir(), FarmOptions.existing().withoutDirectIo())) {
            assertStored(farm, two);
            assertStored(farm, zeroAgain);
        }
    }

    @Test
    void aSectorThatIsNotWhatItShouldBeIsNeverCounted() throws Exception {
        TestSectors old = TestSectors.make(1, 1, 7, 1);
        TestSectors fresh = TestSectors.make(1, 1, 8, 2);
        try (Farm farm = Farm.create(dir(), ONE_PIECE.withSectors(2))) {
            old.storeIn(farm);
            int sector = (int) farm.layout().sectorBytes();
            for (int place : new int[] {0, 9000, 500_000, sector - 33, sector - 1, sector, sector + 100_000}) {
                byte[] staged = fresh.staged();
                staged[place] ^= 1;
                FarmException e = assertThrows(FarmException.class, () -> TestSectors.store(farm, 1, staged));
                assertEquals(Reason.BAD_SECTOR, e.reason(), e.getMessage());
                assertTrue(farm.sector(1).isEmpty());
            }
            byte[] mixed = fresh.staged();
            System.arraycopy(old.staged(), sector, mixed, sector, mixed.length - sector);
            assertTrue(assertThrows(FarmException.class, () -> TestSectors.store(farm, 1, mixed))
                    .getMessage()
                    .contains("chunks in s-bucket"));
            byte[] elsewhere = TestSectors.make(0, 1, 8, 2).staged();
            assertTrue(assertThrows(FarmException.class, () -> TestSectors.store(farm, 1, elsewhere))
                    .getMessage()
                    .contains("found sector 0"));
            try (IncomingSector incoming = farm.beginSector(1)) {
                byte[] staged = fresh.staged();
                TestSectors.append(incoming, staged, staged.length - 1);
                assertTrue(assertThrows(FarmException.class, incoming::finish)
                        .getMessage()
                        .contains("of " + farm.stagedBytes()));
                assertThrows(
                        IllegalArgumentException.class,
                        () -> incoming.append(ByteBuffer.allocate(1), 4096),
                        "bytes that are not the next ones");
            }
            assertEquals(0, farm.sectorsPlotted());
            fresh.storeIn(farm);
            assertStored(farm, fresh);
        }
        try (Farm farm = Farm.open(dir(), FarmOptions.existing())) {
            assertStored(farm, fresh);
        }
    }

    @Test
    void theOldSectorStaysUntilTheFirstByteOfTheNewOne() throws Exception {
        TestSectors old = TestSectors.make(0, 1, 7, 1);
        try (Farm farm = Farm.create(dir(), ONE_PIECE.withSectors(1))) {
            old.storeIn(farm);
            try (IncomingSector incoming = farm.beginSector(0)) {
                assertThrows(IllegalStateException.class, () -> farm.beginSector(0), "one at a time");
                assertThrows(
                        IllegalStateException.class,
                        () -> incoming.readBack(ByteBuffer.allocate(4096), 0),
                        "it is old");
                assertStored(farm, old);
                TestSectors.append(incoming, TestSectors.make(0, 1, 8, 2).staged(), 1);
                assertTrue(farm.sector(0).isEmpty());
            }
        }
        try (Farm farm = Farm.open(dir(), FarmOptions.existing())) {
            assertTrue(farm.sector(0).isEmpty(), "also after a restart");
        }
    }

    @Test
    void aSectorThatWasCutShortIsGoneOnFrom() throws Exception {
        for (boolean direct : new boolean[] {true, false}) {
            FarmOptions options = direct ? ONE_PIECE : ONE_PIECE.withoutDirectIo();
            TestSectors neighbour = TestSectors.make(0, 1, 7, 1);
            TestSectors sector = TestSectors.make(1, 1, 8, 2);
            byte[] staged = sector.staged();
            Path path = directory.resolve("farm-" + direct);
            long had;
            try (Farm farm = Farm.create(path, options.withSectors(3));
                    IncomingSector incoming = farm.beginSector(1)) {
                neighbour.storeIn(farm);
                TestSectors.append(incoming, staged, 600_001);
                assertEquals(600_001, incoming.checkpoint());
                TestSectors.append(incoming, staged, 700_003);
                had = 600_001;
            }
            try (Farm farm = Farm.open(path, options);
                    IncomingSector incoming = farm.beginSector(1)) {

                incoming.readBack(ByteBuffer.allocate(300_000), 0);
                incoming.readBack(ByteBuffer.allocate((int) had - 300_000), 300_000);
                assertEquals(had, incoming.position());
                TestSectors.append(incoming, staged, staged.length);
                incoming.finish();
                assertStored(farm, sector);
                assertStored(farm, neighbour);
            }
        }
    }

    @Test
    void aFarmGrowsAndShrinksAndKeepsWhatFits() throws Exception {
        TestSectors[] sectors = new TestSectors[3];
        try (Farm farm = Farm.create(dir(), ONE_PIECE.withSectors(2))) {
            for (int index = 0; index < 2; index++) {
                sectors[index] = TestSectors.make(index, 1, 7, index);
                sectors[index].storeIn(farm);
            }
        }
        FarmId id;
        try (Farm farm = Farm.open(dir(), ONE_PIECE.withSectors(3))) {
            id = farm.id();
            assertEquals(3, farm.sectorsTotal());
            assertEquals(FarmLayout.allocationFor(3, 1, 0), FarmInfo.read(dir()).allocatedSpace());
            sectors[2] = TestSectors.make(2, 1, 7, 2);
            sectors[2].storeIn(farm);
            for (TestSectors sector : sectors) {
                assertStored(farm, sector);
            }
        }
        FarmException refused = refused(ONE_PIECE.withSectors(1).keepingPlotted());
        assertEquals(Reason.WOULD_LOSE, refused.reason());
        assertTrue(
                refused.getMessage().contains("has 3 plotted sectors, the size that was given holds 1"),
                refused.getMessage());
        assertEquals(FarmLayout.allocationFor(3, 1, 0), FarmInfo.read(dir()).allocatedSpace(), "nothing has changed");
        try (Farm farm = Farm.open(dir(), ONE_PIECE.withSectors(1))) {
            assertEquals(id, farm.id());
            assertEquals(1, farm.sectorsTotal());
            assertEquals(1, farm.sectorsPlotted());
            assertStored(farm, sectors[0]);
            assertEquals(farm.layout().plotFileBytes(), Files.size(file("plot.bin")));
        }
        try (Farm farm = Farm.open(dir(), ONE_PIECE.withSectors(2))) {
            assertEquals(1, farm.sectorsPlotted(), "what was given up does not come back");
        }
    }

    @Test
    void foreignFarmsAreRefused() throws Exception {
        SampleFarm.unpack(dir());
        FarmException chain = refused(FarmOptions.of(CHAIN, 2));
        assertEquals(Reason.FOREIGN, chain.reason());
        assertTrue(chain.getMessage().contains("12a133d0") && chain.getMessage().contains(CHAIN.toHex()));
        GenesisHash own = FarmInfo.read(dir()).genesisHash();
        FarmException pieces = refused(FarmOptions.of(own, 1));
        assertTrue(pieces.getMessage().contains("sectors of 2 pieces, at most 1"), pieces.getMessage());
        Farm.open(dir(), FarmOptions.of(own, 1000)).close();
        SampleFarm.flip(file("identity.bin"), 5);
        FarmException key = refused(FarmOptions.existing());
        assertEquals(Reason.FOREIGN, key.reason());
        assertTrue(key.getMessage().contains("4a50a960"), key.getMessage());
    }

    @Test
    void damagedFilesAreRefusedWithTheRemedy() throws Exception {
        SampleFarm.unpack(dir());
        byte[] plot = Files.readAllBytes(file("plot.bin"));
        Files.write(file("plot.bin"), Arrays.copyOf(plot, 2_113_855));
        assertDamaged("plot.bin has 2113855 bytes, its 1 sectors take 2113856");
        Files.delete(file("plot.bin"));
        assertDamaged("plot.bin is missing");
        Files.write(file("plot.bin"), plot);
        byte[] metadata = Files.readAllBytes(file("metadata.bin"));
        Files.write(file("metadata.bin"), Arrays.copyOf(metadata, 1_179_691));
        assertDamaged("records end at 1179692");
        Files.write(file("metadata.bin"), Arrays.copyOf(metadata, 100));
        assertDamaged("has only 100 bytes");
        Files.delete(file("metadata.bin"));
        assertDamaged("is missing");
        Files.write(file("metadata.bin"), metadata);
        Files.delete(file("single_disk_farm.json"));
        assertEquals(Reason.NO_FARM, refused(FarmOptions.existing()).reason());
        assertTrue(assertThrows(FarmException.class, () -> Farm.create(dir(), ONE_PIECE.withSectors(1)))
                .getMessage()
                .contains("restore"));
    }

    private void assertDamaged(String text) {
        FarmException e = refused(FarmOptions.existing());
        assertEquals(Reason.DAMAGED, e.reason());
        assertTrue(e.getMessage().contains(text) && e.getMessage().contains("restore"), e.getMessage());
    }

    @Test
    void aDamagedRecordCostsItsSectorOnly() throws Exception {
        TestSectors one = TestSectors.make(1, 1, 7, 1);
        TestSectors zero = TestSectors.make(0, 1, 7, 0);
        try (Farm farm = Farm.create(dir(), ONE_PIECE.withSectors(2))) {
            zero.storeIn(farm);
            one.storeIn(farm);
        }
        SampleFarm.flip(file("metadata.bin"), MetadataFile.recordOffset(0) + 77);
        try (Farm farm = Farm.open(dir(), FarmOptions.existing())) {
            assertTrue(farm.sector(0).isEmpty());
            assertStored(farm, one);
            FarmException e = assertThrows(FarmException.class, () -> farm.readMetadata(0));
            assertTrue(e.getMessage().contains("record of sector 0 at byte 1048576"), e.getMessage());
            try (IncomingSector incoming = farm.beginSector(0)) {
                TestSectors.append(incoming, zero.staged(), 1000);
                assertTrue(
                        SectorSummary.isPlaceholder(farm.readMetadata(0)),
                        "a record that could not be read does not outlive what it spoke of");
            }
            zero.storeIn(farm);
            assertStored(farm, zero);
        }
    }

    @Test
    void tooManySectorsAreRefusedWithTheNumberThatFits() {
        FarmException e = assertThrows(
                FarmException.class,
                () -> Farm.create(dir(), FarmOptions.of(CHAIN, 1000).withSectors(FarmLayout.MAX_SECTORS)));
        assertEquals(Reason.NO_SPACE, e.reason());
        assertTrue(
                e.getMessage().matches(".*65534 sectors take \\d+ bytes more.*(at most \\d+|not one) sectors? fits?.*"),
                e.getMessage());
        assertFalse(Files.exists(file("single_disk_farm.json")), "nothing is left behind");
    }

    @Test
    void aFarmIsOpenedOnceAtATime() throws Exception {
        SampleFarm.unpack(dir());
        try (Farm farm = Farm.open(dir(), FarmOptions.existing())) {
            assertEquals(Reason.IN_USE, refused(FarmOptions.existing()).reason());
            Farm.open(dir(), FarmOptions.existing().forReading()).close();
            assertEquals(1, farm.sectorsPlotted());
        }
        Farm.open(dir(), FarmOptions.existing()).close();
    }

    @Test
    void aSectorIsNoLongerThereWhenItIsReplaced() throws Exception {
        SampleFarm.unpack(dir());
        try (Farm farm = Farm.open(dir(), FarmOptions.existing())) {
            SectorSummary before = farm.sector(0).orElseThrow();
            assertTrue(farm.isStillThere(before));
            TestSectors other = TestSectors.make(0, before.piecesInSector(), before.historySize(), 7);
            try (IncomingSector incoming = farm.beginSector(0)) {
                TestSectors.append(incoming, other.staged(), 1);
                assertFalse(farm.isStillThere(before), "its first byte is another's");
                TestSectors.append(incoming, other.staged(), other.staged().length);
                incoming.finish();
            }
            assertFalse(farm.isStillThere(before), "the next one is another, whatever it has in common with it");
            assertTrue(farm.isStillThere(farm.sector(0).orElseThrow()));
        }
    }

    @Test
    void aCreationThatWasCutShortGoesOn() throws Exception {
        Files.createDirectories(dir());
        Files.createFile(file("single_disk_farm.json"));
        IdentityFile.write(dir(), new byte[32]);
        try (Farm farm = Farm.openOrCreate(dir(), ONE_PIECE.withSectors(2))) {
            assertEquals(
                    "66933bd1f37070ef87bd1198af3dacceb095237f803f3d32b173e6b425ed7972",
                    farm.publicKey().toHex());
        }
        Files.delete(file("plot.bin"));
        Files.write(file("metadata.bin"), new byte[10]);
        try (Farm farm = Farm.openOrCreate(dir(), ONE_PIECE.withSectors(2))) {
            assertEquals(2, farm.sectorsTotal());
        }
    }

    @Test
    void anInterruptedReaderDoesNotCloseTheFarmForOthers() throws Exception {
        SampleFarm.unpack(dir());
        try (Farm farm = Farm.open(dir(), FarmOptions.existing())) {
            Thread reader = Thread.ofPlatform().start(() -> {
                Thread.currentThread().interrupt();
                assertThrows(java.io.InterruptedIOException.class, () -> read(farm, 0));
                assertThrows(java.io.InterruptedIOException.class, () -> farm.readMetadata(0));
                assertTrue(Thread.currentThread().isInterrupted());
            });
            reader.join();
            assertEquals(
                    "4cc1be6c82598635818515a5e6dc7847699783d5da3cab89d08d63921e5eefdc",
                    Blake3.hash(read(farm, 0)).toHex());
            assertEquals(1, farm.readMetadata(0).historySize());
        }
    }

    @Test
    void aPlottedSectorCostsLessThan8KiBOfHeap() throws Exception {
        try (Farm farm = Farm.create(dir(), ONE_PIECE.withSectors(1))) {
            TestSectors sector = TestSectors.make(0, 1, 7, 1);
            SectorSummary summary = sector.storeIn(farm);
            SectorSummary[] many = new SectorSummary[4000];
            long before = usedHeap();
            for (int i = 0; i < many.length; i++) {
                many[i] = new SectorSummary(
                        SectorIds.sectorId(SectorIds.publicKeyHash(farm.publicKey()), i, 7), sector.metadata());
            }
            long each = (usedHeap() - before) / many.length;
            assertTrue(each < 8192, each + " bytes for a sector");
            assertNotEquals(summary.sectorId(), many[3999].sectorId());
        }
    }

    private static long usedHeap() {
        Runtime runtime = Runtime.getRuntime();
        System.gc();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    @Test
    void optionsThatContradictThemselvesAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> ONE_PIECE.withSectors(0));
        assertThrows(IllegalArgumentException.class, () -> ONE_PIECE.withSectors(65_535));
        assertThrows(IllegalArgumentException.class, () -> Farm.create(dir(), ONE_PIECE));
        assertThrows(
                IllegalArgumentException.class,
                () -> Farm.create(dir(), FarmOptions.existing().withSectors(1)));
        SectorMetadata dummy = SectorMetadata.dummy(0, 1);
        assertTrue(SectorSummary.isPlaceholder(dummy));
    }
}
