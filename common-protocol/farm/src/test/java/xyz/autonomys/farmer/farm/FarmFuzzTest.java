package xyz.autonomys.farmer.farm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import xyz.autonomys.farmer.sector.SectorFormatException;
import xyz.autonomys.farmer.sector.SectorMetadata;

/** Mutated farm files: each is refused with a named place, or is a value that stands for exactly what was read. */
@Tag("long")
class FarmFuzzTest {
    private static final int INPUTS = 100_000;
    private static final long SEED = 20_260;

    @TempDir
    Path directory;

    private final SplittableRandom random = new SplittableRandom(SEED);

    /** Some bytes changed, removed, repeated or added. */
    private byte[] mutate(byte[] original) {
        byte[] bytes = original.clone();
        int mutations = 1 + random.nextInt(3);
        for (int i = 0; i < mutations; i++) {
            int at = bytes.length == 0 ? 0 : random.nextInt(bytes.length);
            switch (bytes.length == 0 ? 4 : random.nextInt(6)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt(256);
                case 2 -> bytes = Arrays.copyOf(bytes, at);
                case 3 -> {
                    byte[] shorter = Arrays.copyOf(bytes, bytes.length - 1);
                    System.arraycopy(bytes, at + 1, shorter, at, shorter.length - at);
                    bytes = shorter;
                }
                case 4 -> {
                    byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
                    System.arraycopy(bytes, at, longer, at + 1, bytes.length - at);
                    longer[at] = (byte) random.nextInt(256);
                    bytes = longer;
                }
                default -> bytes[at] = (byte) "{}[]\",:0x9eE-+.ntf\\u".charAt(random.nextInt(20));
            }
        }
        return bytes;
    }

    @Test
    void farmInfo() throws Exception {
        byte[] original =
                SampleFarm.golden().get("single_disk_farm_json").asText().getBytes(StandardCharsets.UTF_8);
        int accepted = 0;
        for (int i = 0; i < INPUTS; i++) {
            String text = new String(mutate(original), StandardCharsets.ISO_8859_1);
            try {
                FarmInfo info = FarmInfo.parse(text, "file.json");
                assertEquals(info, FarmInfo.parse(info.toJson(), "again"), text);
                accepted++;
            } catch (FarmException e) {
                assertTrue(e.getMessage().startsWith("file.json"), () -> text + " gives " + e.getMessage());
            }
        }
        assertTrue(accepted > 0 && accepted < INPUTS, "both outcomes were seen");
    }

    @Test
    void farmId() throws Exception {
        byte[] text = FarmId.random().toString().getBytes(StandardCharsets.US_ASCII);
        byte[] scale = FarmId.random().toScale();
        for (int i = 0; i < INPUTS; i++) {
            String mutated = new String(mutate(text), StandardCharsets.ISO_8859_1);
            try {
                assertTrue(FarmId.parse(mutated).toString().equalsIgnoreCase(mutated), mutated);
            } catch (IllegalArgumentException e) {
                assertTrue(e.getMessage().contains("farm ID"), e.getMessage());
            }
            byte[] bytes = mutate(scale);
            try {
                assertArrayEquals(bytes, FarmId.fromScale(bytes).toScale());
            } catch (IllegalArgumentException e) {
                assertTrue(e.getMessage().contains("farm ID"), e.getMessage());
            }
        }
    }

    @Test
    void identity() throws Exception {
        byte[] original = SampleFarm.hex(SampleFarm.golden().get("keys").get(1).get("identity_bin"));
        int refused = 0;
        for (int i = 0; i < INPUTS; i++) {
            byte[] bytes = mutate(original);
            boolean good = bytes.length >= 33 && bytes[0] == (byte) 0x80;
            if (good && i % 100 != 0) {
                // The derivation of a key is slow on purpose; one in a hundred is enough of it.
                continue;
            }
            try {
                IdentityFile.parse(bytes, "identity.bin");
                assertTrue(good);
            } catch (FarmException e) {
                assertTrue(!good && e.getMessage().startsWith("identity.bin: expected 33 bytes"), e.getMessage());
                refused++;
            }
        }
        assertTrue(refused > 0);
    }

    @Test
    void metadataHeader() throws Exception {
        Path file = directory.resolve("metadata.bin");
        byte[] whole = new byte[FarmLayout.METADATA_HEADER_BYTES];
        Files.write(file, whole);
        byte[] header = {0, 2, 1};
        try (var channel = Files.newByteChannel(file, StandardOpenOption.WRITE);
                MetadataFile metadata = MetadataFile.open(file, false)) {
            for (int i = 0; i < INPUTS; i++) {
                byte[] bytes = Arrays.copyOf(mutate(header), 3);
                channel.position(0).write(java.nio.ByteBuffer.wrap(bytes));
                try {
                    assertEquals((bytes[1] & 0xFF) + 256 * (bytes[2] & 0xFF), metadata.readCount());
                    assertEquals(0, bytes[0]);
                } catch (FarmException e) {
                    assertTrue(bytes[0] != 0 && e.getMessage().contains("expected version 0"), e.getMessage());
                }
            }
        }
    }

    @Test
    void sectorRecord() throws IOException {
        byte[] original = TestSectors.make(3, 2, 5, 1).metadata().encode();
        for (int i = 0; i < INPUTS; i++) {
            byte[] bytes = mutate(original);
            try {
                SectorMetadata record = SectorMetadata.decode(bytes);
                assertArrayEquals(original, bytes);
                assertArrayEquals(bytes, record.encode());
            } catch (SectorFormatException e) {
                assertTrue(e.getMessage().contains("sector metadata"), e.getMessage());
            }
        }
    }
}
