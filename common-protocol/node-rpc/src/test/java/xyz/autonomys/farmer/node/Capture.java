package xyz.autonomys.farmer.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Recorded from upstream: frames between its farmer and a node, and texts of its types. */
final class Capture {
    static final ObjectMapper JSON = new ObjectMapper();

    private Capture() {}

    /** One line of {@code node-rpc-capture.jsonl}; {@code frame} is empty where a connection was closed. */
    record Line(int number, String run, String direction, String frame) {}

    static List<Line> lines() {
        List<Line> lines = new ArrayList<>();
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                Capture.class.getResourceAsStream("/node-rpc-capture.jsonl"), StandardCharsets.UTF_8))) {
            for (String text = reader.readLine(); text != null; text = reader.readLine()) {
                JsonNode line = JSON.readTree(text);
                lines.add(new Line(
                        lines.size() + 1,
                        line.get("run").asText() + line.get("conn").asText(),
                        line.get("dir").asText(),
                        line.get("frame").asText()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return lines;
    }

    static JsonNode samples() {
        try (InputStream in = Capture.class.getResourceAsStream("/node-json-samples.json")) {
            return JSON.readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The text of the sample called {@code type}. */
    static String sample(String type) {
        for (JsonNode sample : samples().get("samples")) {
            if (sample.get("type").asText().equals(type)) {
                return sample.get("json_text").asText();
            }
        }
        throw new IllegalArgumentException("no sample " + type);
    }
}
