package xyz.autonomys.farmer.cli;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * Where data goes that nobody asked to keep: below {@code TMPDIR} if that is set, else below {@code /var/tmp}, which is on
 * a disk. The JVM's own directory for temporary files is for native libraries alone, and {@code /tmp} often is memory.
 */
final class TemporaryDirectory {
    private static final Path ON_DISK = Path.of("/var/tmp");

    private TemporaryDirectory() {}

    /** Makes a new one, which only its owner can read. */
    static Path create(String prefix) throws IOException {
        String wanted = System.getenv("TMPDIR");
        if (wanted != null && !wanted.isBlank()) {
            return Files.createTempDirectory(Path.of(wanted), prefix);
        }
        return Files.isWritable(ON_DISK)
                ? Files.createTempDirectory(ON_DISK, prefix)
                : Files.createTempDirectory(prefix);
    }

    /** Deletes a directory, if it is there, and all that is in it; links are deleted, not followed. */
    static void delete(Path directory) throws IOException {
        if (Files.notExists(directory)) {
            return;
        }
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, IOException failure) throws IOException {
                Files.deleteIfExists(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
