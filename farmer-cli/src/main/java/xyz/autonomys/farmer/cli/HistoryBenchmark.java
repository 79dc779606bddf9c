package xyz.autonomys.farmer.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import xyz.autonomys.farmer.archiving.ArchivedSegment;
import xyz.autonomys.farmer.archiving.Archiver;
import xyz.autonomys.farmer.archiving.GenesisBlock;
import xyz.autonomys.farmer.archiving.Parallelism;
import xyz.autonomys.farmer.archiving.PieceClaim;
import xyz.autonomys.farmer.archiving.PieceVerifier;
import xyz.autonomys.farmer.archiving.PiecesReconstructor;
import xyz.autonomys.farmer.archiving.ReconstructionException;
import xyz.autonomys.farmer.erasure.InvalidScalarException;
import xyz.autonomys.farmer.erasure.Polynomial;
import xyz.autonomys.farmer.erasure.Polynomials;
import xyz.autonomys.farmer.kzg.Kzg;
import xyz.autonomys.farmer.primitives.Piece;
import xyz.autonomys.farmer.primitives.ProtocolSizes;

/** {@code util benchmark history}: archiving, verification and reconstruction on all cores. */
@Command(
        name = "history",
        description = "Archive a segment, commit to records, verify pieces, rebuild a segment from half of it, on all"
                + " cores.",
        mixinStandardHelpOptions = true)
final class HistoryBenchmark implements Callable<Integer> {
    private static final double NANOS_PER_SECOND = 1e9;

    @Spec
    private CommandSpec spec;

    @Mixin
    private SetupOptions setup = new SetupOptions();

    @Option(
            names = "--runs",
            defaultValue = "3",
            paramLabel = "N",
            description = "Runs, of which the last counts (default: ${DEFAULT-VALUE}).")
    @Range(from = 1)
    private int runs;

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        Kzg kzg = setup.open();
        out.println(kzg.describe());
        byte[] block = GenesisBlock.encode(new byte[100], new byte[32]);
        for (int run = 1; run <= runs; run++) {
            long start = System.nanoTime();
            ArchivedSegment segment =
                    Archiver.begin(kzg, Parallelism.allCores()).add(block).getFirst();
            print(out, run, "archive a segment", start);
            commit(out, run, kzg, segment.pieces().getFirst());
            verify(out, run, kzg, segment);
            rebuild(out, run, kzg, segment);
        }
        return Main.DONE;
    }

    private static void commit(PrintWriter out, int run, Kzg kzg, Piece piece) throws InvalidScalarException {
        Polynomial polynomial = Polynomials.interpolate(piece.array(), 0, ProtocolSizes.RECORD_CHUNKS);
        long start = System.nanoTime();
        kzg.commit(polynomial);
        print(out, run, "commit to 2^15 coefficients", start);
    }

    private static void verify(PrintWriter out, int run, Kzg kzg, ArchivedSegment segment) {
        List<PieceClaim> claims = new ArrayList<>();
        for (int i = 0; i < segment.pieces().size(); i++) {
            claims.add(
                    new PieceClaim(i, segment.pieces().get(i), segment.header().segmentCommitment()));
        }
        long start = System.nanoTime();
        int valid =
                new PieceVerifier(kzg, Parallelism.allCores()).verifyAll(claims).cardinality();
        print(out, run, "verify " + valid + " pieces in a batch", start);
    }

    private static void rebuild(PrintWriter out, int run, Kzg kzg, ArchivedSegment segment)
            throws ReconstructionException {
        List<Integer> positions = new ArrayList<>(
                IntStream.range(0, ProtocolSizes.SEGMENT_PIECES).boxed().toList());
        Collections.shuffle(positions, Random.from(new SplittableRandom(run)));
        List<Piece> half = new ArrayList<>(segment.pieces());
        positions.subList(0, ProtocolSizes.SOURCE_RECORDS).forEach(position -> half.set(position, null));
        long start = System.nanoTime();
        List<Piece> rebuilt = new PiecesReconstructor(kzg, Parallelism.allCores()).reconstructSegment(half);
        print(out, run, "rebuild a segment from a random half", start);
        if (!rebuilt.equals(segment.pieces())) {
            throw new IllegalStateException("the rebuilt segment differs from the archived one");
        }
    }

    private static void print(PrintWriter out, int run, String what, long start) {
        out.printf(Locale.ROOT, "run %d: %s: %.3f s%n", run, what, (System.nanoTime() - start) / NANOS_PER_SECOND);
        out.flush();
    }
}
