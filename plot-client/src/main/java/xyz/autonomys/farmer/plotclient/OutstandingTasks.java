package xyz.autonomys.farmer.plotclient;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which sectors of a farm have been asked for, in a small file beside the farm, so that a restart does not ask twice. A
 * lost file costs at most a sector plotted twice. Thread-safe; only who changes the tasks waits for the disk.
 */
final class OutstandingTasks {
    private static final Logger LOG = LoggerFactory.getLogger(OutstandingTasks.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private final Map<Integer, Task> tasks = new ConcurrentSkipListMap<>();
    private long nextGeneration;

    /**
     * A sector that was asked for.
     *
     * @param generation of the task
     * @param signNanos when the last sign of life of it was seen, by this process's clock
     * @param begunNanos when the first sign of a plot-server's work on it was seen, 0 if none was
     * @param askedNanos when it was asked for, or this process began if that was before
     */
    record Task(long generation, long signNanos, long begunNanos, long askedNanos) {}

    OutstandingTasks(Path file) {
        this.file = file;
        try {
            JsonNode saved = JSON.readTree(Files.readString(file));
            nextGeneration = saved.path("nextGeneration").asLong();
            saved.path("tasks")
                    .properties()
                    .forEach(entry -> tasks.put(
                            Integer.parseInt(entry.getKey()),
                            new Task(entry.getValue().asLong(), System.nanoTime(), 0, System.nanoTime())));
        } catch (NoSuchFileException e) {
            LOG.debug("{} is new", file);
        } catch (IOException | NumberFormatException e) {
            LOG.warn("{} cannot be read ({}), sectors are asked for anew", file, e.getMessage());
        }
        // Without the file, an earlier generation is not known: time never goes back far enough to repeat one.
        nextGeneration = Math.max(nextGeneration, System.currentTimeMillis());
    }

    /** Notes that a sector is asked for, durably, before it is. */
    synchronized long add(int sectorIndex) throws IOException {
        long generation = nextGeneration++;
        long now = System.nanoTime();
        tasks.put(sectorIndex, new Task(generation, now, 0, now));
        boolean saved = false;
        try {
            save();
            saved = true;
        } finally {
            if (!saved) {
                tasks.remove(sectorIndex);
            }
        }
        return generation;
    }

    /** The task of a sector. */
    Optional<Task> find(int sectorIndex) {
        return Optional.ofNullable(tasks.get(sectorIndex));
    }

    /** The task was seen in the queue or in the staging of a plot-server. */
    void sign(int sectorIndex) {
        tasks.computeIfPresent(
                sectorIndex,
                (index, task) -> new Task(task.generation(), System.nanoTime(), task.begunNanos(), task.askedNanos()));
    }

    /** A plot-server is at work on the sector. */
    void inWork(int sectorIndex) {
        long now = System.nanoTime();
        tasks.computeIfPresent(
                sectorIndex,
                (index, task) -> new Task(
                        task.generation(), now, task.begunNanos() == 0 ? now : task.begunNanos(), task.askedNanos()));
    }

    /** The sectors of which nothing was heard for so long. */
    List<Integer> silentFor(Duration time) {
        long now = System.nanoTime();
        List<Integer> silent = new ArrayList<>();
        tasks.forEach((index, task) -> {
            if (now - task.signNanos() > time.toNanos()) {
                silent.add(index);
            }
        });
        return silent;
    }

    /** The sector of this task is done, or the task is lost; a newer task for the same sector stays. */
    synchronized void remove(int sectorIndex, long generation) {
        Task task = tasks.get(sectorIndex);
        if (task != null && task.generation() == generation) {
            tasks.remove(sectorIndex);
            try {
                save();
            } catch (IOException e) {
                LOG.warn("{} could not be written: {}", file, e.getMessage());
            }
        }
    }

    int size() {
        return tasks.size();
    }

    private void save() throws IOException {
        ObjectNode node = JSON.createObjectNode();
        node.put("nextGeneration", nextGeneration);
        ObjectNode list = node.putObject("tasks");
        tasks.forEach((index, task) -> list.put(Integer.toString(index), task.generation()));
        Path fresh = file.resolveSibling(file.getFileName() + ".tmp");
        try (FileChannel channel = FileChannel.open(
                fresh, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(node.toString().getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
