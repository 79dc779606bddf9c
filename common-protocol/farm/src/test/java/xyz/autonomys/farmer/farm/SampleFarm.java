package xyz.autonomys.farmer.farm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.zip.GZIPInputStream;

/** The farm that upstream's farmer wrote, unpacked, and golden values about farm files. */
public final class SampleFarm {
    private static final int BLOCK = 512;

    private SampleFarm() {}

    /** Values of misc.json and upstream-solutions.jsonl about farms. */
    static JsonNode golden() throws IOException {
        try (InputStream in = SampleFarm.class.getResourceAsStream("/farm.json")) {
            return new ObjectMapper().readTree(in);
        }
    }

    static byte[] hex(JsonNode text) {
        return HexFormat.of().parseHex(text.asText());
    }

    /** Unpacks the farm into {@code directory}. */
    public static Path unpack(Path directory) throws IOException {
        Files.createDirectories(directory);
        try (InputStream packed = SampleFarm.class.getResourceAsStream("/upstream-farm-sample.tar.gz");
                GZIPInputStream tar = new GZIPInputStream(packed)) {
            for (byte[] header = tar.readNBytes(BLOCK); header[0] != 0; header = tar.readNBytes(BLOCK)) {
                String name = Path.of(text(header, 0, 100)).getFileName().toString();
                int size = Integer.parseInt(text(header, 124, 12).strip(), 8);
                byte[] content = tar.readNBytes((size + BLOCK - 1) / BLOCK * BLOCK);
                if (header[156] == '0') {
                    try (var out = Files.newOutputStream(directory.resolve(name))) {
                        out.write(content, 0, size);
                    }
                }
            }
        }
        return directory;
    }

    /** Inverts the lowest bit of a byte. */
    public static void flip(Path file, long offset) throws IOException {
        try (RandomAccessFile random = new RandomAccessFile(file.toFile(), "rw")) {
            random.seek(offset);
            int old = random.read();
            random.seek(offset);
            random.write(old ^ 1);
        }
    }

    private static String text(byte[] header, int offset, int length) {
        String field = new String(header, offset, length, StandardCharsets.US_ASCII);
        int end = field.indexOf('\0');
        return end < 0 ? field : field.substring(0, end);
    }
}
