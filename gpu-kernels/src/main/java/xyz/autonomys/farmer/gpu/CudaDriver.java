package xyz.autonomys.farmer.gpu;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import jcuda.driver.CUdevice;
import jcuda.driver.JCudaDriver;

/**
 * NVIDIA's driver on this machine, found out about without a risk for the process: the bindings bind lazily, and a call of
 * a function that the installed driver lacks would end the JVM. So the driver's library is looked at first through the
 * JDK's own means, and the bindings are not touched unless everything they will be asked for is there.
 */
public final class CudaDriver {
    /** The oldest driver that is used, as the driver counts: CUDA 12.0, driver branch 525.60.13. */
    public static final int MIN_VERSION = 12_000;

    private static final String LIBRARY = "libcuda.so.1";
    private static final String BINDINGS = "/lib/libJCudaDriver-12.6.0-linux-x86_64.so";

    /** Every function of the driver that the bindings are asked to call. None is newer than CUDA 11.8. */
    private static final List<String> FUNCTIONS = List.of(
            "cuInit",
            "cuDriverGetVersion",
            "cuDeviceGet",
            "cuDeviceGetCount",
            "cuDeviceGetName",
            "cuDeviceGetAttribute",
            "cuDeviceGetPCIBusId",
            "cuDeviceTotalMem_v2",
            "cuDevicePrimaryCtxRetain",
            "cuDevicePrimaryCtxRelease_v2",
            "cuCtxSetCurrent",
            "cuCtxSynchronize",
            "cuModuleLoadData",
            "cuModuleLoadDataEx",
            "cuModuleUnload",
            "cuModuleGetFunction",
            "cuFuncSetAttribute",
            "cuLinkCreate_v2",
            "cuLinkAddData_v2",
            "cuLinkComplete",
            "cuLinkDestroy",
            "cuMemGetInfo_v2",
            "cuMemAlloc_v2",
            "cuMemFree_v2",
            "cuMemHostAlloc",
            "cuMemFreeHost",
            "cuMemcpyHtoDAsync_v2",
            "cuMemcpyDtoHAsync_v2",
            "cuMemcpyDtoDAsync_v2",
            "cuMemsetD8Async",
            "cuStreamCreate",
            "cuStreamDestroy_v2",
            "cuStreamWaitEvent",
            "cuEventCreate",
            "cuEventRecord",
            "cuEventSynchronize",
            "cuEventDestroy_v2",
            "cuLaunchKernel");

    private static Result found;

    private final int version;
    private final int devices;

    private CudaDriver(int version, int devices) {
        this.version = version;
        this.devices = devices;
    }

    /** What was found. */
    public sealed interface Result {
        /** A driver that can be used. */
        record Ready(CudaDriver driver) implements Result {}

        /**
         * Nothing that can be used.
         *
         * @param reason why, and what helps, in one line
         */
        record Absent(String reason) implements Result {}
    }

    /** Looks for the driver, once for the process. */
    public static synchronized Result find() {
        if (found == null) {
            try {
                found = look();
            } catch (IOException | LinkageError | RuntimeException e) {
                found = new Result.Absent("the GPU cannot be used: " + e.getMessage());
            }
        }
        return found;
    }

    private static Result look() throws IOException {
        if (!System.getProperty("os.name").equals("Linux")
                || !System.getProperty("os.arch").equals("amd64")) {
            return new Result.Absent("GPUs are used on Linux x86-64 only");
        }
        SymbolLookup library;
        try {
            library = SymbolLookup.libraryLookup(LIBRARY, Arena.global());
        } catch (IllegalArgumentException e) {
            return new Result.Absent("no NVIDIA driver is installed (" + LIBRARY + " cannot be loaded)");
        }
        for (String function : FUNCTIONS) {
            if (library.find(function).isEmpty()) {
                return new Result.Absent("the NVIDIA driver's " + LIBRARY + " has no function " + function
                        + "; it is too old or a stub, install driver 525.60.13 or newer");
            }
        }
        int result = call(library, "cuInit", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT), 0);
        if (result != 0) {
            return new Result.Absent(explainStart(result));
        }
        int version = number(library, "cuDriverGetVersion");
        if (version < MIN_VERSION) {
            return new Result.Absent("the NVIDIA driver is too old: it supports CUDA " + describe(version)
                    + ", needed is 12.0; install driver 525.60.13 or newer");
        }
        int devices = number(library, "cuDeviceGetCount");
        if (devices == 0) {
            return new Result.Absent(explainStart(100));
        }
        loadBindings();
        return new Result.Ready(new CudaDriver(version, devices));
    }

    private static int number(SymbolLookup library, String function) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(ValueLayout.JAVA_INT);
            int result =
                    call(library, function, FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS), value);
            if (result != 0) {
                throw new IOException(function + " failed with " + result);
            }
            return value.get(ValueLayout.JAVA_INT, 0);
        }
    }

    private static int call(SymbolLookup library, String function, FunctionDescriptor type, Object argument)
            throws IOException {
        try {
            return (int) Linker.nativeLinker()
                    .downcallHandle(library.find(function).orElseThrow(), type)
                    .invokeWithArguments(argument);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IOException(function + " cannot be called", e);
        }
    }

    private static String explainStart(int result) {
        String visible = System.getenv("CUDA_VISIBLE_DEVICES");
        return switch (result) {
            case 100 ->
                "the NVIDIA driver knows of no device"
                        + (visible == null ? "" : " (CUDA_VISIBLE_DEVICES is \"" + visible + "\")");
            case 34 -> "the installed " + LIBRARY + " is a stub for building programs, not a driver";
            case 803 -> "the NVIDIA driver's library and kernel module are of different versions; restart the machine";
            default -> "the NVIDIA driver does not start, cuInit gives " + result;
        };
    }

    /** The bindings take the temporary directory for a place to extract to; for that moment it is a private one. */
    private static void loadBindings() throws IOException {
        Path directory = PrivateLibraries.directory("native");
        PrivateLibraries.extract(BINDINGS, directory);
        String before = System.getProperty("java.io.tmpdir");
        System.setProperty("java.io.tmpdir", directory.toString());
        try {
            JCudaDriver.setExceptionsEnabled(false);
        } finally {
            System.setProperty("java.io.tmpdir", before);
        }
    }

    /** A version as people write it, such as {@code 12.4}. */
    static String describe(int version) {
        return version / 1000 + "." + version % 1000 / 10;
    }

    /** The version of CUDA the driver supports, such as 12040. */
    public int version() {
        return version;
    }

    /** The devices that the driver shows, which CUDA_VISIBLE_DEVICES may limit. Their contexts are not created yet. */
    public List<DeviceInfo> devices() throws GpuException {
        List<DeviceInfo> list = new ArrayList<>();
        for (int i = 0; i < devices; i++) {
            list.add(DeviceInfo.of(i));
        }
        return list;
    }

    static void check(int result, String call) throws GpuException {
        if (result != 0) {
            throw new GpuException(call + " failed: " + name(result), result);
        }
    }

    static String name(int result) {
        return String.format(Locale.ROOT, "%s (%d)", jcuda.driver.CUresult.stringFor(result), result);
    }

    static CUdevice device(int ordinal) throws GpuException {
        CUdevice device = new CUdevice();
        check(JCudaDriver.cuDeviceGet(device, ordinal), "cuDeviceGet");
        return device;
    }
}
