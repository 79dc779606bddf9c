package xyz.autonomys.farmer.pos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import xyz.autonomys.farmer.primitives.PosSeed;

/** Facts about ten seeds, made by running the reference implementation; {@code pos.json} beside this class. */
final class GoldenVectors {
    private static final JsonNode ROOT = load();

    private GoldenVectors() {}

    static JsonNode root() {
        return ROOT;
    }

    static JsonNode seeds() {
        return ROOT.get("seeds");
    }

    static PosSeed seed(JsonNode node) {
        return PosSeed.fromHex(node.get("seed").asText());
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest());
    }

    private static JsonNode load() {
        try (InputStream in = GoldenVectors.class.getResourceAsStream("pos.json")) {
            return new ObjectMapper().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
