package xyz.autonomys.farmer.gpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import xyz.autonomys.farmer.erasure.ErasureCoding;
import xyz.autonomys.farmer.erasure.Polynomial;
import xyz.autonomys.farmer.kzg.Kzg;
import xyz.autonomys.farmer.kzg.Kzgs;
import xyz.autonomys.farmer.kzg.TrustedSetup;
import xyz.autonomys.farmer.primitives.ProtocolSizes;

/** Recovery of a polynomial and sums of powers, each against the processor. */
final class ProvingKernelsTest extends OnEmulatedDevice {
    private static final int CHUNK = ProtocolSizes.CHUNK_BYTES;

    @TempDir
    private Path directory;

    private Path trace() {
        return directory.resolve("trace");
    }

    @BeforeEach
    void record() {
        Emulator.trace(trace());
    }

    /**
     * Each test's launches once more, under AddressSanitizer and UndefinedBehaviorSanitizer. In which order points are
     * summed depends on the order of threads, and so do the projective coordinates of a sum.
     */
    @AfterEach
    void theSameUnderSanitizers() throws Exception {
        Emulator.endTrace();
        assertEquals(0, Emulator.replay(trace(), "descending", "loose"), "see target/replay.txt");
    }

    /** Half of the values of a random record, at random places. */
    @Test
    void polynomialsAreThoseOfTheProcessor() throws Exception {
        Random random = new Random(11);
        byte[] source = new byte[ProtocolSizes.RECORD_BYTES];
        random.nextBytes(source);
        for (int i = 0; i < source.length; i += CHUNK) {
            source[i] &= 0x3F;
        }
        byte[] parity = new byte[source.length];
        ErasureCoding code = ErasureCoding.forSourceChunks(ProtocolSizes.RECORD_CHUNKS);
        code.extend(source, 0, parity, 0);
        BitSet known = new BitSet();
        while (known.cardinality() < ProtocolSizes.RECORD_CHUNKS) {
            known.set(random.nextInt(ProtocolSizes.S_BUCKETS));
        }
        byte[] values = new byte[2 * source.length];
        ByteBuffer littleEndian = ByteBuffer.allocate(values.length);
        ByteBuffer missing =
                ByteBuffer.allocate(2 * ProtocolSizes.RECORD_CHUNKS).order(ByteOrder.LITTLE_ENDIAN);
        for (int s = 0; s < ProtocolSizes.S_BUCKETS; s++) {
            if (known.get(s)) {
                System.arraycopy((s & 1) == 0 ? source : parity, CHUNK * (s / 2), values, CHUNK * s, CHUNK);
            } else {
                missing.putShort((short) s);
            }
            for (int i = 0; i < CHUNK; i++) {
                littleEndian.put(CHUNK * s + i, values[CHUNK * s + CHUNK - 1 - i]);
            }
        }
        Polynomial expected = code.recoverPolynomial(values.clone(), known);
        try (CudaStream stream = device.newStream()) {
            ProvingKernels kernels = new ProvingKernels(device, stream, new TransformKernels(device, stream));
            Buffers.write(device, stream, littleEndian.array(), kernels.values());
            DeviceMemory where = Buffers.upload(device, stream, missing.array());
            DeviceMemory polynomial = kernels.recover(stream, where);
            long[] found = longs(Buffers.download(device, stream, polynomial));
            assertEquals(
                    -1,
                    Arrays.mismatch(Arrays.copyOf(expected.limbs(), found.length), found),
                    "first limb of the polynomial that differs");
        }
    }

    /** Scalars of all kinds, among them many equal ones, and the quotient's zero. */
    @Test
    void sumsAreThoseOfTheProcessor() throws Exception {
        int powers = 96;
        Kzg kzg = Kzgs.open(TrustedSetup.development(), 2);
        long[] limbs = new long[4 * powers];
        Random random = new Random(5);
        for (int i = 0; i < powers; i++) {
            switch (i % 6) {
                case 0 -> {}
                case 1 -> limbs[4 * i] = 1;
                case 2 -> {
                    // r − 1
                    limbs[4 * i] = 0xffffffff00000000L;
                    limbs[4 * i + 1] = 0x53bda402fffe5bfeL;
                    limbs[4 * i + 2] = 0x3339d80809a1d805L;
                    limbs[4 * i + 3] = 0x73eda753299d7d48L;
                }
                case 3 -> Arrays.fill(limbs, 4 * i, 4 * i + 3, 0x8000800080008000L);
                default -> {
                    for (int k = 0; k < 4; k++) {
                        limbs[4 * i + k] = random.nextLong() >>> (k == 3 ? 2 : 0);
                    }
                }
            }
        }
        try (CudaStream stream = device.newStream()) {
            SumKernels kernels = new SumKernels(device, powers);
            DeviceMemory compressed = Buffers.upload(device, stream, kzg.powers(powers));
            DeviceMemory flags = Buffers.upload(device, stream, 0);
            kernels.fillTable(stream, compressed, flags);
            assertArrayEquals(new int[] {0}, Buffers.downloadInts(device, stream, flags));
            ByteBuffer scalars = ByteBuffer.allocate(8 * limbs.length).order(ByteOrder.LITTLE_ENDIAN);
            scalars.asLongBuffer().put(limbs);
            DeviceMemory onDevice = Buffers.upload(device, stream, scalars.array());
            assertEquals(
                    kzg.commit(Polynomial.ofLimbs(limbs)).toHex(),
                    HexFormat.of()
                            .formatHex(SumKernels.compress(
                                    Buffers.download(device, stream, kernels.sum(stream, onDevice, powers)))));
            // Nothing at all: the point at infinity.
            stream.fill(onDevice, 0);
            assertEquals(
                    "c0" + "00".repeat(47),
                    HexFormat.of()
                            .formatHex(SumKernels.compress(
                                    Buffers.download(device, stream, kernels.sum(stream, onDevice, powers)))));
            // A power that is no point.
            byte[] wrong = kzg.powers(powers);
            wrong[48 * 5 + 47] ^= 1;
            wrong[48 * 6] &= 0x7F;
            Buffers.write(device, stream, wrong, compressed);
            kernels.fillTable(stream, compressed, flags);
            assertEquals(1, Integer.bitCount(Buffers.downloadInts(device, stream, flags)[0]));
        }
    }

    private static long[] longs(byte[] bytes) {
        long[] values = new long[bytes.length / Long.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().get(values);
        return values;
    }
}
