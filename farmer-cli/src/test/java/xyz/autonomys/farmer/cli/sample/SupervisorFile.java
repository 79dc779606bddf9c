package xyz.autonomys.farmer.cli.sample;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * A configuration file of Supervisor.
 *
 * @param sections values by name, by the names of their sections, in the order of the file
 */
public record SupervisorFile(Map<String, Map<String, String>> sections) {
    private static final String PROGRAM = "program:";

    /**
     * Reads a file.
     *
     * @throws IOException if it cannot be read, or a line is neither section, value nor comment
     */
    public static SupervisorFile read(Path file) throws IOException {
        Map<String, Map<String, String>> sections = new LinkedHashMap<>();
        Map<String, String> section = null;
        for (String line : Files.readAllLines(file)) {
            String text = line.strip();
            if (text.isEmpty() || text.startsWith(";")) {
                continue;
            }
            int at = text.indexOf('=');
            if (text.startsWith("[") && text.endsWith("]")) {
                section = new LinkedHashMap<>();
                String name = text.substring(1, text.length() - 1);
                if (sections.put(name, section) != null) {
                    throw new IOException(file + " has [" + name + "] twice");
                }
            } else if (at <= 0 || section == null || Character.isWhitespace(line.charAt(0))) {
                throw new IOException(file + ": \"" + line + "\" is not understood");
            } else {
                String name = text.substring(0, at).strip();
                if (section.put(name, text.substring(at + 1).strip()) != null) {
                    throw new IOException(file + " has " + name + " twice in a section");
                }
            }
        }
        return new SupervisorFile(sections);
    }

    /** Names of the programs. */
    public List<String> programs() {
        return sections.keySet().stream()
                .filter(name -> name.startsWith(PROGRAM))
                .map(name -> name.substring(PROGRAM.length()))
                .toList();
    }

    /** The values of a program. */
    public Map<String, String> program(String name) {
        return sections.get(PROGRAM + name);
    }

    /** Words of a program's command line. */
    public List<String> command(String program) {
        return List.of(program(program).get("command").split(" "));
    }

    /** The values of a program's {@code environment}. */
    public Map<String, String> environment(String program) {
        Map<String, String> values = new LinkedHashMap<>();
        String text = program(program).getOrDefault("environment", "");
        for (String pair : text.isEmpty() ? new String[0] : text.split(",")) {
            int at = pair.indexOf('=');
            values.put(pair.substring(0, at), pair.substring(at + 1).replace("\"", ""));
        }
        return values;
    }

    /** The file without a program. */
    public SupervisorFile without(String program) {
        Map<String, Map<String, String>> changed = new LinkedHashMap<>(sections);
        changed.remove(PROGRAM + program);
        return new SupervisorFile(changed);
    }

    /** The file with one value of a program changed; {@code change} sees an empty text if there is none yet. */
    public SupervisorFile with(String program, String name, UnaryOperator<String> change) {
        Map<String, Map<String, String>> changed = new LinkedHashMap<>(sections);
        Map<String, String> values = new LinkedHashMap<>(changed.getOrDefault(PROGRAM + program, Map.of()));
        values.put(name, change.apply(values.getOrDefault(name, "")));
        changed.put(PROGRAM + program, values);
        return new SupervisorFile(changed);
    }

    /** The file without one value of a program. */
    public SupervisorFile withoutValue(String program, String name) {
        Map<String, Map<String, String>> changed = new LinkedHashMap<>(sections);
        Map<String, String> values = new LinkedHashMap<>(changed.get(PROGRAM + program));
        values.remove(name);
        changed.put(PROGRAM + program, values);
        return new SupervisorFile(changed);
    }

    /** Writes the file. */
    public void write(Path file) throws IOException {
        List<String> lines = new ArrayList<>();
        sections.forEach((name, values) -> {
            lines.add("[" + name + "]");
            values.forEach((key, value) -> lines.add(key + "=" + value));
            lines.add("");
        });
        Files.write(file, lines);
    }
}
