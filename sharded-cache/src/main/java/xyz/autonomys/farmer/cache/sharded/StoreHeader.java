package xyz.autonomys.farmer.cache.sharded;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Properties;

/**
 * The file {@value #FILE_NAME} of a slot store: {@code key=value} lines, replaced as a whole. A store exists from the
 * moment this file does.
 *
 * @param id identity of the store
 * @param slots how many slots it has
 */
record StoreHeader(StoreId id, int slots) {
    static final String FILE_NAME = "store.properties";
    static final int FORMAT = 1;

    /**
     * The header in {@code directory}, if there is one.
     *
     * @throws IOException naming the file and what is wrong with it
     */
    static Optional<StoreHeader> read(Path directory) throws IOException {
        Path file = directory.resolve(FILE_NAME);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        Properties properties = new Properties();
        try {
            properties.load(new StringReader(Files.readString(file, StandardCharsets.US_ASCII)));
            int format = Integer.parseInt(value(properties, "format"));
            if (format != FORMAT) {
                throw new IllegalArgumentException("format is " + format + ", this version reads " + FORMAT);
            }
            int itemBytes = Integer.parseInt(value(properties, "item-bytes"));
            if (itemBytes != SlotEntry.ITEM_BYTES) {
                throw new IllegalArgumentException("item-bytes is " + itemBytes + ", expected " + SlotEntry.ITEM_BYTES);
            }
            int slots = Integer.parseInt(value(properties, "slots"));
            if (slots < 1) {
                throw new IllegalArgumentException("slots is " + slots + ", expected 1 or more");
            }
            return Optional.of(new StoreHeader(StoreId.fromHex(value(properties, "store-id")), slots));
        } catch (IllegalArgumentException e) {
            throw new IOException(
                    file + " is not the header of a slot store: " + e.getMessage()
                            + "; to begin with an empty cache delete the directory's contents",
                    e);
        }
    }

    private static String value(Properties properties, String key) {
        String value = properties.getProperty(key);
        if (value == null) {
            throw new IllegalArgumentException(key + " is missing");
        }
        return value.strip();
    }

    /** Puts the header in place durably. */
    void write(Path directory) throws IOException {
        StringWriter text = new StringWriter();
        text.append("# Pieces of archived history, kept by autonomys-farmer. Do not edit.\n");
        text.append("format=" + FORMAT + "\n");
        text.append("store-id=" + id + "\n");
        text.append("item-bytes=" + SlotEntry.ITEM_BYTES + "\n");
        text.append("slots=" + slots + "\n");
        Path temporary = directory.resolve(FILE_NAME + ".tmp");
        Files.writeString(temporary, text.toString(), StandardCharsets.US_ASCII);
        try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Files.move(temporary, directory.resolve(FILE_NAME), StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
