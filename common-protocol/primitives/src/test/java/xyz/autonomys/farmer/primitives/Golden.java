package xyz.autonomys.farmer.primitives;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HexFormat;

/** Golden data recorded from upstream: {@code primitives.json}. */
public final class Golden {
    private Golden() {}

    public static JsonNode read() {
        try (InputStream in = Golden.class.getResourceAsStream("/primitives.json")) {
            return new ObjectMapper().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The SCALE bytes of the sample called {@code type}. */
    public static byte[] sample(String type) {
        return HexFormat.of().parseHex(sampleNode(type).get("scale").asText());
    }

    public static JsonNode sampleNode(String type) {
        for (JsonNode node : read().get("samples")) {
            if (node.get("type").asText().equals(type)) {
                return node;
            }
        }
        throw new IllegalArgumentException("no sample " + type);
    }
}
