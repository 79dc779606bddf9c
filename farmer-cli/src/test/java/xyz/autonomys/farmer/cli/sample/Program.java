package xyz.autonomys.farmer.cli.sample;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;

/**
 * The program as a distribution lays it out: the real launcher, and a jar that leads to the classes under test.
 *
 * @param root its directory
 */
public record Program(Path root) {
    private static final Path SOURCES = Path.of("..").toAbsolutePath().normalize();

    /** Lays the program out in a directory. */
    public static Program layOut(Path root) throws IOException {
        Files.createDirectories(root.resolve("tools"));
        try (var launchers = Files.list(SOURCES)) {
            for (Path launcher : launchers
                    .filter(file -> file.getFileName().toString().startsWith("autonomys-"))
                    .toList()) {
                Path copy = Files.copy(launcher, root.resolve(launcher.getFileName()));
                copy.toFile().setExecutable(true);
            }
        }
        Files.copy(SOURCES.resolve("tools/environment.sh"), root.resolve("tools/environment.sh"));
        Manifest manifest = new Manifest();
        Attributes attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.put(Attributes.Name.MAIN_CLASS, "xyz.autonomys.farmer.cli.Main");
        attributes.put(
                Attributes.Name.CLASS_PATH,
                List.of(System.getProperty("java.class.path").split(":")).stream()
                        .map(entry -> Path.of(entry).toAbsolutePath().toUri().toString())
                        .collect(Collectors.joining(" ")));
        new JarOutputStream(Files.newOutputStream(root.resolve("autonomys-farmer.jar")), manifest).close();
        return new Program(root);
    }

    /** The launcher. */
    public Path launcher() {
        return root.resolve("autonomys-farmer");
    }

    /** What a process is told by its environment. */
    public static Map<String, String> environment(int heapMegabytes) {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        environment.put(
                "JAVA_OPTS",
                "-Xmx" + heapMegabytes + "m -XX:+UseSerialGC -XX:-UseTransparentHugePages"
                        + (heapMegabytes < 100 ? " -XX:TieredStopAtLevel=1" : ""));
        environment.put("AUTONOMYS_TRUSTED_SETUP", "development");
        return environment;
    }

    /** A process of the launcher of this name, not started yet. */
    public ProcessBuilder process(String launcher, int heapMegabytes, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(root.resolve(launcher).toString()));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment(heapMegabytes));
        return builder;
    }
}
