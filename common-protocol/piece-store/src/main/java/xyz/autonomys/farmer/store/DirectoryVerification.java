package xyz.autonomys.farmer.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import xyz.autonomys.farmer.archiving.PieceClaim;
import xyz.autonomys.farmer.archiving.PieceIndexes;
import xyz.autonomys.farmer.archiving.PieceVerifier;
import xyz.autonomys.farmer.primitives.Piece;

/**
 * Checks every piece in a directory of segments: its checksum, and the piece itself against the commitment of its segment.
 * Changes nothing but the log beside the files, so a directory may be in use meanwhile.
 */
public final class DirectoryVerification {
    /** Name of the log of a verification that has not come to its end. */
    public static final String LOG_NAME = "verification.log";

    private final Path directory;
    private final PieceVerifier verifier;
    private final Optional<Map<Long, SegmentLabel>> chain;

    /**
     * A verification.
     *
     * @param chain the labels that the chain gives to all its segments; if they are not known, each file's own label is
     *     what its pieces are checked against
     */
    public DirectoryVerification(Path directory, PieceVerifier verifier, Optional<Map<Long, SegmentLabel>> chain) {
        this.directory = directory;
        this.verifier = verifier;
        this.chain = chain;
    }

    /** Hears of findings. */
    public interface Listener {
        /**
         * A segment was verified, now or by an earlier run.
         *
         * @param fraction the part that is done, 0 to 1
         */
        void found(Finding finding, double fraction);
    }

    /**
     * Verifies everything that an interrupted verification has not verified.
     *
     * @param listener hears of every finding, also of earlier ones, by segment
     * @return how many segments are not good
     * @throws IOException if the directory cannot be read
     */
    public long run(Listener listener) throws IOException, InterruptedException {
        if (!Files.isDirectory(directory)) {
            throw new IOException(directory + " is no directory");
        }
        Map<Long, SegmentDirectory.NamedFile> files = new TreeMap<>(Long::compareUnsigned);
        // A complete file comes first and counts.
        SegmentDirectory.files(directory).forEach(file -> files.putIfAbsent(file.segmentIndex(), file));
        if (files.isEmpty() && chain.isEmpty()) {
            throw new IOException(directory + " has no segment files");
        }
        long faults = 0;
        try (VerificationLog log = VerificationLog.open(directory.resolve(LOG_NAME))) {
            List<Long> segments = segments(files);
            long done = 0;
            for (long segment : segments) {
                Finding finding = find(log, segment, files.get(segment));
                if (!finding.isGood()) {
                    faults++;
                }
                listener.found(finding, (double) ++done / segments.size());
            }
            log.finish();
        }
        return faults;
    }

    /** All that should be there: those of the chain, or all between the first and the last file. */
    private List<Long> segments(Map<Long, SegmentDirectory.NamedFile> files) {
        List<Long> indexes = new ArrayList<>(files.keySet());
        if (chain.isPresent()) {
            for (long segment : chain.get().keySet()) {
                if (!files.containsKey(segment)) {
                    indexes.add(segment);
                }
            }
        } else {
            for (long segment = indexes.getFirst(); segment < indexes.get(files.size() - 1); segment++) {
                if (!files.containsKey(segment)) {
                    indexes.add(segment);
                }
            }
        }
        indexes.sort(Long::compareUnsigned);
        return indexes;
    }

    private Finding find(VerificationLog log, long segment, SegmentDirectory.NamedFile file)
            throws IOException, InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        if (file == null) {
            BitSet all = new BitSet();
            all.set(0, SegmentFile.PIECES);
            return new Finding(directory.toString(), segment, new BitSet(), all);
        }
        try {
            return findIn(log, segment, file);
        } catch (NoSuchFileException _) {
            // Who uses the directory has renamed or removed it since.
            SegmentDirectory.NamedFile now = fileOf(segment);
            return find(log, segment, file.equals(now) ? null : now);
        }
    }

    private SegmentDirectory.NamedFile fileOf(long segment) throws IOException {
        return SegmentDirectory.files(directory).stream()
                .filter(file -> file.segmentIndex() == segment)
                .findFirst()
                .orElse(null);
    }

    private Finding findIn(VerificationLog log, long segment, SegmentDirectory.NamedFile file) throws IOException {
        // A file that was changed since is another place.
        String place = file.path() + " (" + Files.getLastModifiedTime(file.path()) + ")";
        Optional<Finding> known = log.find(place, segment);
        Finding finding;
        if (known.isPresent()) {
            finding = known.get();
        } else {
            finding = verify(place, segment, file);
            log.add(finding);
        }
        return new Finding(file.path().toString(), segment, finding.bad(), finding.missing());
    }

    private Finding verify(String place, long segment, SegmentDirectory.NamedFile named) throws IOException {
        BitSet bad = new BitSet();
        BitSet missing = new BitSet();
        List<PieceClaim> claims = new ArrayList<>();
        try (SegmentFile file = SegmentFile.open(named.path(), false)) {
            Optional<SegmentLabel> label = label(file, segment);
            if (label.isEmpty() || !named.isPart() && !(file.isSealed() && file.isPaddingClean())) {
                // What the file says about itself cannot be trusted.
                bad.set(0, SegmentFile.PIECES);
                return new Finding(place, segment, bad, missing);
            }
            for (int position = 0; position < SegmentFile.PIECES; position++) {
                switch (file.readPiece(position)) {
                    case PieceReading.Found(Piece piece, var _) ->
                        claims.add(new PieceClaim(
                                PieceIndexes.of(segment, position),
                                piece,
                                label.get().commitment()));
                    case PieceReading.Absent _ -> missing.set(position);
                    case PieceReading.Corrupt _ -> bad.set(position);
                }
            }
        }
        BitSet valid = verifier.verifyAll(claims);
        for (int i = valid.nextClearBit(0); i < claims.size(); i = valid.nextClearBit(i + 1)) {
            bad.set(PieceIndexes.position(claims.get(i).pieceIndex()));
        }
        return new Finding(place, segment, bad, missing);
    }

    /** What the file says of itself, if that is what it should be. */
    private Optional<SegmentLabel> label(SegmentFile file, long segment) {
        try {
            SegmentLabel label = file.label();
            SegmentLabel expected = chain.map(labels -> labels.get(segment)).orElse(label);
            return label.segmentIndex() == segment && (chain.isEmpty() || label.equals(expected))
                    ? Optional.of(label)
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
