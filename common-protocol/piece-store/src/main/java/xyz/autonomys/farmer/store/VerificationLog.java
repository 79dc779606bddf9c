package xyz.autonomys.farmer.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/**
 * What a verification has found so far, on disk, so that one that was interrupted goes on where it was. A line for each
 * finding: segment index, bad and missing positions as hex of their bit sets, place; separated by tabs. A line that was
 * not finished is ignored. A verification that came to its end deletes the file, so the next one begins anew.
 */
public final class VerificationLog implements AutoCloseable {
    private static final HexFormat HEX = HexFormat.of();

    private final Path path;
    private final FileChannel file;
    private final Map<String, Finding> known = new HashMap<>();

    private VerificationLog(Path path, FileChannel file) {
        this.path = path;
        this.file = file;
    }

    /** Opens the log of an earlier verification, or begins one. */
    public static VerificationLog open(Path path) throws IOException {
        boolean existed = Files.exists(path);
        VerificationLog log =
                new VerificationLog(path, FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE));
        boolean opened = false;
        try {
            long end = existed ? log.read() : 0;
            log.file.truncate(end);
            log.file.position(end);
            opened = true;
            return log;
        } finally {
            if (!opened) {
                log.close();
            }
        }
    }

    /** Takes over what was written completely; where that ends. */
    private long read() throws IOException {
        String text = Files.readString(path, StandardCharsets.UTF_8);
        int end = text.lastIndexOf('\n') + 1;
        for (String line : text.substring(0, end).split("\n")) {
            String[] fields = line.split("\t", 4);
            try {
                if (fields.length == 4) {
                    Finding finding = new Finding(
                            fields[3],
                            Long.parseUnsignedLong(fields[0]),
                            BitSet.valueOf(HEX.parseHex(fields[1])),
                            BitSet.valueOf(HEX.parseHex(fields[2])));
                    known.put(key(finding.place(), finding.segmentIndex()), finding);
                }
            } catch (IllegalArgumentException e) {
                throw new IOException(path + " is no log of a verification at \"" + line + "\"; remove it", e);
            }
        }
        return text.substring(0, end).getBytes(StandardCharsets.UTF_8).length;
    }

    private static String key(String place, long segmentIndex) {
        return segmentIndex + "\t" + place;
    }

    /** How many findings there are. */
    public int size() {
        return known.size();
    }

    /** What was found before. */
    public Optional<Finding> find(String place, long segmentIndex) {
        return Optional.ofNullable(known.get(key(place, segmentIndex)));
    }

    /** Notes a finding for good. */
    public void add(Finding finding) {
        String line = String.join(
                "\t",
                Long.toUnsignedString(finding.segmentIndex()),
                HEX.formatHex(finding.bad().toByteArray()),
                HEX.formatHex(finding.missing().toByteArray()),
                finding.place() + "\n");
        ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8));
        try {
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
            file.force(false);
        } catch (IOException e) {
            throw new UncheckedIOException(path + " cannot be written: " + e.getMessage(), e);
        }
        known.put(key(finding.place(), finding.segmentIndex()), finding);
    }

    /** The verification came to its end. */
    public void finish() throws IOException {
        Files.deleteIfExists(path);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
