package xyz.autonomys.farmer.kzg;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrustedSetupsTest {
    @Test
    void refusesEveryOtherFile(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("setup");
        Files.write(file, new byte[1000]);
        IOException shorter = assertThrows(IOException.class, () -> TrustedSetups.read(file));
        assertTrue(shorter.getMessage().contains("1000 bytes, expected " + TrustedSetups.FILE_BYTES));
        Files.write(file, new byte[TrustedSetups.FILE_BYTES]);
        IOException other = assertThrows(IOException.class, () -> TrustedSetups.read(file));
        assertTrue(other.getMessage().contains(TrustedSetups.FILE_SHA256), other.getMessage());
    }
}
