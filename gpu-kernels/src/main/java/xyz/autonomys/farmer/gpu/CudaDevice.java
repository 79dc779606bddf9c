package xyz.autonomys.farmer.gpu;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.IntSupplier;
import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.CUfunction;
import jcuda.driver.CUfunction_attribute;
import jcuda.driver.CUmodule;
import jcuda.driver.CUstream;
import jcuda.driver.CUstream_flags;
import jcuda.driver.JCudaDriver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A device with its context, the loaded kernels and the thread that submits work to it.
 *
 * <p>Work is submitted in short tasks on that thread ({@link #submit}); other threads only wait for events. An error that
 * loses the context marks the device failed for the rest of the process: every later call says so.
 */
public final class CudaDevice implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CudaDevice.class);
    private static final int DEFAULT_SHARED_BYTES = 48 << 10;

    private final DeviceInfo info;
    private final CUcontext context = new CUcontext();
    private final CUmodule module;
    private final ExecutorService submission;
    private final List<DeviceMemory> allocations = new ArrayList<>();
    private final List<PinnedMemory> pinned = new ArrayList<>();
    private long allocatedBytes;
    private volatile GpuException failure;

    private CudaDevice(DeviceInfo info, int driverVersion, NumaNode node) throws GpuException {
        this.info = info;
        this.submission = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(
                    () -> {
                        node.bindThread();
                        task.run();
                    },
                    "gpu-" + info.ordinal());
            thread.setDaemon(true);
            return thread;
        });
        CudaDriver.check(
                JCudaDriver.cuDevicePrimaryCtxRetain(context, CudaDriver.device(info.ordinal())),
                "cuDevicePrimaryCtxRetain");
        enter();
        this.module = KernelModule.load(info, driverVersion);
    }

    /**
     * Opens a device: creates its context and compiles the kernels for it, which takes some seconds the first time.
     *
     * @throws GpuException if the device is too old or the driver refuses
     */
    static CudaDevice open(DeviceInfo info, int driverVersion) throws GpuException {
        if (info.capability() < DeviceInfo.MIN_CAPABILITY) {
            throw new GpuException(
                    info.describe() + " is too old: compute capability 7.5 (Turing) or newer is needed", 0);
        }
        return new CudaDevice(info, driverVersion, NumaNode.ofPciDevice(info.pciBusId()));
    }

    /** What the device is. */
    public DeviceInfo info() {
        return info;
    }

    /** Runs a task on the submission thread and returns what it returns. */
    <T> T submit(Callable<T> task) throws GpuException, InterruptedException {
        checkUsable();
        try {
            return submission
                    .submit(() -> {
                        enter();
                        return task.call();
                    })
                    .get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case GpuException failed -> throw failed;
                case RuntimeException failed -> throw failed;
                case Error failed -> throw failed;
                default -> throw new IllegalStateException(e.getCause());
            }
        }
    }

    /** Makes this device the one that calls of this thread mean. */
    private void enter() throws GpuException {
        CudaDriver.check(JCudaDriver.cuCtxSetCurrent(context), "cuCtxSetCurrent");
    }

    /** Waits for an event on the calling thread. */
    void await(CudaEvent event) throws GpuException {
        enter();
        event.await();
    }

    void check(int result, String call) throws GpuException {
        if (result != 0) {
            GpuException thrown =
                    new GpuException("device " + info.ordinal() + ": " + call + ": " + CudaDriver.name(result), result);
            if (thrown.isSticky()) {
                fail(thrown);
            }
            throw thrown;
        }
    }

    /** Marks the device failed; it gets no more work from this process. */
    void fail(GpuException reason) {
        synchronized (this) {
            if (failure != null) {
                return;
            }
            failure = reason;
        }
        LOG.error("{} is given up until this process starts anew: {}", info.describe(), reason.getMessage());
    }

    private void checkUsable() throws GpuException {
        GpuException reason = failure;
        if (reason != null) {
            throw new GpuException("device " + info.ordinal() + " has failed: " + reason.getMessage(), reason.code());
        }
    }

    /** Whether the device may get work. */
    public boolean isUsable() {
        return failure == null;
    }

    /** Calls the driver where an error cannot be helped any more. */
    void quietly(IntSupplier call) {
        try {
            enter();
            int result = call.getAsInt();
            if (result != 0 && failure == null) {
                LOG.debug("{}: {}", info.describe(), CudaDriver.name(result));
            }
        } catch (GpuException e) {
            LOG.debug("{}: {}", info.describe(), e.getMessage());
        }
    }

    /** Waits until the device has done everything that was enqueued, whatever becomes of it. */
    void drainQuietly() {
        quietly(JCudaDriver::cuCtxSynchronize);
    }

    /** Waits until the device has done everything that was enqueued. */
    void synchronize() throws GpuException {
        enter();
        check(JCudaDriver.cuCtxSynchronize(), "cuCtxSynchronize");
    }

    /** Bytes of device memory that nobody uses. */
    long freeBytes() throws GpuException {
        enter();
        long[] free = new long[1];
        check(JCudaDriver.cuMemGetInfo(free, new long[1]), "cuMemGetInfo");
        return free[0];
    }

    /** Bytes of device memory this process has taken. */
    public synchronized long allocatedBytes() {
        return allocatedBytes;
    }

    DeviceMemory allocate(long bytes) throws GpuException {
        enter();
        CUdeviceptr pointer = new CUdeviceptr();
        check(JCudaDriver.cuMemAlloc(pointer, bytes), "cuMemAlloc of " + (bytes >> 20) + " MiB");
        DeviceMemory memory = new DeviceMemory(pointer, bytes);
        synchronized (this) {
            allocations.add(memory);
            allocatedBytes += bytes;
        }
        return memory;
    }

    void free(DeviceMemory memory) {
        synchronized (this) {
            if (!allocations.remove(memory)) {
                return;
            }
            allocatedBytes -= memory.bytes();
        }
        quietly(() -> JCudaDriver.cuMemFree(memory.pointer()));
    }

    PinnedMemory allocatePinned(long bytes) throws GpuException {
        enter();
        Pointer pointer = new Pointer();
        check(JCudaDriver.cuMemHostAlloc(pointer, bytes, 0), "cuMemHostAlloc of " + (bytes >> 20) + " MiB");
        PinnedMemory memory = new PinnedMemory(pointer, MemorySegment.ofBuffer(pointer.getByteBuffer(0, bytes)));
        synchronized (this) {
            pinned.add(memory);
        }
        return memory;
    }

    void free(PinnedMemory memory) {
        synchronized (this) {
            if (!pinned.remove(memory)) {
                return;
            }
        }
        quietly(() -> JCudaDriver.cuMemFreeHost(memory.pointer()));
    }

    CudaStream newStream() throws GpuException {
        enter();
        CUstream handle = new CUstream();
        check(JCudaDriver.cuStreamCreate(handle, CUstream_flags.CU_STREAM_NON_BLOCKING), "cuStreamCreate");
        return new CudaStream(this, handle);
    }

    CudaEvent newEvent() throws GpuException {
        enter();
        CUevent handle = new CUevent();
        check(
                JCudaDriver.cuEventCreate(
                        handle, CUevent_flags.CU_EVENT_BLOCKING_SYNC | CUevent_flags.CU_EVENT_DISABLE_TIMING),
                "cuEventCreate");
        return new CudaEvent(this, handle);
    }

    Kernel kernel(String name, int threads, int sharedBytes) throws GpuException {
        enter();
        CUfunction function = new CUfunction();
        check(JCudaDriver.cuModuleGetFunction(function, module, name), "kernel " + name);
        if (sharedBytes > DEFAULT_SHARED_BYTES) {
            check(
                    JCudaDriver.cuFuncSetAttribute(
                            function,
                            CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES,
                            sharedBytes),
                    "shared memory of " + name);
        }
        return new Kernel(name, function, threads, sharedBytes);
    }

    @Override
    public void close() {
        submission.shutdown();
        submission.close();
        List<DeviceMemory> memory;
        List<PinnedMemory> host;
        synchronized (this) {
            memory = List.copyOf(allocations);
            host = List.copyOf(pinned);
        }
        memory.forEach(this::free);
        host.forEach(this::free);
        quietly(() -> JCudaDriver.cuModuleUnload(module));
        try {
            JCudaDriver.cuDevicePrimaryCtxRelease(CudaDriver.device(info.ordinal()));
        } catch (GpuException e) {
            LOG.debug("{}: {}", info.describe(), e.getMessage());
        }
    }
}
