package xyz.autonomys.farmer.primitives.scale;

import java.io.ByteArrayOutputStream;
import xyz.autonomys.farmer.primitives.FixedBytes;

/** Writes SCALE values one after another into a growing buffer. Integers are little-endian. */
public final class ScaleWriter {
    private final ByteArrayOutputStream out;

    /** @param expectedBytes initial capacity */
    public ScaleWriter(int expectedBytes) {
        out = new ByteArrayOutputStream(expectedBytes);
    }

    /** The low eight bits of {@code value}. */
    public ScaleWriter u8(int value) {
        out.write(value);
        return this;
    }

    /** Two bytes; {@code value} must be 0…65,535. */
    public ScaleWriter u16(int value) {
        if (value >>> 16 != 0) {
            throw new IllegalArgumentException(value + " does not fit into 16 unsigned bits");
        }
        return littleEndian(value, 2);
    }

    /** Four bytes; {@code value} must be 0…2^32−1. */
    public ScaleWriter u32(long value) {
        if (value >>> 32 != 0) {
            throw new IllegalArgumentException(value + " does not fit into 32 unsigned bits");
        }
        return littleEndian(value, 4);
    }

    /** Eight bytes of an unsigned long. */
    public ScaleWriter u64(long value) {
        return littleEndian(value, 8);
    }

    /** {@code 00} or {@code 01}: a boolean or the tag of an option. */
    public ScaleWriter flag(boolean value) {
        return u8(value ? 1 : 0);
    }

    /** The bytes as they are, without a length. */
    public ScaleWriter bytes(byte[] value) {
        out.write(value, 0, value.length);
        return this;
    }

    /** The bytes of a value of fixed length. */
    public ScaleWriter bytes(FixedBytes value) {
        return bytes(value.toBytes());
    }

    /** The shortest compact form of an unsigned 64-bit integer. */
    public ScaleWriter compact(long value) {
        if (value >= 0 && value < 1L << 6) {
            return u8((int) value << 2);
        }
        if (value >= 0 && value < 1L << 14) {
            return littleEndian(value << 2 | 1, 2);
        }
        if (value >= 0 && value < 1L << 30) {
            return littleEndian(value << 2 | 2, 4);
        }
        int length = Math.max(4, (64 - Long.numberOfLeadingZeros(value) + 7) / 8);
        u8(length - 4 << 2 | 3);
        return littleEndian(value, length);
    }

    /** Number of bytes written. */
    public int size() {
        return out.size();
    }

    /** A copy of what was written. */
    public byte[] toBytes() {
        return out.toByteArray();
    }

    private ScaleWriter littleEndian(long value, int length) {
        for (int i = 0; i < length; i++) {
            out.write((int) (value >>> 8 * i));
        }
        return this;
    }
}
