package xyz.autonomys.farmer.gpu;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Set;

/**
 * Puts native libraries of the class path where only this user can write. JCuda by itself extracts them to the temporary
 * directory under a fixed name and loads whatever already has that name.
 */
final class PrivateLibraries {
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");

    private PrivateLibraries() {}

    /** Where this program keeps what it can make again: {@code $XDG_CACHE_HOME/autonomys-farmer/NAME}, created. */
    static Path directory(String name) throws IOException {
        String cache = System.getenv("XDG_CACHE_HOME");
        Path base = cache != null && cache.startsWith("/")
                ? Path.of(cache)
                : Path.of(System.getProperty("user.home"), ".cache");
        return ownedDirectory(base.resolve("autonomys-farmer").resolve(name));
    }

    /**
     * Creates a directory that only this user can enter, or makes sure that an existing one is such.
     *
     * @throws IOException if it belongs to someone else, others can write there, or it is a link
     */
    static Path ownedDirectory(Path directory) throws IOException {
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectories(directory.getParent());
            Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        }
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(directory, LinkOption.NOFOLLOW_LINKS);
        Path mine = Files.createTempFile(directory, "owner", "");
        boolean owned = Files.getOwner(directory, LinkOption.NOFOLLOW_LINKS).equals(Files.getOwner(mine));
        Files.delete(mine);
        if (!owned
                || permissions.contains(PosixFilePermission.GROUP_WRITE)
                || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
            throw new IOException("native code is not loaded from " + directory
                    + ", because others can write there; remove it or set XDG_CACHE_HOME");
        }
        return directory;
    }

    /**
     * The library at a class path resource, as a file in {@code directory}: a file with other bytes is replaced.
     *
     * @return the file
     */
    static Path extract(String resource, Path directory) throws IOException {
        byte[] wanted;
        try (InputStream in = PrivateLibraries.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IOException("this build has no library " + resource);
            }
            wanted = in.readAllBytes();
        }
        Path file = directory.resolve(resource.substring(resource.lastIndexOf('/') + 1));
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || !Arrays.equals(Files.readAllBytes(file), wanted)) {
            Path part = Files.createTempFile(directory, "library", ".part");
            Files.write(part, wanted);
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
        return file;
    }
}
