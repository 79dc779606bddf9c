package xyz.autonomys.farmer.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jcuda.nvptxcompiler.JNvPTXCompiler;
import jcuda.nvptxcompiler.nvPTXCompilerHandle;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The checked-in PTX assembles with the compiler of the oldest driver that is used, CUDA 12.0. */
final class PtxTest {
    private static final Pattern FUNCTION = Pattern.compile("Compiling entry function '(\\w+)'");
    private static final Pattern SPILLS =
            Pattern.compile("(\\d+) bytes stack frame, (\\d+) bytes spill stores, (\\d+) bytes spill loads");
    private static final Pattern REGISTERS = Pattern.compile("Used (\\d+) registers");

    private record Usage(int stack, int spilled, int registers) {}

    @BeforeAll
    static void loadPrivately() throws Exception {
        Path directory = PrivateLibraries.directory("native");
        PrivateLibraries.extract("/lib/libJNvPTXCompiler-12.6.0-linux-x86_64.so", directory);
        String before = System.getProperty("java.io.tmpdir");
        System.setProperty("java.io.tmpdir", directory.toString());
        JNvPTXCompiler.setExceptionsEnabled(false);
        System.setProperty("java.io.tmpdir", before);
    }

    @Test
    void theCompilerIsThatOfTheOldestDriver() {
        int[] major = new int[1];
        int[] minor = new int[1];
        JNvPTXCompiler.nvPTXCompilerGetVersion(major, minor);
        assertEquals("12.0", major[0] + "." + minor[0]);
        assertEquals("PTX 7.8 for sm_75", KernelModule.describePtx());
    }

    @ParameterizedTest
    @ValueSource(ints = {75, 80, 86, 89, 90})
    void assembles(int capability) {
        Map<String, Usage> usage = assemble(capability);
        StringBuilder table = new StringBuilder("sm_" + capability + ":");
        usage.forEach((name, used) ->
                table.append(" %s %d registers, %d bytes spilled;".formatted(name, used.registers(), used.spilled())));
        System.out.println(table);
        usage.forEach((name, used) -> {
            if (name.startsWith("grow_") || name.equals("first_table") || name.equals("mask_chunks")) {
                assertEquals(0, used.spilled(), () -> "bytes that " + name + " spills on sm_" + capability);
                assertTrue(used.registers() <= 64, () -> name + " uses " + used.registers() + " registers");
            }
        });
        assertTrue(usage.keySet().containsAll(java.util.Set.of("grow_2_wide", "grow_7_narrow", "extend_middle")));
    }

    private static Map<String, Usage> assemble(int capability) {
        byte[] ptx = KernelModule.ptx();
        nvPTXCompilerHandle compiler = new nvPTXCompilerHandle();
        assertEquals(0, JNvPTXCompiler.nvPTXCompilerCreate(compiler, ptx.length, ptx));
        try {
            int result = JNvPTXCompiler.nvPTXCompilerCompile(
                    compiler, 2, new String[] {"--gpu-name=sm_" + capability, "--verbose"});
            long[] size = new long[1];
            JNvPTXCompiler.nvPTXCompilerGetErrorLogSize(compiler, size);
            byte[] errors = new byte[(int) size[0] + 1];
            JNvPTXCompiler.nvPTXCompilerGetErrorLog(compiler, errors);
            assertEquals(0, result, () -> new String(errors, StandardCharsets.UTF_8));
            JNvPTXCompiler.nvPTXCompilerGetInfoLogSize(compiler, size);
            byte[] log = new byte[(int) size[0] + 1];
            JNvPTXCompiler.nvPTXCompilerGetInfoLog(compiler, log);
            return parse(new String(log, StandardCharsets.UTF_8));
        } finally {
            JNvPTXCompiler.nvPTXCompilerDestroy(compiler);
        }
    }

    private static Map<String, Usage> parse(String log) {
        Map<String, Usage> usage = new TreeMap<>();
        String function = "";
        int stack = 0;
        int spilled = 0;
        for (String line : log.split("\n")) {
            Matcher matcher = FUNCTION.matcher(line);
            if (matcher.find()) {
                function = matcher.group(1);
            }
            matcher = SPILLS.matcher(line);
            if (matcher.find()) {
                stack = Integer.parseInt(matcher.group(1));
                spilled = Integer.parseInt(matcher.group(2)) + Integer.parseInt(matcher.group(3));
            }
            matcher = REGISTERS.matcher(line);
            if (matcher.find()) {
                usage.put(function, new Usage(stack, spilled, Integer.parseInt(matcher.group(1))));
            }
        }
        return usage;
    }
}
