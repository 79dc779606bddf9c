package xyz.autonomys.farmer.farm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Locale;
import xyz.autonomys.farmer.farm.FarmException.Reason;
import xyz.autonomys.farmer.primitives.GenesisHash;
import xyz.autonomys.farmer.primitives.PublicKey;

/**
 * What {@code single_disk_farm.json} says.
 *
 * @param id identifier of the farm
 * @param genesisHash chain the farm belongs to
 * @param publicKey key of the farm
 * @param piecesInSector pieces of a sector (u16)
 * @param allocatedSpace bytes allocated by the operator (u64)
 */
public record FarmInfo(
        FarmId id, GenesisHash genesisHash, PublicKey publicKey, int piecesInSector, long allocatedSpace) {
    /** Name of the file. */
    public static final String FILE_NAME = "single_disk_farm.json";

    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    private static final long MAX_FILE_BYTES = 64 * 1024;

    /**
     * Reads the file of the farm in {@code directory}. Takes no lock.
     *
     * @throws FarmException if there is none, or it is not what a farm writes
     */
    public static FarmInfo read(Path directory) throws IOException {
        Path file = directory.resolve(FILE_NAME);
        try {
            long size = Files.size(file);
            if (size == 0) {
                throw new FarmException(
                        Reason.NO_FARM, "There is no farm in " + directory + ": " + FILE_NAME + " is empty");
            }
            if (size > MAX_FILE_BYTES) {
                throw new FarmException(Reason.DAMAGED, file + " is larger than " + MAX_FILE_BYTES + " bytes");
            }
            return parse(Files.readString(file, StandardCharsets.UTF_8), file.toString());
        } catch (NoSuchFileException e) {
            throw new FarmException(
                    Reason.NO_FARM, "There is no farm in " + directory + ": " + FILE_NAME + " is missing", e);
        } catch (CharacterCodingException e) {
            throw new FarmException(Reason.DAMAGED, file + " is not UTF-8 text", e);
        }
    }

    /**
     * Writes the file, in place because the farm's lock is on it. A crash at any byte leaves the old text, the new one, or
     * the new one followed by blanks, which readers skip.
     */
    void write(Path directory) throws IOException {
        byte[] text = toJson().getBytes(StandardCharsets.UTF_8);
        Path file = directory.resolve(FILE_NAME);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            byte[] padded = Arrays.copyOf(text, (int) Math.max(text.length, Math.min(channel.size(), MAX_FILE_BYTES)));
            Arrays.fill(padded, text.length, padded.length, (byte) ' ');
            ByteBuffer bytes = ByteBuffer.wrap(padded);
            while (bytes.hasRemaining()) {
                channel.write(bytes, bytes.position());
            }
            channel.force(true);
            channel.truncate(text.length);
            channel.force(true);
        }
    }

    /** The same farm with another allocation. */
    FarmInfo withAllocatedSpace(long bytes) {
        return new FarmInfo(id, genesisHash, publicKey, piecesInSector, bytes);
    }

    /**
     * Parses the JSON text; fields may come in any order and unknown ones are ignored.
     *
     * @param source where the text is from, for errors
     */
    public static FarmInfo parse(String text, String source) throws FarmException {
        JsonNode root;
        try {
            root = JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new FarmException(Reason.DAMAGED, source + " is not JSON: " + e.getOriginalMessage(), e);
        }
        JsonNode v0 = root == null ? null : root.get("v0");
        if (v0 == null || !v0.isObject()) {
            throw new FarmException(
                    Reason.DAMAGED, source + ": expected an object with the member \"v0\"; no other version is known");
        }
        try {
            return new FarmInfo(
                    FarmId.parse(text(v0, "id")),
                    GenesisHash.fromHex(text(v0, "genesisHash")),
                    PublicKey.fromHex(text(v0, "publicKey")),
                    (int) number(v0, "piecesInSector", 1, 65_535),
                    number(v0, "allocatedSpace", 0, Long.MAX_VALUE));
        } catch (IllegalArgumentException e) {
            throw new FarmException(Reason.DAMAGED, source + ": " + e.getMessage(), e);
        }
    }

    /** The exact text upstream writes: no blanks, no final newline. */
    public String toJson() {
        return "{\"v0\":{\"id\":\"" + id + "\",\"genesisHash\":\"" + genesisHash.toHex() + "\",\"publicKey\":\""
                + publicKey.toHex() + "\",\"piecesInSector\":" + piecesInSector + ",\"allocatedSpace\":"
                + allocatedSpace + "}}";
    }

    /** The allocated space as upstream's {@code info} prints it, for example {@code 5.1 MiB (5.4 MB)}. */
    public String allocatedSpaceText() {
        return scaled(1024, "iB") + " (" + scaled(1000, "B") + ")";
    }

    private String scaled(int base, String suffix) {
        if (allocatedSpace < base) {
            return allocatedSpace + " B";
        }
        double value = allocatedSpace;
        int power = 0;
        while (value >= base) {
            value /= base;
            power++;
        }
        String prefix = (base == 1024 ? "KMGTPE" : "kMGTPE").substring(power - 1, power);
        return String.format(Locale.ROOT, "%.1f %s%s", value, prefix, suffix);
    }

    private static String text(JsonNode object, String field) {
        JsonNode node = object.get(field);
        if (node == null || !node.isTextual()) {
            throw new IllegalArgumentException("field v0." + field + " must be a string, found " + node);
        }
        return node.textValue();
    }

    private static long number(JsonNode object, String field, long minimum, long maximum) {
        JsonNode node = object.get(field);
        if (node == null
                || !node.isIntegralNumber()
                || !node.canConvertToLong()
                || node.longValue() < minimum
                || node.longValue() > maximum) {
            throw new IllegalArgumentException(
                    "field v0." + field + " must be an integer of " + minimum + "…" + maximum + ", found " + node);
        }
        return node.longValue();
    }
}
