package xyz.autonomys.farmer.plotserver;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.cluster.control.ControlCodec;
import xyz.autonomys.farmer.cluster.control.ControlFormatException;
import xyz.autonomys.farmer.cluster.control.PlotTask;
import xyz.autonomys.farmer.cluster.control.StagedSector;
import xyz.autonomys.farmer.store.DirectoryLock;

/**
 * Finished sectors on disk. A sector is written to {@code <task>.part}, forced to disk, renamed to {@code <task>.sector};
 * {@code <task>.json} beside it says what it is and is written first. A restart finds complete sectors and removes
 * what is left of others; files with other names than these are none of its business. It belongs to one process at a time.
 * Thread-safe.
 */
final class StagingDirectory implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StagingDirectory.class);
    private static final String PART = ".part";
    private static final String SECTOR = ".sector";
    private static final String DESCRIPTION = ".json";
    /** The id of a task, farm, sector and generation, with one of the endings. */
    private static final Pattern NAME =
            Pattern.compile("(" + PlotTask.ID_PATTERN + ")\\.(part|sector|json|json\\.tmp)");

    private final Path directory;
    private final DirectoryLock lock;
    private final Map<String, StagedSector> staged = new ConcurrentHashMap<>();

    /**
     * Opens the directory, made if there is none, and reads what an earlier process staged.
     *
     * @throws IOException if it cannot be used, or another process uses it
     */
    StagingDirectory(Path directory) throws IOException {
        this.directory = Files.createDirectories(directory);
        this.lock = DirectoryLock.acquire(directory);
        boolean opened = false;
        try {
            look();
            opened = true;
        } finally {
            if (!opened) {
                lock.close();
            }
        }
    }

    private void look() throws IOException {
        List<Path> leftovers = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                Matcher name = NAME.matcher(file.getFileName().toString());
                if (name.matches() && !(file.toString().endsWith(SECTOR) && adopt(name.group(1)))) {
                    leftovers.add(file);
                }
            }
        }
        for (Path file : leftovers) {
            String name = file.getFileName().toString();
            boolean described = name.endsWith(DESCRIPTION)
                    && staged.containsKey(name.substring(0, name.length() - DESCRIPTION.length()));
            if (!described) {
                Files.deleteIfExists(file);
                LOG.info("Removed {}, which an earlier run left unfinished", file);
            }
        }
    }

    private boolean adopt(String taskId) throws IOException {
        try {
            StagedSector sector = ControlCodec.decode(
                    Files.readAllBytes(path(taskId, DESCRIPTION)),
                    StagedSector.class,
                    path(taskId, DESCRIPTION).toString());
            if (sector.task().taskId().equals(taskId) && Files.size(path(taskId, SECTOR)) == sector.length()) {
                staged.put(taskId, sector);
                return true;
            }
        } catch (NoSuchFileException | ControlFormatException e) {
            LOG.warn("The staged sector {} cannot be used: {}", path(taskId, SECTOR), e.getMessage());
        }
        return false;
    }

    /** The sectors that are staged. */
    List<StagedSector> all() {
        return List.copyOf(staged.values());
    }

    /** Bytes of all staged sectors. */
    long bytes() {
        return staged.values().stream().mapToLong(StagedSector::length).sum();
    }

    /**
     * Why no further sector may be begun, in words; empty if one may.
     *
     * @param limit most bytes of finished sectors
     * @param sectors sectors in work, the further one included
     * @param sectorBytes bytes of one, 0 if that is not known yet
     */
    Optional<String> whyFull(long limit, int sectors, long sectorBytes) {
        long held = bytes();
        if ((held > 0 || sectors > 1) && held + sectors * sectorBytes > limit) {
            return Optional.of("plot-clients to take " + staged.size() + " staged sectors, which fill the limit of "
                    + (limit >> 20) + " MiB");
        }
        long free = directory.toFile().getUsableSpace();
        if (free < sectors * sectorBytes) {
            return Optional.of("space on the staging disk: " + directory + " has " + (free >> 20) + " MiB free, "
                    + sectors + " sectors take " + (sectors * sectorBytes >> 20) + " MiB");
        }
        return Optional.empty();
    }

    /** Opens the file of a sector that is about to be made; an earlier attempt at it is overwritten. */
    FileChannel create(String taskId) throws IOException {
        return FileChannel.open(
                path(taskId, PART),
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE);
    }

    /** Makes a sector whose bytes have been written durable. */
    void commit(StagedSector sector) throws IOException {
        String taskId = sector.task().taskId();
        Path description = path(taskId, DESCRIPTION);
        Path fresh = path(taskId, DESCRIPTION + ".tmp");
        Files.write(fresh, ControlCodec.encode(sector));
        force(fresh);
        Files.move(fresh, description, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        force(path(taskId, PART));
        Files.move(
                path(taskId, PART),
                path(taskId, SECTOR),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
        force(directory);
        staged.put(taskId, sector);
    }

    /** Opens a staged sector for reading. */
    FileChannel open(String taskId) throws IOException {
        return FileChannel.open(path(taskId, SECTOR), StandardOpenOption.READ);
    }

    /** The staged sector of a file id, or null. */
    StagedSector find(String fileId) {
        return staged.get(fileId);
    }

    /** Removes what is there of a task. */
    void remove(String taskId) {
        staged.remove(taskId);
        for (String suffix : List.of(SECTOR, PART, DESCRIPTION)) {
            try {
                Files.deleteIfExists(path(taskId, suffix));
            } catch (IOException e) {
                LOG.warn("{} could not be removed: {}", path(taskId, suffix), e.getMessage());
            }
        }
    }

    /** Lets another process use the directory; what is staged stays. */
    @Override
    public void close() throws IOException {
        lock.close();
    }

    private Path path(String taskId, String suffix) {
        return directory.resolve(taskId + suffix);
    }

    private static void force(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
