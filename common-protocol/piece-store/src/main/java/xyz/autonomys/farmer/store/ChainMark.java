package xyz.autonomys.farmer.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import xyz.autonomys.farmer.primitives.Blake3Hash;

/**
 * The file that says of which chain the pieces in a directory are: the genesis hash in hex. Without it a cache that is
 * pointed at another cluster would offer one chain's pieces to another.
 */
public final class ChainMark {
    /** Name of the file. */
    public static final String FILE_NAME = "genesis-hash";

    private ChainMark() {}

    /**
     * Marks a directory that has no mark, and checks one that has.
     *
     * @throws IOException if it holds pieces of another chain, naming both
     */
    public static void check(Path directory, Blake3Hash genesisHash) throws IOException {
        Path file = directory.resolve(FILE_NAME);
        if (Files.exists(file)) {
            String marked = Files.readString(file, StandardCharsets.US_ASCII).strip();
            if (!marked.equals(genesisHash.toHex())) {
                throw new IOException(directory + " holds pieces of the chain with genesis hash " + marked
                        + ", the cluster farms " + genesisHash
                        + "; use another path, or delete the directory's contents");
            }
            return;
        }
        Path temporary = directory.resolve(FILE_NAME + ".tmp");
        Files.writeString(temporary, genesisHash.toHex() + "\n", StandardCharsets.US_ASCII);
        try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
