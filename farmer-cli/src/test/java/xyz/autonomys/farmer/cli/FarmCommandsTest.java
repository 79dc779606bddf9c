package xyz.autonomys.farmer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import xyz.autonomys.farmer.farm.SampleFarm;

/** Commands that look after a farm, on the farm that upstream's farmer wrote. */
class FarmCommandsTest {
    @TempDir
    Path farm;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void unpack() throws IOException {
        SampleFarm.unpack(farm);
    }

    private int run(String... args) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return Main.commandLine(new PrintWriter(out, true), new PrintWriter(err, true))
                .execute(args);
    }

    private void assertSaid(StringWriter where, String text) {
        assertTrue(where.toString().contains(text), () -> text + " is not in: " + out + err);
    }

    @Test
    void infoShowsTheFarmAndFailsWhereThereIsNone() {
        assertEquals(Main.DONE, run("util", "info", farm.toString()));
        assertSaid(out, "Single disk farm 0:");
        assertSaid(out, "  ID: 01M88EBPR2WKMCEW3ZYQTRA0GK");
        assertSaid(out, "  Sectors: 1 counted, 2 pieces each");
        assertEquals(
                Main.FAILED,
                run("util", "info", farm.toString(), farm.resolve("none").toString()));
        assertSaid(out, "Single disk farm 1:");
        assertSaid(out, "  No farm found here yet");
    }

    @Test
    void scrubFindsUpstreamsFarmCleanAndEachDamageByItsPlace() throws Exception {
        assertEquals(Main.DONE, run("util", "scrub", farm.toString()));
        assertSaid(out, "1 sectors checked, 0 of them to be plotted");
        assertSaid(out, "the farm is clean");
        SampleFarm.flip(farm.resolve("plot.bin"), 1_000_000);
        SampleFarm.flip(farm.resolve("metadata.bin"), (1 << 20) + 500);
        assertEquals(Main.FAILED, run("util", "scrub", "--dry-run", farm.toString()));
        assertSaid(out, "metadata.bin, byte 1048576, sector 0: ");
        assertSaid(out, "plot.bin, byte 0, sector 0: its bytes hash to ");
        assertSaid(out, "2 faults found");
        assertEquals(Main.FAILED, run("util", "scrub", "--dry-run", "--target", "metadata", farm.toString()));
        assertSaid(out, "1 faults found");
        assertEquals(Main.DONE, run("util", "scrub", farm.toString()));
        assertSaid(out, "2 faults repaired");
        assertEquals(Main.DONE, run("util", "scrub", farm.toString()));
        assertSaid(out, "1 of them to be plotted, 0 cache elements checked; the farm is clean");
    }

    @Test
    void whatNothingRepairsIsOneLineAndExitCodeOne() throws Exception {
        SampleFarm.flip(farm.resolve("identity.bin"), 20);
        assertEquals(Main.FAILED, run("util", "scrub", farm.toString()));
        assertSaid(err, "identity.bin: expected the entropy of key 4a50a960");
        assertFalse(err.toString().contains("\tat "), "no stack trace reaches an operator");
        assertEquals(Main.WRONG_USAGE, run("util", "scrub", "--threads", "0", farm.toString()));
        assertEquals(Main.WRONG_USAGE, run("util", "scrub"));
    }

    @Test
    @Tag("long") // Most of it is the compiling of kernels.
    void thePlotBenchmarkCountsCoreSeconds() {
        assertEquals(
                Main.DONE,
                run("util", "benchmark", "plot", "--pieces-in-sector", "2", "--threads", "1"),
                err::toString);
        assertSaid(out, "2 of 2 records encoded");
        assertSaid(out, "A sector of 2 pieces on 1 threads: ");
        assertEquals(Main.WRONG_USAGE, run("util", "benchmark", "plot", "--pieces-in-sector", "1001"));
        assertSaid(err, "--pieces-in-sector 1001 must be 1 to 1000");
    }

    @Test
    @Tag("long") // Most of it is the compiling of kernels.
    void theProveBenchmarkProvesVerifiesAndReads() {
        assertEquals(Main.DONE, run("util", "benchmark", "prove", "--runs", "1", farm.toString()), err::toString);
        assertSaid(out, "A proof on ");
        assertSaid(out, "A verification, one core, CPU time: ");
        assertSaid(out, "ConcurrentChunks, 1 sectors of 2 pieces, median of 1: contents map ");
        assertSaid(out, "WholeSector, 1 sectors of 2 pieces, median of 1: contents map ");
    }

    @Test
    void theAuditBenchmarkMeasuresMemoryAndDisk() {
        assertEquals(Main.DONE, run("util", "benchmark", "audit", "--runs", "1", farm.toString()), err::toString);
        assertSaid(out, "In memory, sectors of 1000 pieces, one core");
        assertSaid(out, "On disk, past the page cache, 1 sectors of 2 pieces");
        assertSaid(out, "On disk, through the page cache, 1 sectors of 2 pieces");
        assertEquals(
                Main.FAILED,
                run(
                        "util",
                        "benchmark",
                        "audit",
                        "--runs",
                        "1",
                        farm.resolve("none").toString()));
        assertSaid(err, "There is no farm in ");
    }
}
