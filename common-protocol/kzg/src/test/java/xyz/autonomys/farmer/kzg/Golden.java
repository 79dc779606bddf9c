package xyz.autonomys.farmer.kzg;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HexFormat;

/** Results of the reference implementation, {@code upstream-kzg.json}. */
final class Golden {
    private static final JsonNode ROOT = load();

    private Golden() {}

    static JsonNode get(String name) {
        return ROOT.get(name);
    }

    /** The bytes of a list of hexadecimal strings, one after the other. */
    static byte[] bytes(JsonNode list) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (JsonNode item : list) {
            out.writeBytes(HexFormat.of().parseHex(item.asText()));
        }
        return out.toByteArray();
    }

    private static JsonNode load() {
        try (InputStream in = Golden.class.getResourceAsStream("/upstream-kzg.json")) {
            return new ObjectMapper().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
