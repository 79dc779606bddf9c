package xyz.autonomys.farmer.plotclient;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The newest slot of which a solution may have been submitted, in a file beside the first farm, written before the
 * solution leaves. A process that is started anew begins behind it (rule M5 of the node RPC chapter, section 13.3). The
 * file outlives the process; a restart of the machine takes longer than the few seconds in which it matters. Thread-safe.
 */
final class FarmedSlot {
    private static final Logger LOG = LoggerFactory.getLogger(FarmedSlot.class);

    private final Path file;
    private final String chain;
    private OptionalLong newest = OptionalLong.empty();

    /**
     * Reads the file.
     *
     * @param chain genesis hash; a slot of another chain does not count
     */
    FarmedSlot(Path file, String chain) {
        this.file = file;
        this.chain = chain;
        try {
            String[] words =
                    Files.readString(file, StandardCharsets.US_ASCII).strip().split(" ");
            if (words.length == 2 && words[0].equals(chain)) {
                newest = OptionalLong.of(Long.parseUnsignedLong(words[1]));
            }
        } catch (NoSuchFileException e) {
            LOG.debug("{} is new", file);
        } catch (IOException | NumberFormatException e) {
            LOG.warn("{} cannot be read: {}", file, e.getMessage());
        }
    }

    /** The newest slot, if there was one. */
    synchronized OptionalLong newest() {
        return newest;
    }

    /** A solution of this slot is about to leave. */
    synchronized void note(long slot) {
        if (newest.isPresent() && Long.compareUnsigned(newest.getAsLong(), slot) >= 0) {
            return;
        }
        newest = OptionalLong.of(slot);
        try {
            Path fresh = file.resolveSibling(file.getFileName() + ".tmp");
            Files.writeString(fresh, chain + " " + Long.toUnsignedString(slot) + "\n", StandardCharsets.US_ASCII);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            LOG.warn("{} could not be written: {}", file, e.getMessage());
        }
    }
}
