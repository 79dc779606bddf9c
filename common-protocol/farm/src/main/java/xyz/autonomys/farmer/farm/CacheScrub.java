package xyz.autonomys.farmer.farm;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.function.Consumer;
import xyz.autonomys.farmer.farm.ScrubReport.Finding;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.hash.Blake3;
import xyz.autonomys.farmer.sector.ReadAt;

/**
 * Checks the elements of upstream's {@code piece_cache.bin}: piece index (8 bytes), piece, BLAKE3 of both. An element of
 * zeros is free.
 *
 * <p>Source: autonomys/subspace, crates/subspace-farmer/src/disk_piece_cache.rs.
 */
final class CacheScrub {
    static final String FILE_NAME = "piece_cache.bin";

    private static final int CHECKED_BYTES = FarmLayout.CACHE_ELEMENT_BYTES - Blake3Hash.SIZE;

    private final Path file;
    private final FileChannel cache;
    private final boolean dryRun;
    private final byte[] element = new byte[FarmLayout.CACHE_ELEMENT_BYTES];

    CacheScrub(Path file, FileChannel cache, boolean dryRun) {
        this.file = file;
        this.cache = cache;
        this.dryRun = dryRun;
    }

    void check(long index, Consumer<Finding> report) throws IOException {
        long start = index * FarmLayout.CACHE_ELEMENT_BYTES;
        String fault;
        try {
            ReadAt.of(cache, start).readAt(0, element, 0, element.length);
            Blake3Hash expected = Blake3.hash(element, 0, CHECKED_BYTES);
            Blake3Hash found = Blake3Hash.of(element, CHECKED_BYTES);
            if (expected.equals(found) || SectorScrub.isZero(element, element.length)) {
                return;
            }
            fault = "cache element " + index + ": its bytes hash to " + expected + ", its checksum is " + found;
        } catch (IOException e) {
            fault = "cache element " + index + " cannot be read: " + e.getMessage();
        }
        if (!dryRun) {
            ByteBuffer zeros = ByteBuffer.allocate(FarmLayout.CACHE_ELEMENT_BYTES);
            while (zeros.hasRemaining()) {
                cache.write(zeros, start + zeros.position());
            }
        }
        report.accept(new Finding(file, start, OptionalInt.empty(), fault, "the element becomes free", !dryRun));
    }
}
