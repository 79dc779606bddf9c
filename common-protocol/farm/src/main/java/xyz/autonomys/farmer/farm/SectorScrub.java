package xyz.autonomys.farmer.farm;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import xyz.autonomys.farmer.farm.ScrubReport.Finding;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.hash.Blake3Hasher;
import xyz.autonomys.farmer.sector.ReadAt;
import xyz.autonomys.farmer.sector.SectorFormatException;
import xyz.autonomys.farmer.sector.SectorLayout;
import xyz.autonomys.farmer.sector.SectorMetadata;

/** Checks one sector after another: its record, its bytes, and that they belong together. */
final class SectorScrub {
    static final int BLOCK_BYTES = 1 << 20;

    private static final String PLACEHOLDER = "the record becomes a placeholder, the sector is plotted again";

    private final MetadataFile metadata;
    private final Path plotFile;
    private final FileChannel plot;
    private final int pieces;
    private final SectorLayout layout;
    private final boolean withBytes;
    private final boolean dryRun;

    SectorScrub(MetadataFile metadata, Path plotFile, FileChannel plot, int pieces, boolean withBytes, boolean dryRun) {
        this.metadata = metadata;
        this.plotFile = plotFile;
        this.plot = plot;
        this.pieces = pieces;
        this.layout = new SectorLayout(pieces);
        this.withBytes = withBytes;
        this.dryRun = dryRun;
    }

    /**
     * Checks a sector.
     *
     * @param buffer {@value #BLOCK_BYTES} bytes to work with
     * @return the record it has now, or would have if this was no dry run
     */
    SectorMetadata check(int index, byte[] buffer, Consumer<Finding> report) throws IOException {
        SectorMetadata record = checkRecord(index, report);
        if (!withBytes) {
            return record;
        }
        Optional<String> fault = checkBytes(index, SectorSummary.isPlaceholder(record), buffer);
        if (fault.isEmpty() && !SectorSummary.isPlaceholder(record)) {
            fault = SectorChecks.contentsMismatch(record, ReadAt.of(plot, start(index)));
        }
        if (fault.isEmpty()) {
            return record;
        }
        SectorMetadata placeholder = SectorMetadata.dummy(index, pieces);
        if (!dryRun) {
            // The record first: it must not speak of bytes that are gone.
            metadata.writeRecord(index, placeholder.encode());
            metadata.force();
            blank(index);
        }
        report.accept(new Finding(
                plotFile,
                start(index),
                OptionalInt.of(index),
                fault.get(),
                PLACEHOLDER + ", its bytes become zero",
                !dryRun));
        return placeholder;
    }

    private long start(int index) {
        return index * layout.sectorBytes();
    }

    private SectorMetadata checkRecord(int index, Consumer<Finding> report) throws IOException {
        Optional<String> fault;
        byte[] bytes = new byte[FarmLayout.RECORD_BYTES];
        try {
            metadata.readRecord(index, bytes);
            SectorMetadata record = SectorMetadata.decode(bytes);
            fault = SectorChecks.recordMismatch(record, index, pieces);
            if (fault.isEmpty()) {
                return record;
            }
        } catch (IOException | SectorFormatException e) {
            fault = Optional.of(e.getMessage());
        }
        SectorMetadata placeholder = SectorMetadata.dummy(index, pieces);
        if (!dryRun) {
            metadata.writeRecord(index, placeholder.encode());
        }
        report.accept(new Finding(
                metadata.path(),
                MetadataFile.recordOffset(index),
                OptionalInt.of(index),
                fault.get(),
                PLACEHOLDER,
                !dryRun));
        return placeholder;
    }

    /** What is wrong with the sector's checksum. A placeholder may have nothing but zeros: it was never written. */
    private Optional<String> checkBytes(int index, boolean placeholder, byte[] buffer) {
        Blake3Hasher hasher = Blake3Hasher.create();
        byte[] stored = new byte[SectorLayout.CHECKSUM_BYTES];
        ReadAt sector = ReadAt.of(plot, start(index));
        boolean zero = placeholder;
        long at = 0;
        try {
            for (; at < layout.checksumOffset(); at += buffer.length) {
                int length = (int) Math.min(buffer.length, layout.checksumOffset() - at);
                sector.readAt(at, buffer, 0, length);
                hasher.update(buffer, 0, length);
                zero = zero && isZero(buffer, length);
            }
            sector.readAt(layout.checksumOffset(), stored, 0, stored.length);
        } catch (IOException e) {
            return Optional.of("cannot be read from byte " + (start(index) + at) + " on: " + e.getMessage());
        }
        Blake3Hash expected = hasher.finish();
        Blake3Hash found = Blake3Hash.of(stored, 0);
        if (expected.equals(found) || zero && isZero(stored, stored.length)) {
            return Optional.empty();
        }
        return Optional.of("its bytes hash to " + expected + ", its checksum at byte "
                + (start(index) + layout.checksumOffset()) + " is " + found);
    }

    static boolean isZero(byte[] bytes, int length) {
        for (int i = 0; i < length; i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return true;
    }

    /** Writes zeros and their checksum over a sector. */
    private void blank(int index) throws IOException {
        Blake3Hasher hasher = Blake3Hasher.create();
        byte[] zeros = new byte[BLOCK_BYTES];
        for (long at = 0; at < layout.checksumOffset(); at += zeros.length) {
            int length = (int) Math.min(zeros.length, layout.checksumOffset() - at);
            hasher.update(zeros, 0, length);
            write(start(index) + at, ByteBuffer.wrap(zeros, 0, length));
        }
        write(
                start(index) + layout.checksumOffset(),
                ByteBuffer.wrap(hasher.finish().toBytes()));
    }

    private void write(long offset, ByteBuffer source) throws IOException {
        long at = offset;
        while (source.hasRemaining()) {
            at += plot.write(source, at);
        }
    }
}
