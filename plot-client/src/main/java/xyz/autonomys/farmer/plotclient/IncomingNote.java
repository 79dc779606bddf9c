package xyz.autonomys.farmer.plotclient;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How much of which sector is in its place in the plot already, in a small file beside the farm. A lost or old note costs
 * only that bytes come twice: what is gone on from passes the checksum of the whole in the end, or all of it comes anew.
 */
final class IncomingNote {
    private static final Logger LOG = LoggerFactory.getLogger(IncomingNote.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;

    IncomingNote(Path file) {
        this.file = file;
    }

    /** Bytes of this task's sector that are on the disk. */
    long bytesOf(String taskId) {
        try {
            JsonNode note = JSON.readTree(Files.readString(file));
            return note.path("task").asText().equals(taskId)
                    ? Math.max(0, note.path("bytes").asLong())
                    : 0;
        } catch (NoSuchFileException e) {
            return 0;
        } catch (IOException e) {
            LOG.warn("{} cannot be read ({}), the sector on its way comes anew", file, e.getMessage());
            return 0;
        }
    }

    /** Notes that the first {@code bytes} of the task's sector are on the disk. */
    void write(String taskId, long bytes) throws IOException {
        ObjectNode note = JSON.createObjectNode().put("task", taskId).put("bytes", bytes);
        Path fresh = file.resolveSibling(file.getFileName() + ".tmp");
        Files.write(fresh, note.toString().getBytes(StandardCharsets.UTF_8));
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Nothing is on its way. */
    void clear() throws IOException {
        Files.deleteIfExists(file);
    }
}
