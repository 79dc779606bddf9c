package xyz.autonomys.farmer.farm;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import xyz.autonomys.farmer.farm.FarmException.Reason;

/**
 * The exclusive lock of a farm, on {@code single_disk_farm.json} itself, held until closed. It excludes upstream's
 * farmer as well, which uses {@code flock} on the same file. The system drops it when the process ends, however it ends.
 */
final class FarmLock implements AutoCloseable {
    private static final Path LOCK_TABLE = Path.of("/proc/locks");
    private static final int MAX_COMMAND = 120;

    private final AutoCloseable holder;

    private FarmLock(AutoCloseable holder) {
        this.holder = holder;
    }

    /**
     * Locks an existing file.
     *
     * @throws FarmException naming the process that holds the lock, where the system tells
     */
    static FarmLock acquire(Path file) throws IOException {
        if (PosixFile.AVAILABLE) {
            PosixFile posix = PosixFile.open(file, true);
            try {
                if (!posix.tryLock()) {
                    throw inUse(file);
                }
            } catch (IOException e) {
                posix.close();
                throw e;
            }
            return new FarmLock(posix);
        }
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() == null) {
                throw inUse(file);
            }
        } catch (OverlappingFileLockException | IOException e) {
            channel.close();
            throw e instanceof IOException io ? io : inUse(file);
        }
        return new FarmLock(channel);
    }

    private static FarmException inUse(Path file) {
        return new FarmException(
                Reason.IN_USE,
                "The farm in " + file.toAbsolutePath().getParent() + " is in use: " + describeHolder(file)
                        + " has locked " + file.getFileName() + "; stop it, or leave the farm to it");
    }

    /** Who holds the lock, from the kernel's table of locks. */
    private static String describeHolder(Path file) {
        try {
            String inode = ":" + Files.getAttribute(file, "unix:ino") + " ";
            for (String line : Files.readAllLines(LOCK_TABLE)) {
                // 1: FLOCK  ADVISORY  WRITE 1234 fe:00:5678 0 EOF
                String[] words = line.trim().split("\\s+");
                if (words.length >= 6 && words[1].equals("FLOCK") && line.contains(inode)) {
                    Path process = Path.of("/proc", words[4]);
                    if (hasOpen(process, file)) {
                        return "process " + words[4] + command(process);
                    }
                }
            }
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            // Without the table, or without the right to look, the holder stays unnamed.
            return "another process";
        }
        return "another process";
    }

    /** Whether the process has the file open; inode numbers alone repeat from one file system to the next. */
    private static boolean hasOpen(Path process, Path file) throws IOException {
        if (!Files.isReadable(process.resolve("fd"))) {
            return Files.isDirectory(process);
        }
        Path wanted = file.toRealPath();
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path descriptor : descriptors) {
                try {
                    if (Files.readSymbolicLink(descriptor).equals(wanted)) {
                        return true;
                    }
                } catch (IOException e) {
                    // Closed meanwhile.
                    continue;
                }
            }
        }
        return false;
    }

    private static String command(Path process) {
        try {
            String command = Files.readString(process.resolve("cmdline"))
                    .replace('\0', ' ')
                    .strip();
            if (command.isEmpty()) {
                return "";
            }
            return " (" + (command.length() > MAX_COMMAND ? command.substring(0, MAX_COMMAND) + "…" : command) + ")";
        } catch (IOException e) {
            return "";
        }
    }

    @Override
    public void close() throws IOException {
        try {
            holder.close();
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
    }
}
