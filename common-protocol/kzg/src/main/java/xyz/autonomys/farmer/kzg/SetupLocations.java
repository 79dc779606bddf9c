package xyz.autonomys.farmer.kzg;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where the ceremony's file is looked for.
 *
 * @param named the file that the environment names; if it does, no other place counts
 * @param user the user's place, where it is installed
 * @param system the place of a package
 */
record SetupLocations(Optional<Path> named, Path user, Path system) {
    /** Environment variable that names the file. */
    static final String VARIABLE = "AUTONOMYS_TRUSTED_SETUP";

    private static final String FILE_NAME = "eth-public-parameters.bin";
    private static final String DIRECTORY = "autonomys-farmer";

    /** Those of this process. */
    static SetupLocations ofProcess() {
        return of(System.getenv(), Path.of(System.getProperty("user.home")));
    }

    /** Those of an environment and a home directory. */
    static SetupLocations of(Map<String, String> environment, Path home) {
        Path data = absolute(environment.get("XDG_DATA_HOME"))
                .orElse(home.resolve(".local").resolve("share"));
        String named = environment.get(VARIABLE);
        return new SetupLocations(
                named == null || named.isBlank() ? Optional.empty() : Optional.of(Path.of(named)),
                data.resolve(DIRECTORY).resolve(FILE_NAME),
                Path.of("/usr/share").resolve(DIRECTORY).resolve(FILE_NAME));
    }

    /** The XDG rules ignore paths that are not absolute. */
    private static Optional<Path> absolute(String text) {
        try {
            return Optional.ofNullable(text).map(Path::of).filter(Path::isAbsolute);
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    /** The files to look for, the first that exists counts. */
    List<Path> files() {
        return named.map(List::of).orElse(List.of(user, system));
    }
}
