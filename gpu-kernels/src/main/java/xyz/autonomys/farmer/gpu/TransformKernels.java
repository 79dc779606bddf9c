package xyz.autonomys.farmer.gpu;

import java.math.BigInteger;

/** Transforms over the scalars and the erasure extension of records, with their tables (transforms.h, transforms.cu). */
final class TransformKernels implements AutoCloseable {
    private static final int LOG_ROOTS = 15;
    private static final int LOG_LARGEST = 16;
    private static final int LOG_RECORD = 15;
    private static final int THREADS = 256;
    private static final int SHARED_BYTES = 32_768;
    private static final int BLOCK_ELEMENTS = 1024;
    private static final int LOW_PASS_ALONE = 10;

    /** Bytes of an element. */
    static final int ELEMENT_BYTES = 32;

    private static final int BLOCKS_OF_RECORD = (1 << LOG_RECORD) / BLOCK_ELEMENTS;

    /** Device memory of the tables. */
    static final long DEVICE_BYTES = 3L * ELEMENT_BYTES << LOG_ROOTS;

    private final CudaDevice device;
    private final DeviceMemory tables;
    private final Kernel extendBegin;
    private final Kernel extendMiddle;
    private final Kernel extendEnd;
    private final Kernel frequencyHigh;
    private final Kernel frequencyLow;
    private final Kernel timeLow;
    private final Kernel timeHigh;
    private final Kernel fillPowers;
    private final DeviceMemory roots;
    private final DeviceMemory inverseRoots;
    private final DeviceMemory twist;

    /** Loads the kernels and enqueues the making of the tables. */
    TransformKernels(CudaDevice device, CudaStream stream) throws GpuException {
        this.device = device;
        extendBegin = device.kernel("extend_begin", THREADS, SHARED_BYTES);
        extendMiddle = device.kernel("extend_middle", THREADS, SHARED_BYTES);
        extendEnd = device.kernel("extend_end", THREADS, SHARED_BYTES);
        frequencyHigh = device.kernel("frequency_high", THREADS, SHARED_BYTES);
        frequencyLow = device.kernel("frequency_low", THREADS, SHARED_BYTES);
        timeLow = device.kernel("time_low", THREADS, SHARED_BYTES);
        timeHigh = device.kernel("time_high", THREADS, SHARED_BYTES);
        fillPowers = device.kernel("fill_powers", THREADS, 0);
        tables = device.allocate(DEVICE_BYTES);
        long bytes = DEVICE_BYTES / 3;
        roots = tables.slice(0, bytes);
        inverseRoots = tables.slice(bytes, bytes);
        twist = tables.slice(2 * bytes, bytes);
        BigInteger root = ScalarFields.rootOfUnity(LOG_LARGEST);
        powers(stream, roots, root, BigInteger.ONE, LOG_ROOTS, false);
        powers(stream, inverseRoots, ScalarFields.inverse(root), BigInteger.ONE, LOG_ROOTS, false);
        powers(stream, twist, root, ScalarFields.inverse(BigInteger.ONE.shiftLeft(LOG_RECORD)), LOG_RECORD, true);
    }

    /** ω^k for k below 2^15, ω of order 2^16, in Montgomery form. */
    DeviceMemory roots() {
        return roots;
    }

    /** ω^−k. */
    DeviceMemory inverseRoots() {
        return inverseRoots;
    }

    /** Enqueues {@code table[k] = first · base^k} for k below 2^log, in Montgomery form; bit-reversed if asked for. */
    void powers(CudaStream stream, DeviceMemory table, BigInteger base, BigInteger first, int log, boolean reversed)
            throws GpuException {
        stream.launch(
                fillPowers,
                Math.max(1, (1 << log) / THREADS),
                table,
                ScalarFields.montgomery(base),
                ScalarFields.montgomery(first),
                log,
                reversed ? 1 : 0);
    }

    /**
     * Enqueues the extension of records.
     *
     * @param source chunks of the records
     * @param work 1 MiB for each record
     * @param parity receives the parity chunks
     * @param flags one u32 for each record
     */
    void extend(
            CudaStream stream,
            int records,
            DeviceMemory source,
            DeviceMemory work,
            DeviceMemory parity,
            DeviceMemory flags)
            throws GpuException {
        int blocks = records * BLOCKS_OF_RECORD;
        stream.launch(extendBegin, blocks, source, work, inverseRoots, flags);
        stream.launch(extendMiddle, blocks, work, inverseRoots, twist, roots);
        stream.launch(extendEnd, blocks, work, parity, roots);
    }

    /** Enqueues transforms of 2^log elements each, natural order in, bit-reversed out; {@code elements} in all. */
    void inFrequency(CudaStream stream, DeviceMemory data, int log, int elements, boolean inverse) throws GpuException {
        if (log > LOW_PASS_ALONE) {
            stream.launch(frequencyHigh, elements / BLOCK_ELEMENTS, data, log, inverse ? inverseRoots : roots);
        }
        stream.launch(frequencyLow, elements / BLOCK_ELEMENTS, data, log, inverse ? inverseRoots : roots);
    }

    /** Enqueues transforms, bit-reversed order in, natural out. */
    void inTime(CudaStream stream, DeviceMemory data, int log, int elements, boolean inverse) throws GpuException {
        stream.launch(timeLow, elements / BLOCK_ELEMENTS, data, log, inverse ? inverseRoots : roots);
        if (log > LOW_PASS_ALONE) {
            stream.launch(timeHigh, elements / BLOCK_ELEMENTS, data, log, inverse ? inverseRoots : roots);
        }
    }

    @Override
    public void close() {
        device.free(tables);
    }
}
