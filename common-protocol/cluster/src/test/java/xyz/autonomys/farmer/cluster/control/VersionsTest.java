package xyz.autonomys.farmer.cluster.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Two versions at work together. {@code messages-of-version-1.txt} has one message of each kind, its class before it, as
 * a build of version 1 wrote them.
 */
class VersionsTest {
    /** A part that version 2 gave a colour. */
    record Part(String name, @Since(value = 2, otherwise = "\"none\"") String colour) {}

    /** A message that version 2 gave a number of copies. */
    record Whole(String name, @Since(value = 2, otherwise = "1") int copies, List<Part> parts, Part main) {}

    private static Whole whole(int copies, String colour) {
        return new Whole("w", copies, List.of(new Part("a", "none"), new Part("b", colour)), new Part("c", "none"));
    }

    private static final String OLD =
            "{\"v\":1,\"name\":\"w\",\"parts\":[{\"name\":\"a\"},{\"name\":\"b\"}],\"main\":{\"name\":\"c\"}}";

    @TestFactory
    Stream<DynamicTest> messagesOfThePreviousBuildAreUnderstoodAndWrittenAsItDid() throws Exception {
        try (InputStream in = VersionsTest.class.getResourceAsStream("messages-of-version-1.txt")) {
            List<String> lines = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            assertEquals(15, lines.size());
            return lines.stream().map(line -> {
                int space = line.indexOf(' ');
                return DynamicTest.dynamicTest(
                        line.substring(line.lastIndexOf('.', space) + 1, space),
                        () -> roundTrip(line.substring(0, space), line.substring(space + 1)));
            });
        }
    }

    private static void roundTrip(String type, String json) throws Exception {
        Record message = ControlCodec.decode(
                json.getBytes(StandardCharsets.UTF_8), Class.forName(type).asSubclass(Record.class), "recorded");
        boolean sameForm = !message.getClass().isAnnotationPresent(Since.class);
        assertEquals(sameForm ? json : json.replace("{\"v\":1,", "{\"v\":2,"), former(text(message)));
    }

    /** Without what the cache map of version 2 has in addition. */
    private static String former(String json) {
        return json.replaceAll("\"(startsAtMillis|dataFragments|parityFragments)\":0,", "")
                .replaceAll(",\"number\":[01]", "")
                .replace(",\"departed\":[]", "");
    }

    @Test
    void theVersionBeforeUnderstandsWhatSaysNothingNew() throws ControlFormatException {
        assertEquals(OLD, text(whole(1, "none")));
        assertEquals(whole(1, "none"), decode(OLD));
    }

    @Test
    void whatSaysSomethingNewIsOfTheNewVersion() throws ControlFormatException {
        for (Whole fresh : List.of(whole(2, "none"), whole(1, "red"), whole(3, "blue"))) {
            String text = text(fresh);
            assertTrue(text.startsWith("{\"v\":2,"), text);
            assertEquals(fresh, decode(text));
        }
        assertEquals(
                "{\"v\":2,\"name\":\"w\",\"copies\":1,\"parts\":[{\"name\":\"a\",\"colour\":\"none\"},"
                        + "{\"name\":\"b\",\"colour\":\"red\"}],\"main\":{\"name\":\"c\",\"colour\":\"none\"}}",
                text(whole(1, "red")));
    }

    @Test
    void otherVersionsAreRefusedAndBothAreNamed() {
        for (int version : new int[] {0, 3, -1, Integer.MAX_VALUE}) {
            ControlFormatException refused = assertThrows(
                    ControlFormatException.class, () -> decode(OLD.replace("\"v\":1", "\"v\":" + version)));
            assertTrue(
                    refused.getMessage().contains("version " + version)
                            && refused.getMessage().contains("speaks " + ControlCodec.VERSION),
                    refused.getMessage());
        }
    }

    @Test
    void aFieldFromTheFutureIsRefused() {
        ControlFormatException refused = assertThrows(
                ControlFormatException.class,
                () -> decode(OLD.replace("\"name\":\"w\"", "\"name\":\"w\",\"copies\":2")));
        assertTrue(refused.getMessage().contains("\"copies\""), refused.getMessage());
        assertThrows(
                ControlFormatException.class,
                () -> decode(OLD.replace("\"v\":1", "\"v\":2")),
                "a message of version 2 has all fields of version 2");
    }

    private static String text(Record message) {
        return new String(ControlCodec.encode(message), StandardCharsets.UTF_8);
    }

    private static Whole decode(String text) throws ControlFormatException {
        return ControlCodec.decode(text.getBytes(StandardCharsets.UTF_8), Whole.class, "test");
    }
}
