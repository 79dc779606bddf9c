package xyz.autonomys.farmer.farm;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import xyz.autonomys.farmer.farm.FarmException.Reason;

/**
 * Gives a file a length with all its blocks on the disk, so that a later write cannot fail for want of space.
 *
 * <p>Source: autonomys/subspace, crates/subspace-farmer/src/single_disk_farm.rs, with the error number that
 * {@code posix_fallocate} returns instead of the unrelated one upstream shows (specification 05 §3.1).
 */
final class Preallocation {
    private static final int ZEROS = 1 << 20;

    private Preallocation() {}

    /** Makes {@code file}, created if missing, {@code length} bytes long. A file that is longer is cut. */
    static void resize(Path file, long length) throws IOException {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long old = channel.size();
            if (old > length) {
                channel.truncate(length);
            } else if (old < length) {
                try {
                    grow(file, channel, old, length);
                } catch (IOException e) {
                    channel.truncate(old);
                    throw noSpace(file, length, e);
                }
            }
            channel.force(true);
        }
    }

    private static void grow(Path file, FileChannel channel, long old, long length) throws IOException {
        if (PosixFile.AVAILABLE) {
            try (PosixFile posix = PosixFile.open(file, true)) {
                int error = posix.allocate(length);
                if (error == 0) {
                    return;
                }
                if (error != PosixFile.EOPNOTSUPP && error != PosixFile.EINVAL) {
                    throw new IOException(error == PosixFile.ENOSPC ? "no space left" : "errno " + error);
                }
            }
        }
        ByteBuffer zeros = ByteBuffer.allocateDirect(ZEROS);
        for (long at = old; at < length; ) {
            zeros.clear().limit((int) Math.min(ZEROS, length - at));
            at += channel.write(zeros, at);
        }
    }

    private static FarmException noSpace(Path file, long length, IOException cause) throws IOException {
        long free = Files.getFileStore(file).getUsableSpace();
        return new FarmException(
                Reason.NO_SPACE,
                file + " cannot be allocated with " + length + " bytes (" + cause.getMessage()
                        + "), the file system has " + free + " bytes free; make room, or give the farm less",
                cause);
    }
}
