package xyz.autonomys.farmer.erasure;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Results of the reference implementation, {@code upstream-erasure-coding.json}. */
final class Golden {
    private static final JsonNode ROOT = load();

    private Golden() {}

    static JsonNode get(String name) {
        return ROOT.get(name);
    }

    /** The scalars of a list of hexadecimal numbers, one after the other. */
    static byte[] chunks(JsonNode list) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (JsonNode chunk : list) {
            out.writeBytes(HexFormat.of().parseHex(chunk.asText()));
        }
        return out.toByteArray();
    }

    /** The coefficients as the golden data writes them. */
    static List<String> hex(Polynomial polynomial) {
        List<String> list = new ArrayList<>();
        for (int i = 0; i < polynomial.size(); i++) {
            list.add(Scalar.coefficient(polynomial, i).toString());
        }
        return list;
    }

    static List<String> hex(JsonNode list) {
        List<String> texts = new ArrayList<>();
        list.forEach(node -> texts.add(node.asText()));
        return texts;
    }

    static String sha256(byte[] data) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(data));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static JsonNode load() {
        try (InputStream in = Golden.class.getResourceAsStream("/upstream-erasure-coding.json")) {
            return new ObjectMapper().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
