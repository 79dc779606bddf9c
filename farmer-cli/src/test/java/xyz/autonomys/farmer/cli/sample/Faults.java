package xyz.autonomys.farmer.cli.sample;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** Makes random faults, one at a time, from a seed: the same seed gives the same faults at the same programs. */
final class Faults {
    private static final int LONGEST_CUT_MILLIS = 30_000;
    private static final int LONGEST_FULL_MILLIS = 20_000;
    private static final int STAGING_MIB = 64;

    private final SampleCluster cluster;
    private final List<DamagingProxy> proxies;
    private final Random random;
    private final List<Path> smallDisks = new ArrayList<>();
    private final Map<FaultKind, Integer> done = new EnumMap<>(FaultKind.class);

    Faults(SampleCluster cluster, List<DamagingProxy> proxies, long seed) {
        this.cluster = cluster;
        this.proxies = proxies;
        this.random = new Random(seed);
    }

    /** Puts the staging directories on small disks of their own, where that is allowed; to be called before the start. */
    void makeSmallDisks() throws IOException, InterruptedException {
        for (SampleHost plotter : cluster.hosts("plotter-")) {
            Path disk = Files.createDirectories(plotter.root().resolve("mnt/staging"));
            if (NamespaceNetwork.isPossible()) {
                Commands.run("mount", "-t", "tmpfs", "-o", "size=" + STAGING_MIB + "m", "none", disk.toString());
                smallDisks.add(disk);
            }
        }
    }

    /** How many of each kind there were. */
    Map<FaultKind, Integer> done() {
        return done;
    }

    /**
     * Does something bad; returns when it is over, which may take as long as a cut.
     *
     * @return what it was, in words
     */
    String next() throws IOException, InterruptedException {
        int choice = random.nextInt(100);
        long seed = random.nextLong();
        FaultKind kind = choice < 40
                ? FaultKind.KILL
                : choice < 50
                        ? FaultKind.KILL_NATS
                        : choice < 65
                                ? FaultKind.CUT
                                : choice < 72
                                        ? FaultKind.FILL_DISK
                                        : choice < 82
                                                ? FaultKind.DAMAGE_CACHE
                                                : choice < 90 ? FaultKind.DAMAGE_STAGED : FaultKind.DAMAGE_FRAME;
        // What cannot be done now, because there is no staged sector for instance, becomes a kill: every fault counts.
        Random own = new Random(seed);
        Optional<String> text = attempt(kind, own);
        if (text.isEmpty()) {
            kind = FaultKind.KILL;
            text = attempt(kind, own);
        }
        done.merge(kind, 1, Integer::sum);
        return text.orElse("nothing: no program was running");
    }

    private Optional<String> attempt(FaultKind kind, Random own) throws IOException, InterruptedException {
        return switch (kind) {
            case KILL -> kill(cluster.hosts(), false, own);
            case KILL_NATS -> kill(cluster.hosts("node-"), true, own);
            case CUT -> cut(own);
            case FILL_DISK -> fillDisk(own);
            case DAMAGE_CACHE -> damage("corrupted", cacheFiles(), own);
            case DAMAGE_STAGED -> damage("corrupted", stagedFiles(), own);
            case DAMAGE_FRAME -> damageFrame(own);
        };
    }

    private Optional<String> kill(List<SampleHost> hosts, boolean nats, Random own) {
        for (int attempt = 0; attempt < 10; attempt++) {
            SampleHost host = pick(hosts, own);
            List<String> programs = host.programs().stream()
                    .filter(program -> program.equals("nats-server") == nats)
                    .toList();
            String program = pick(programs, own);
            Optional<ProcessHandle> process = host.process(program);
            if (process.isPresent() && process.get().destroyForcibly()) {
                return Optional.of("killed " + program + " on " + host.name());
            }
        }
        return Optional.empty();
    }

    private Optional<String> cut(Random own) throws IOException, InterruptedException {
        SampleHost host = pick(cluster.hosts(), own);
        int millis = 1000 + own.nextInt(LONGEST_CUT_MILLIS - 1000);
        host.cut();
        try {
            Thread.sleep(millis);
        } finally {
            host.heal();
        }
        return Optional.of("cut off " + host.name() + " for " + millis / 1000 + " s");
    }

    private Optional<String> fillDisk(Random own) throws IOException, InterruptedException {
        if (smallDisks.isEmpty()) {
            return Optional.empty();
        }
        Path disk = pick(smallDisks, own);
        Path filler = disk.resolve("filler");
        int millis = 3000 + own.nextInt(LONGEST_FULL_MILLIS - 3000);
        try (FileChannel file = FileChannel.open(filler, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            ByteBuffer block = ByteBuffer.allocate(1 << 16);
            while (true) {
                file.write(block.clear());
            }
        } catch (IOException e) {
            // No space is left, as it should be.
            Thread.sleep(millis);
        } finally {
            Files.deleteIfExists(filler);
        }
        return Optional.of("filled " + disk + " for " + millis / 1000 + " s");
    }

    private List<Path> cacheFiles() throws IOException {
        List<Path> files = new ArrayList<>();
        for (SampleHost plotter : cluster.hosts("plotter-")) {
            files.addAll(filesBelow(plotter.root().resolve("mnt"), "(slots|index)\\.bin|segment-\\d+\\.pieces"));
        }
        return files;
    }

    private List<Path> stagedFiles() throws IOException {
        List<Path> files = new ArrayList<>();
        for (SampleHost plotter : cluster.hosts("plotter-")) {
            files.addAll(filesBelow(plotter.root().resolve("mnt/staging"), ".*\\.sector"));
        }
        return files;
    }

    private static List<Path> filesBelow(Path directory, String pattern) throws IOException {
        if (!Files.exists(directory)) {
            return List.of();
        }
        try (var files = Files.walk(directory)) {
            return files.filter(file -> file.getFileName().toString().matches(pattern))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
        } catch (java.io.UncheckedIOException e) {
            return List.of();
        }
    }

    private static Optional<String> damage(String verb, List<Path> files, Random own) throws IOException {
        if (files.isEmpty()) {
            return Optional.empty();
        }
        Path path = pick(files, own);
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            long length = file.length();
            if (length == 0) {
                return Optional.empty();
            }
            long at = (long) (own.nextDouble() * length);
            file.seek(at);
            int old = file.read();
            file.seek(at);
            file.write(old ^ (1 << own.nextInt(8)));
            return Optional.of(verb + " byte " + at + " of " + path);
        } catch (NoSuchFileException | java.io.FileNotFoundException e) {
            return Optional.empty();
        }
    }

    private Optional<String> damageFrame(Random own) {
        if (proxies.isEmpty()) {
            return Optional.empty();
        }
        DamagingProxy proxy = pick(proxies, own);
        proxy.damageOne(own);
        return Optional.of("the next block that the " + proxy.name() + " sends has a flipped bit");
    }

    private static <T> T pick(List<T> among, Random own) {
        return among.get(own.nextInt(among.size()));
    }
}
