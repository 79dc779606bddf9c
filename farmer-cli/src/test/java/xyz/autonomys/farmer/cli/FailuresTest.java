package xyz.autonomys.farmer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class FailuresTest {
    @Test
    void faultsOfFilesSayMoreThanThePath(@TempDir Path directory) throws Exception {
        Path file = Files.createFile(directory.resolve("file"));
        assertSays(
                "there is no file or directory " + directory.resolve("none"),
                () -> Files.size(directory.resolve("none")));
        assertSays(file + " is there already", () -> Files.createDirectories(file));
        assertSays(
                file + " is no directory", () -> Files.newDirectoryStream(file).close());
        assertSays(directory + " is not empty", () -> Files.delete(directory));
        assertTrue(Failures.explain(new AccessDeniedException("/x")).startsWith("/x may not be used by the user "));
        assertEquals("no room", Failures.explain(new IOException("no room")));
    }

    private static void assertSays(String text, Executable action) {
        String said = Failures.explain(assertThrows(IOException.class, action));
        assertTrue(said.startsWith(text), said);
    }
}
