package xyz.autonomys.farmer.gpu;

import java.math.BigInteger;
import xyz.autonomys.farmer.primitives.ProtocolSizes;

/** The kernels that recover a record's polynomial and divide it (proving.cu), with the memory they work in. */
final class ProvingKernels {
    private static final int THREADS = 256;
    private static final int LEAVES = 512;
    private static final int LOG_LEAF = 6;
    private static final int LOG_HALF = 14;
    private static final int LOG_RECORD = 15;
    private static final int LOG_DOMAIN = 16;
    private static final int RECORD = 1 << LOG_RECORD;
    private static final int DOMAIN = 1 << LOG_DOMAIN;
    private static final int ELEMENT = TransformKernels.ELEMENT_BYTES;
    private static final int PROOF_SHARED_BYTES = 128 * 41 * Integer.BYTES;

    /** What makes a coset without a root of unity of order 65,536. */
    private static final BigInteger SHIFT = BigInteger.valueOf(7);

    private static final BigInteger RADIX = BigInteger.TWO.pow(256).mod(ScalarFields.ORDER);

    private final TransformKernels transforms;
    private final Kernel unmask;
    private final Kernel leaves;
    private final Kernel spread;
    private final Kernel multiplyPairs;
    private final Kernel weigh;
    private final Kernel halvesOnCoset;
    private final Kernel fold;
    private final Kernel divide;
    private final Kernel multiplyEach;
    private final Kernel divideByLinear;
    private final DeviceMemory shifts;
    private final DeviceMemory unshifts;
    private final DeviceMemory values;
    private final DeviceMemory small;
    private final DeviceMemory large;
    private final DeviceMemory coefficients;

    /** Loads the kernels, takes the memory, makes the tables. */
    ProvingKernels(CudaDevice device, CudaStream stream, TransformKernels transforms) throws GpuException {
        this.transforms = transforms;
        unmask = device.kernel("unmask_chunks", 128, PROOF_SHARED_BYTES);
        leaves = device.kernel("vanishing_leaves", 64, 8 * 65 * Integer.BYTES);
        spread = device.kernel("spread", THREADS, 0);
        multiplyPairs = device.kernel("multiply_pairs", THREADS, 0);
        weigh = device.kernel("weigh_values", THREADS, 0);
        halvesOnCoset = device.kernel("halves_on_coset", THREADS, 0);
        fold = device.kernel("fold_on_coset", THREADS, 0);
        divide = device.kernel("divide_on_coset", 64, 0);
        multiplyEach = device.kernel("multiply_each", THREADS, 0);
        divideByLinear = device.kernel("divide_by_linear", 1024, 32_768);
        DeviceMemory all = device.allocate(deviceBytes());
        shifts = all.slice(0, (long) RECORD * ELEMENT);
        unshifts = all.slice((long) RECORD * ELEMENT, (long) RECORD * ELEMENT);
        small = all.slice(2L * RECORD * ELEMENT, (long) RECORD * ELEMENT);
        values = all.slice(3L * RECORD * ELEMENT, (long) DOMAIN * ELEMENT);
        coefficients = all.slice(5L * RECORD * ELEMENT, (long) DOMAIN * ELEMENT);
        large = all.slice(7L * RECORD * ELEMENT, 2L * DOMAIN * ELEMENT);
        transforms.powers(stream, shifts, SHIFT, BigInteger.ONE, LOG_RECORD, false);
        transforms.powers(stream, unshifts, ScalarFields.inverse(SHIFT), BigInteger.ONE, LOG_RECORD, false);
    }

    /** Device memory of an instance. */
    static long deviceBytes() {
        return 11L * RECORD * ELEMENT;
    }

    /** The values of the extended record by s-bucket, 32 little-endian bytes each. */
    DeviceMemory values() {
        return values;
    }

    /**
     * Enqueues unmasking.
     *
     * @param lane has the record's tables
     * @param sBuckets u16 of each stored chunk
     * @param encoded bitmap of the s-buckets whose chunk has a mask
     */
    void unmask(
            TableKernels.Lane lane,
            DeviceMemory sBuckets,
            DeviceMemory encoded,
            DeviceMemory chunks,
            DeviceMemory flags)
            throws GpuException {
        CudaStream stream = lane.stream();
        stream.fill(values, 0);
        stream.launch(unmask, RECORD / 128, lane.slots(), lane.backs(), sBuckets, encoded, chunks, values, flags);
    }

    /**
     * Enqueues the recovery of the polynomial from {@link #values}.
     *
     * @param missing u16 of each of the 32,768 s-buckets without a value
     * @return where its 32,768 coefficients will be
     */
    DeviceMemory recover(CudaStream stream, DeviceMemory missing) throws GpuException {
        stream.launch(leaves, LEAVES, missing, transforms.roots(), small);
        for (int log = LOG_LEAF; log < LOG_HALF; log++) {
            stream.launch(spread, DOMAIN / THREADS, small, log, large, log + 1, 0);
            transforms.inFrequency(stream, large, log + 1, DOMAIN, false);
            BigInteger size = BigInteger.ONE.shiftLeft(log + 1);
            stream.launch(
                    multiplyPairs,
                    RECORD / THREADS,
                    large,
                    log,
                    raw(RADIX.multiply(RADIX).multiply(ScalarFields.inverse(size))),
                    raw(ScalarFields.inverse(size)),
                    small);
            transforms.inTime(stream, small, log + 1, RECORD, true);
        }
        // Values of both halves of Z everywhere, and with them those of D; its coefficients.
        stream.launch(spread, 2 * DOMAIN / THREADS, small, LOG_HALF, large, LOG_DOMAIN, 1);
        transforms.inFrequency(stream, large, LOG_DOMAIN, 2 * DOMAIN, false);
        BigInteger domain = BigInteger.valueOf(DOMAIN);
        stream.launch(
                weigh,
                DOMAIN / THREADS,
                values,
                large,
                raw(RADIX.multiply(RADIX).multiply(ScalarFields.inverse(domain))),
                coefficients);
        transforms.inTime(stream, coefficients, LOG_DOMAIN, DOMAIN, true);
        // On the coset.
        stream.launch(halvesOnCoset, DOMAIN / THREADS, small, shifts, large);
        transforms.inFrequency(stream, large, LOG_RECORD, DOMAIN, false);
        BigInteger turn = SHIFT.modPow(BigInteger.valueOf(RECORD), ScalarFields.ORDER);
        stream.launch(fold, RECORD / THREADS, coefficients, shifts, ScalarFields.montgomery(turn), small);
        transforms.inFrequency(stream, small, LOG_RECORD, RECORD, false);
        BigInteger record = BigInteger.valueOf(RECORD);
        stream.launch(divide, RECORD / 16 / 64, large, raw(ScalarFields.inverse(RADIX.multiply(record))), small);
        transforms.inTime(stream, small, LOG_RECORD, RECORD, true);
        stream.launch(multiplyEach, RECORD / THREADS, small, unshifts);
        return small;
    }

    /** Enqueues the quotient of the polynomial by X − ω^sBucket; its 32,768 coefficients, of which the last is zero. */
    DeviceMemory divide(CudaStream stream, DeviceMemory polynomial, int sBucket) throws GpuException {
        stream.launch(
                divideByLinear, 1, polynomial, sBucket, transforms.roots(), transforms.inverseRoots(), coefficients);
        return coefficients.slice(0, (long) RECORD * ELEMENT);
    }

    /** Not in Montgomery form. */
    private static byte[] raw(BigInteger value) {
        return ScalarFields.littleEndian(value.mod(ScalarFields.ORDER), ProtocolSizes.CHUNK_BYTES);
    }
}
