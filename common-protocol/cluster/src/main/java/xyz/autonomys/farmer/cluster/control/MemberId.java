package xyz.autonomys.farmer.cluster.control;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * Identity of one member of the cluster: 16 lower-case hex digits, drawn at random once. Roles with a directory keep
 * it there, so that it survives restarts.
 *
 * @param value 16 hex digits
 */
public record MemberId(@JsonValue String value) {
    /** Name of the file that keeps the id in a role's directory. */
    public static final String FILE_NAME = "member-id";

    private static final SecureRandom RANDOM = new SecureRandom();

    /** Checks the form. */
    @JsonCreator
    public MemberId {
        if (value == null || !value.matches("[0-9a-f]{16}")) {
            throw new IllegalArgumentException("member id \"" + value + "\" is not 16 lower-case hex digits");
        }
    }

    /** A new random id. */
    public static MemberId random() {
        byte[] bytes = new byte[8];
        RANDOM.nextBytes(bytes);
        return new MemberId(HexFormat.of().formatHex(bytes));
    }

    /**
     * The id kept in {@code directory}, drawn and written durably if there is none yet.
     *
     * @throws IOException if it cannot be read or written, or the file holds something else
     */
    public static MemberId loadOrCreate(Path directory) throws IOException {
        Files.createDirectories(directory);
        Path file = directory.resolve(FILE_NAME);
        if (Files.exists(file)) {
            String text = Files.readString(file, StandardCharsets.US_ASCII).strip();
            try {
                return new MemberId(text);
            } catch (IllegalArgumentException e) {
                throw new IOException(
                        file + ": " + e.getMessage() + "; delete the file to draw a new identity for this role");
            }
        }
        MemberId id = random();
        Path temporary = directory.resolve(FILE_NAME + ".tmp");
        Files.writeString(temporary, id.value() + "\n", StandardCharsets.US_ASCII);
        try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        return id;
    }

    @Override
    public String toString() {
        return value;
    }
}
