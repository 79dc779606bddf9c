package xyz.autonomys.farmer.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * An argument such as {@code path=/mnt/a,sectors=10}: named values separated by commas. A comma that no name follows
 * belongs to the value.
 *
 * @param path the directory
 * @param values the other values by name
 */
record DirectoryArgument(Path path, Map<String, String> values) {
    private static final Map<String, Long> UNITS = Map.ofEntries(
            Map.entry("", 1L),
            Map.entry("b", 1L),
            Map.entry("k", 1000L),
            Map.entry("kb", 1000L),
            Map.entry("kib", 1L << 10),
            Map.entry("m", 1_000_000L),
            Map.entry("mb", 1_000_000L),
            Map.entry("mib", 1L << 20),
            Map.entry("g", 1_000_000_000L),
            Map.entry("gb", 1_000_000_000L),
            Map.entry("gib", 1L << 30),
            Map.entry("t", 1_000_000_000_000L),
            Map.entry("tb", 1_000_000_000_000L),
            Map.entry("tib", 1L << 40));

    /**
     * Parses an argument.
     *
     * @param known names that may stand beside {@code path}
     * @throws IllegalArgumentException naming what is wrong
     */
    static DirectoryArgument parse(String text, Set<String> known) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String part : text.split(",(?=[a-z-]+=)", -1)) {
            int at = part.indexOf('=');
            String name = at < 0 ? "" : part.substring(0, at);
            if (!name.equals("path") && !known.contains(name)) {
                throw new IllegalArgumentException(
                        "\"" + text + "\" is not understood at \"" + part + "\"; expected is path=DIR"
                                + (known.isEmpty() ? "" : " with " + String.join("=…, ", known) + "=…"));
            }
            if (values.put(name, part.substring(at + 1)) != null) {
                throw new IllegalArgumentException("\"" + text + "\" names " + name + " twice");
            }
        }
        String path = values.remove("path");
        if (path == null || path.isEmpty()) {
            throw new IllegalArgumentException("\"" + text + "\" names no directory; expected is path=DIR");
        }
        return new DirectoryArgument(Path.of(path), values);
    }

    /** A whole number by name. */
    OptionalLong number(String name) {
        String text = values.get(name);
        if (text == null) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(Long.parseLong(text));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + "=" + text + " is no whole number", e);
        }
    }

    /** A size by name, such as {@code 10GiB} or {@code 2TB}. */
    OptionalLong size(String name) {
        String text = values.get(name);
        if (text == null) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(parseSize(name + "=" + text, text));
    }

    /**
     * A size, such as {@code 10GiB} or {@code 2TB}, in bytes.
     *
     * @param shown how the text stood on the command line
     * @throws IllegalArgumentException naming {@code shown} if it is none
     */
    static long parseSize(String shown, String text) {
        int digits = 0;
        while (digits < text.length() && Character.isDigit(text.charAt(digits))) {
            digits++;
        }
        Long unit = UNITS.get(text.substring(digits).strip().toLowerCase(Locale.ROOT));
        try {
            if (unit != null && digits > 0) {
                return Math.multiplyExact(Long.parseLong(text.substring(0, digits)), unit);
            }
        } catch (ArithmeticException | NumberFormatException e) {
            throw new IllegalArgumentException(shown + " is too large", e);
        }
        throw new IllegalArgumentException(shown + " is no size; expected is for example 100GiB or 2TB");
    }
}
