package xyz.autonomys.farmer.farm;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Set;
import xyz.autonomys.farmer.farm.FarmException.Reason;
import xyz.autonomys.farmer.sr25519.Sr25519KeyPair;

/**
 * {@code identity.bin}: the byte {@code 80} (SCALE length 32) and 32 bytes of entropy, from which the farm's key is
 * derived. The file is the secret itself, so it is created for its owner only.
 */
final class IdentityFile {
    static final String FILE_NAME = "identity.bin";

    private static final int BYTES = 33;
    private static final byte COMPACT_32 = (byte) 0x80;

    private IdentityFile() {}

    static Sr25519KeyPair read(Path directory) throws IOException {
        Path file = directory.resolve(FILE_NAME);
        byte[] bytes;
        try (var in = Files.newInputStream(file)) {
            bytes = in.readNBytes(BYTES);
        } catch (NoSuchFileException e) {
            throw new FarmException(
                    Reason.DAMAGED,
                    file + " is missing; restore it from a backup, or wipe the farm: nobody else can sign for it",
                    e);
        }
        return parse(bytes, file.toString());
    }

    /** The key of these contents; what follows the 33 bytes is ignored, as upstream does. */
    static Sr25519KeyPair parse(byte[] bytes, String source) throws FarmException {
        if (bytes.length < BYTES || bytes[0] != COMPACT_32) {
            throw new FarmException(
                    Reason.DAMAGED,
                    source + ": expected 33 bytes that begin with 80, found "
                            + (bytes.length == 0 ? "none" : bytes.length + String.format(", first %02x", bytes[0]))
                            + "; restore it from a backup");
        }
        return Sr25519KeyPair.fromEntropy(Arrays.copyOfRange(bytes, 1, BYTES));
    }

    static Sr25519KeyPair create(Path directory, SecureRandom random) throws IOException {
        byte[] entropy = new byte[BYTES - 1];
        random.nextBytes(entropy);
        return write(directory, entropy);
    }

    static Sr25519KeyPair write(Path directory, byte[] entropy) throws IOException {
        Path file = directory.resolve(FILE_NAME);
        boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
        FileAttribute<?>[] ownerOnly = posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
        Set<OpenOption> options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try (FileChannel channel = FileChannel.open(file, options, ownerOnly)) {
            ByteBuffer bytes =
                    ByteBuffer.allocate(BYTES).put(COMPACT_32).put(entropy).flip();
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        return Sr25519KeyPair.fromEntropy(entropy);
    }
}
