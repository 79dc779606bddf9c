package xyz.autonomys.farmer.farm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import xyz.autonomys.farmer.farm.ScrubReport.Finding;

/** Kills a farmer with SIGKILL between any two steps, and looks at what it leaves (specification 05 §2.9). */
class FarmCrashTest {
    private static final long OLD = 7;
    private static final long NEW = 8;
    private static final String[] REPLACING = {
        "placeholder written",
        "placeholder on disk",
        CrashingFarmer.HALF,
        "bytes written",
        "bytes on disk",
        "record written",
        "record on disk"
    };
    private static final String[] ADDING = {
        CrashingFarmer.HALF,
        "bytes written",
        "bytes on disk",
        "record written",
        "record on disk",
        "count written",
        "count on disk"
    };

    @TempDir
    Path directory;

    private static Process start(Path farm, String... args) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules",
                "jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                CrashingFarmer.class.getName(),
                farm.toString()));
        command.addAll(List.of(args));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** Runs a farmer up to a step and kills it there. */
    private static void killAt(Path farm, String step, String... work) throws Exception {
        String[] args = new String[work.length + 1];
        args[0] = step;
        System.arraycopy(work, 0, args, 1, work.length);
        Process farmer = start(farm, args);
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(farmer.getInputStream(), StandardCharsets.UTF_8))) {
            assertEquals("at " + step, output.readLine());
        } finally {
            farmer.destroyForcibly();
            assertTrue(farmer.waitFor(30, TimeUnit.SECONDS), "the killed farmer is gone");
        }
    }

    /** A farm of four sectors, of which 0 and 1 are plotted. */
    private Path farmWithTwoSectors() throws IOException {
        Path farm = directory.resolve("template");
        if (!Files.exists(farm)) {
            try (Farm made = Farm.create(farm, CrashingFarmer.options(4))) {
                for (int index = 0; index < 2; index++) {
                    TestSectors sector = CrashingFarmer.sector(index, OLD);
                    sector.storeIn(made);
                }
            }
        }
        Path copy = directory.resolve("farm");
        Files.createDirectories(copy);
        try (var files = Files.list(farm)) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        return copy;
    }

    private static void assertWhole(Farm farm, int index, long historySize) throws IOException {
        TestSectors expected = CrashingFarmer.sector(index, historySize);
        assertEquals(expected.metadata(), farm.readMetadata(index));
        byte[] bytes = new byte[expected.bytes().length];
        farm.sectorReader(index).readAt(0, bytes, 0, bytes.length);
        assertArrayEquals(expected.bytes(), bytes);
    }

    private static ScrubReport scrub(Path farm) throws Exception {
        return FarmScrub.scrub(farm, ScrubOptions.everything().asDryRun(), new FarmScrub.Listener() {
            @Override
            public void progress(String what, long done, long total) {}

            @Override
            public void found(Finding finding) {}
        });
    }

    /** Kills while sector {@code index} is written, at each step, and checks the farm; then writes the sector again. */
    private void killAndCheck(int index, String[] steps) throws Exception {
        boolean replaces = index < 2;
        for (String step : steps) {
            Path path = farmWithTwoSectors();
            killAt(path, step, "write", "" + index, "" + NEW);
            ScrubReport scrub = scrub(path);
            try (Farm farm = Farm.open(path, FarmOptions.existing())) {
                boolean present = farm.sector(index).isPresent();
                if (present) {
                    assertWhole(farm, index, NEW);
                }
                // Whatever was written before the kill is in the system's cache, so the last steps show in any case.
                boolean mustBePresent = step.startsWith("record") && replaces || step.startsWith("count");
                assertEquals(mustBePresent, present, step);
                for (int other = 0; other < 2; other++) {
                    if (other != index) {
                        assertWhole(farm, other, OLD);
                    }
                }
                for (Finding finding : scrub.findings()) {
                    assertTrue(
                            !present && finding.sector().orElseThrow() == index,
                            "only the sector that must be plotted anyway: " + finding);
                }
                TestSectors again = CrashingFarmer.sector(index, NEW);
                again.storeIn(farm);
                assertWhole(farm, index, NEW);
            }
            assertTrue(scrub(path).isClean(), step);
        }
    }

    @Test
    void killedInTheMiddle() throws Exception {
        killAndCheck(0, new String[] {CrashingFarmer.HALF});
        killAndCheck(2, new String[] {"record on disk"});
    }

    @Test
    @Tag("long")
    void killedWhileASectorIsAdded() throws Exception {
        killAndCheck(2, ADDING);
    }

    @Test
    @Tag("long")
    void killedWhileASectorIsReplaced() throws Exception {
        killAndCheck(0, REPLACING);
    }

    @Test
    @Tag("long")
    void killedWhileASectorIsAddedOutOfOrder() throws Exception {
        killAndCheck(3, ADDING);
    }

    @Test
    @Tag("long")
    void killedWhileAFarmIsMade() throws Exception {
        for (String step :
                new String[] {"lock taken", "identity written", "info written", "metadata sized", "plot sized"}) {
            Path path = directory.resolve(step.replace(' ', '-'));
            killAt(path, step, "open", "2");
            String identity = Files.exists(path.resolve("identity.bin"))
                    ? IdentityFile.read(path).publicKey().toHex()
                    : "";
            try (Farm farm = Farm.openOrCreate(path, CrashingFarmer.options(2))) {
                assertEquals(2, farm.sectorsTotal());
                assertTrue(farm.publicKey().toHex().endsWith(identity), "the identity is kept");
                TestSectors sector = CrashingFarmer.sector(1, NEW);
                sector.storeIn(farm);
                assertWhole(farm, 1, NEW);
            }
            assertTrue(scrub(path).isClean(), step);
        }
    }

    @Test
    @Tag("long")
    void killedWhileAFarmGrowsOrShrinks() throws Exception {
        for (int size : new int[] {1, 9}) {
            for (String step : new String[] {"info written", "count lowered", "metadata sized", "plot sized"}) {
                if (size == 9 && step.equals("count lowered")) {
                    continue;
                }
                Path path = farmWithTwoSectors();
                killAt(path, step, "open", "" + size);
                try (Farm farm = Farm.open(path, CrashingFarmer.options(size))) {
                    assertEquals(size, farm.sectorsTotal());
                    assertEquals(Math.min(2, size), farm.sectorsPlotted());
                    assertWhole(farm, 0, OLD);
                }
                assertTrue(scrub(path).isClean(), step);
            }
        }
    }

    @Test
    @Tag("long")
    void killedAtAnyMoment() throws Exception {
        Path path = farmWithTwoSectors();
        SplittableRandom random = new SplittableRandom(5);
        Map<Integer, Long> stored = new TreeMap<>(Map.of(0, OLD, 1, OLD));
        for (int round = 0; round < 20; round++) {
            Process farmer = start(path, "no step", "writeAll");
            int inDoubt = -1;
            try (BufferedReader output =
                    new BufferedReader(new InputStreamReader(farmer.getInputStream(), StandardCharsets.UTF_8))) {
                for (int left = random.nextInt(4); left >= 0; ) {
                    String line = output.readLine();
                    assertNotNull(line, "the farmer works");
                    String[] words = line.split(" ");
                    if (words[0].equals("stored")) {
                        stored.put(Integer.parseInt(words[1]), Long.parseLong(words[2]));
                        left--;
                    }
                }
                TimeUnit.MILLISECONDS.sleep(random.nextInt(100));
                // By its handle: Process.destroyForcibly would also close the output that is still to be read.
                farmer.toHandle().destroyForcibly();
                for (String line = output.readLine(); line != null; line = output.readLine()) {
                    String[] words = line.split(" ");
                    if (words.length == 3 && words[0].equals("stored")) {
                        stored.put(Integer.parseInt(words[1]), Long.parseLong(words[2]));
                        inDoubt = -1;
                    } else if (words.length == 3) {
                        inDoubt = Integer.parseInt(words[1]);
                    }
                }
            } finally {
                farmer.destroyForcibly().waitFor();
            }
            try (Farm farm = Farm.open(path, FarmOptions.existing())) {
                for (Map.Entry<Integer, Long> sector : stored.entrySet()) {
                    int index = sector.getKey();
                    if (index != inDoubt) {
                        assertWhole(farm, index, sector.getValue());
                    } else if (farm.sector(index).isPresent()) {
                        assertWhole(farm, index, farm.sector(index).get().historySize());
                    }
                }
            }
        }
        assertEquals(4, stored.size(), "sectors were stored between the kills");
    }
}
