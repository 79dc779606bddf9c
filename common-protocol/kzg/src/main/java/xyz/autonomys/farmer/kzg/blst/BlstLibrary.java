package xyz.autonomys.farmer.kzg.blst;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** The native functions in use, bound once. */
final class BlstLibrary {
    /** SHA-256 of the libraries in jblst 0.3.17. */
    private static final Map<String, String> PINNED = Map.of(
            "Linux/amd64/libblst.so", "6a87d87cc982078dcf40f034f21959839d1fe20d45229d37de9c82c178f2a0ce",
            "Linux/aarch64/libblst.so", "b47e669bcd521a0cc3b5753beab0c9ddb5cc81988d5d555722de3149db75b52b",
            "Mac/aarch64/libblst.dylib", "7fd78cc498f3f3998070f50d5645cff71b1af01be94699da393235a5cfebdbe4",
            "Mac/x86_64/libblst.dylib", "17aa48bb47a6df714d68ebdfa622341866e3df5d5ba632c3abf526f92f7cbb98");

    private static final Linker LINKER = Linker.nativeLinker();

    final String platform;
    final MethodHandle uncompress1;
    final MethodHandle uncompress2;
    final MethodHandle compress1;
    final MethodHandle fromAffine1;
    final MethodHandle toAffine1;
    final MethodHandle manyToAffine1;
    final MethodHandle addOrDouble1;
    final MethodHandle addOrDoubleAffine1;
    final MethodHandle double1;
    final MethodHandle negate1;
    final MethodHandle multiply1;
    final MethodHandle inSubgroup1;
    final MethodHandle tilePippenger1;
    final MethodHandle generator1;
    final MethodHandle generator2;
    final MethodHandle multiply2;
    final MethodHandle toAffine2;
    final MethodHandle precomputeLines;
    final MethodHandle millerLoopLines;
    final MethodHandle finalVerify;
    final MethodHandle one12;

    private BlstLibrary(String platform, SymbolLookup symbols) {
        this.platform = platform;
        uncompress1 = bind(symbols, "blst_p1_uncompress", JAVA_INT, ADDRESS, ADDRESS);
        uncompress2 = bind(symbols, "blst_p2_uncompress", JAVA_INT, ADDRESS, ADDRESS);
        compress1 = bind(symbols, "blst_p1_compress", null, ADDRESS, ADDRESS);
        fromAffine1 = bind(symbols, "blst_p1_from_affine", null, ADDRESS, ADDRESS);
        toAffine1 = bind(symbols, "blst_p1_to_affine", null, ADDRESS, ADDRESS);
        manyToAffine1 = bind(symbols, "blst_p1s_to_affine", null, ADDRESS, ADDRESS, JAVA_LONG);
        addOrDouble1 = bind(symbols, "blst_p1_add_or_double", null, ADDRESS, ADDRESS, ADDRESS);
        addOrDoubleAffine1 = bind(symbols, "blst_p1_add_or_double_affine", null, ADDRESS, ADDRESS, ADDRESS);
        double1 = bind(symbols, "blst_p1_double", null, ADDRESS, ADDRESS);
        negate1 = bind(symbols, "blst_p1_cneg", null, ADDRESS, JAVA_BOOLEAN);
        multiply1 = bind(symbols, "blst_p1_mult", null, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG);
        inSubgroup1 = bind(symbols, "blst_p1_in_g1", JAVA_BOOLEAN, ADDRESS);
        tilePippenger1 = bind(
                symbols,
                "blst_p1s_tile_pippenger",
                null,
                ADDRESS,
                ADDRESS,
                JAVA_LONG,
                ADDRESS,
                JAVA_LONG,
                ADDRESS,
                JAVA_LONG,
                JAVA_LONG);
        generator1 = bind(symbols, "blst_p1_generator", ADDRESS);
        generator2 = bind(symbols, "blst_p2_generator", ADDRESS);
        multiply2 = bind(symbols, "blst_p2_mult", null, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG);
        toAffine2 = bind(symbols, "blst_p2_to_affine", null, ADDRESS, ADDRESS);
        precomputeLines = bind(symbols, "blst_precompute_lines", null, ADDRESS, ADDRESS);
        millerLoopLines = bind(symbols, "blst_miller_loop_lines", null, ADDRESS, ADDRESS, ADDRESS);
        finalVerify = bind(symbols, "blst_fp12_finalverify", JAVA_BOOLEAN, ADDRESS, ADDRESS);
        one12 = bind(symbols, "blst_fp12_one", ADDRESS);
    }

    private static MethodHandle bind(
            SymbolLookup symbols, String name, MemoryLayout result, MemoryLayout... arguments) {
        FunctionDescriptor descriptor =
                result == null ? FunctionDescriptor.ofVoid(arguments) : FunctionDescriptor.of(result, arguments);
        return LINKER.downcallHandle(symbols.findOrThrow(name), descriptor);
    }

    /**
     * Copies the library of this platform out of the jar, checks it and loads it.
     *
     * @throws IOException saying what is missing or differs
     */
    static BlstLibrary load() throws IOException {
        String platform = platform();
        String pinned = PINNED.get(platform);
        if (pinned == null) {
            throw new IOException("the jblst jar has no usable library for " + platform);
        }
        byte[] library;
        try (InputStream in = BlstLibrary.class.getResourceAsStream("/supranational/blst/" + platform)) {
            library = Objects.requireNonNullElse(in, InputStream.nullInputStream())
                    .readAllBytes();
        }
        String found = sha256(library);
        if (!found.equals(pinned)) {
            throw new IOException("supranational/blst/" + platform + " of the jblst jar has SHA-256 " + found
                    + ", expected " + pinned);
        }
        Path directory = Files.createTempDirectory("autonomys-blst-");
        Path file = directory.resolve(Path.of(platform).getFileName());
        try {
            Files.write(file, library);
            return new BlstLibrary(
                    platform.substring(0, platform.lastIndexOf('/')).replace('/', ' '),
                    SymbolLookup.libraryLookup(file, Arena.global()));
        } catch (IllegalArgumentException | UnsatisfiedLinkError | java.util.NoSuchElementException e) {
            throw new IOException("the native library " + file + " cannot be loaded: " + e.getMessage(), e);
        } finally {
            // Once mapped the file is no longer needed, and nothing is left behind when the process dies.
            Files.deleteIfExists(file);
            Files.deleteIfExists(directory);
        }
    }

    private static String platform() {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String machine = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        boolean arm = machine.equals("aarch64") || machine.equals("arm64");
        if (system.contains("mac")) {
            return "Mac/" + (arm ? "aarch64" : "x86_64") + "/libblst.dylib";
        }
        if (system.contains("linux")) {
            return "Linux/" + (arm ? "aarch64" : machine) + "/libblst.so";
        }
        return System.getProperty("os.name") + "/" + machine;
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
