package xyz.autonomys.farmer.gpu;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import jcuda.Pointer;
import jcuda.driver.CUjitInputType;
import jcuda.driver.CUjit_option;
import jcuda.driver.CUlinkState;
import jcuda.driver.CUmodule;
import jcuda.driver.JCudaDriver;
import jcuda.driver.JITOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.hash.Blake3;

/**
 * The kernels as PTX, and as the driver's compiler makes them for a device. What it made is kept on disk, by the hash of
 * the PTX, the compute capability and the driver's version; it is compiled again when a file is missing or damaged.
 */
public final class KernelModule {
    private static final Logger LOG = LoggerFactory.getLogger(KernelModule.class);
    private static final String RESOURCE = "kernels.ptx.gz";
    private static final Pattern VERSION = Pattern.compile("\\.version (\\d+\\.\\d+)\\s+\\.target (sm_\\d+)");
    private static final int LOG_BYTES = 16 << 10;

    private KernelModule() {}

    /** The PTX, as the driver takes it: with a zero byte at its end. */
    static byte[] ptx() {
        try (InputStream in = KernelModule.class.getResourceAsStream(RESOURCE);
                GZIPInputStream text = new GZIPInputStream(in)) {
            byte[] bytes = text.readAllBytes();
            return Arrays.copyOf(bytes, bytes.length + 1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Version and target of the PTX, such as {@code PTX 7.8 for sm_75}. */
    public static String describePtx() {
        byte[] ptx = ptx();
        Matcher matcher = VERSION.matcher(new String(ptx, 0, Math.min(ptx.length, 4096), StandardCharsets.US_ASCII));
        return matcher.find() ? "PTX " + matcher.group(1) + " for " + matcher.group(2) : "PTX of unknown version";
    }

    /** Loads the kernels into the current context. */
    static CUmodule load(DeviceInfo info, int driverVersion) throws GpuException {
        byte[] ptx = ptx();
        Path cached = null;
        try {
            cached = PrivateLibraries.directory("gpu")
                    .resolve(fileName(Blake3.hash(ptx), info.capability(), driverVersion));
            byte[] cubin = read(cached);
            CUmodule module = new CUmodule();
            if (cubin != null && JCudaDriver.cuModuleLoadData(module, cubin) == 0) {
                return module;
            }
        } catch (IOException e) {
            LOG.warn("Compiled GPU kernels cannot be kept: {}", e.getMessage());
        }
        LOG.info("Compiling the GPU kernels for {}; this takes some seconds, once", info.name());
        long start = System.nanoTime();
        CUmodule module = compile(ptx, cached);
        LOG.info("The GPU kernels are compiled after {} s", String.format("%.1f", (System.nanoTime() - start) / 1e9));
        return module;
    }

    private static CUmodule compile(byte[] ptx, Path keep) throws GpuException {
        JITOptions options = new JITOptions();
        options.putBytes(CUjit_option.CU_JIT_ERROR_LOG_BUFFER, new byte[LOG_BYTES]);
        options.putInt(CUjit_option.CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES, LOG_BYTES);
        CUlinkState state = new CUlinkState();
        CudaDriver.check(JCudaDriver.cuLinkCreate(options, state), "cuLinkCreate");
        try {
            int result = JCudaDriver.cuLinkAddData(
                    state,
                    CUjitInputType.CU_JIT_INPUT_PTX,
                    Pointer.to(ptx),
                    ptx.length,
                    "kernels.ptx",
                    new JITOptions());
            Pointer cubin = new Pointer();
            long[] size = new long[1];
            if (result == 0) {
                result = JCudaDriver.cuLinkComplete(state, cubin, size);
            }
            if (result != 0) {
                throw new GpuException(
                        "the driver cannot compile the kernels: " + CudaDriver.name(result) + " "
                                + options.getString(CUjit_option.CU_JIT_ERROR_LOG_BUFFER),
                        result);
            }
            byte[] code = MemorySegment.ofAddress(new Address(cubin).value())
                    .reinterpret(size[0])
                    .toArray(ValueLayout.JAVA_BYTE);
            CUmodule module = new CUmodule();
            CudaDriver.check(JCudaDriver.cuModuleLoadData(module, code), "cuModuleLoadData");
            if (keep != null) {
                write(keep, code);
            }
            return module;
        } finally {
            JCudaDriver.cuLinkDestroy(state);
        }
    }

    /** The address behind a pointer of the bindings, which they keep to themselves. */
    private static final class Address extends Pointer {
        Address(Pointer pointer) {
            super(pointer);
        }

        long value() {
            return getNativePointer() + getByteOffset();
        }
    }

    static String fileName(Blake3Hash ptx, int capability, int driverVersion) {
        return HexFormat.of().formatHex(ptx.toBytes(), 0, 8) + "-sm" + capability + "-driver" + driverVersion
                + ".cubin";
    }

    /** The code in a file, null if there is none or its hash, which comes first, is another. */
    static byte[] read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            return null;
        }
        byte[] bytes = Files.readAllBytes(file);
        if (bytes.length <= Blake3Hash.SIZE) {
            return null;
        }
        byte[] code = Arrays.copyOfRange(bytes, Blake3Hash.SIZE, bytes.length);
        return Blake3.hash(code).equals(Blake3Hash.of(bytes, 0)) ? code : null;
    }

    static void write(Path file, byte[] code) {
        try {
            Path part = Files.createTempFile(file.getParent(), "cubin", ".part");
            byte[] bytes = new byte[Blake3Hash.SIZE + code.length];
            Blake3.hash(code).copyTo(bytes, 0);
            System.arraycopy(code, 0, bytes, Blake3Hash.SIZE, code.length);
            Files.write(part, bytes);
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            LOG.warn("The compiled GPU kernels could not be kept in {}: {}", file, e.getMessage());
        }
    }
}
