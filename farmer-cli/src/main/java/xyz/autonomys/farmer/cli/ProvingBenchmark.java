package xyz.autonomys.farmer.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import xyz.autonomys.farmer.farm.Farm;
import xyz.autonomys.farmer.farm.FarmOptions;
import xyz.autonomys.farmer.kzg.Kzg;
import xyz.autonomys.farmer.kzg.Kzgs;
import xyz.autonomys.farmer.kzg.TrustedSetup;
import xyz.autonomys.farmer.pos.PosTables;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.SectorId;
import xyz.autonomys.farmer.sector.ReadAt;
import xyz.autonomys.farmer.sector.SectorContentsMap;
import xyz.autonomys.farmer.sector.SectorIds;
import xyz.autonomys.farmer.sector.SectorMetadata;
import xyz.autonomys.farmer.sector.prove.ProveBenchmark;
import xyz.autonomys.farmer.sector.read.ReadMode;
import xyz.autonomys.farmer.sector.read.RecordReader;

/** {@code autonomys-farmer util benchmark prove}. */
@Command(
        name = "prove",
        description = "Prove and verify solutions of a made-up record in memory, then, with a PATH, read records of the"
                + " farm there in both ways that proving can use. The farm may be in use.",
        mixinStandardHelpOptions = true)
final class ProvingBenchmark implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--runs",
            defaultValue = "10",
            paramLabel = "N",
            description = "Proofs and reads to measure, after some that warm up (default: ${DEFAULT-VALUE}).")
    @Range(from = 1)
    private int runs;

    @Option(names = "--threads", paramLabel = "N", description = "Threads of one proof (default: one per processor).")
    @Range(from = 1)
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--read-threads",
            defaultValue = "16",
            paramLabel = "N",
            description = "Chunks read at once (default: ${DEFAULT-VALUE}).")
    @Range(from = 1)
    private int readThreads;

    @Parameters(arity = "0..1", paramLabel = "PATH", description = "Directory of a farm.")
    private Path path;

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        Kzg kzg = Kzgs.open(TrustedSetup.development(), threads);
        out.println("Tables: " + PosTables.describe());
        out.println("Commitments: " + kzg.describe());
        out.flush();
        ProveBenchmark.Result result = ProveBenchmark.run(kzg, threads, runs);
        out.printf(
                Locale.ROOT,
                "A proof on %d threads, median of %d: %.3f s, %.3f core-seconds%n"
                        + "A verification, one core, CPU time: %.2f ms%n",
                threads,
                runs,
                result.seconds(),
                result.coreSeconds(),
                result.verificationMillis());
        if (path != null) {
            try (Farm farm = Farm.open(path, FarmOptions.existing().forReading())) {
                for (ReadMode mode : ReadMode.values()) {
                    read(out, farm, mode);
                }
            }
        }
        return Main.DONE;
    }

    private void read(PrintWriter out, Farm farm, ReadMode mode) throws Exception {
        if (farm.sectorsPlotted() == 0) {
            out.println("The farm in " + farm.directory() + " has no plotted sector to read; plot one first");
            return;
        }
        Blake3Hash keyHash = SectorIds.publicKeyHash(farm.publicKey());
        double[] mapMillis = new double[runs];
        double[] recordMillis = new double[runs];
        try (RecordReader reader = new RecordReader(mode, readThreads)) {
            for (int run = 0; run < runs; run++) {
                int index = run % farm.sectorsPlotted();
                ReadAt sector = farm.sectorReader(index);
                SectorMetadata metadata = farm.readMetadata(index);
                SectorId id =
                        SectorIds.sectorId(SectorIds.publicKeyHash(farm.publicKey()), index, metadata.historySize());
                long start = System.nanoTime();
                SectorContentsMap map = RecordReader.contentsMap(sector, metadata.piecesInSector());
                long mapRead = System.nanoTime();
                reader.read(sector, id, metadata, map, run % metadata.piecesInSector());
                recordMillis[run] = (System.nanoTime() - mapRead) / 1e6;
                mapMillis[run] = (mapRead - start) / 1e6;
            }
        }
        out.printf(
                Locale.ROOT,
                "%s, %d sectors of %d pieces, median of %d: contents map %.1f ms, record %.1f ms%n",
                mode,
                farm.sectorsPlotted(),
                farm.layout().piecesInSector(),
                runs,
                BenchmarkCommand.median(mapMillis),
                BenchmarkCommand.median(recordMillis));
    }
}
