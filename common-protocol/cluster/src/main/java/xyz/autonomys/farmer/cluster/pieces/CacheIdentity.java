package xyz.autonomys.farmer.cluster.pieces;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.cluster.control.MemberId;

/**
 * The identity of a cache with several directories. It lies in each of them, so that it stays the same in whatever order
 * they are given, and when one is added or taken away.
 */
public final class CacheIdentity {
    private static final Logger LOG = LoggerFactory.getLogger(CacheIdentity.class);

    private CacheIdentity() {}

    /**
     * The identity kept in the directories, drawn if there is none yet.
     *
     * @param directories at least one; they exist and are locked by the caller
     */
    public static MemberId of(List<Path> directories) throws IOException {
        Path home = directories.stream()
                .filter(directory -> Files.exists(directory.resolve(MemberId.FILE_NAME)))
                .findFirst()
                .orElse(directories.getFirst());
        MemberId id = MemberId.loadOrCreate(home);
        for (Path directory : directories) {
            Path file = directory.resolve(MemberId.FILE_NAME);
            if (Files.exists(file) && !MemberId.loadOrCreate(directory).equals(id)) {
                LOG.warn(
                        "{} was part of another cache; its pieces are kept, and from now on it is part of cache {}",
                        directory,
                        id);
                Files.delete(file);
            }
            if (!Files.exists(file)) {
                Files.copy(home.resolve(MemberId.FILE_NAME), file);
            }
        }
        return id;
    }
}
