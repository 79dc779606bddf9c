package xyz.autonomys.farmer.primitives.scale;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Reads SCALE values from a byte array, front to back. Every read throws {@link ScaleException} when the bytes do not
 * hold what is asked for.
 *
 * <p>Source: the SCALE rules of parity-scale-codec as autonomys/subspace uses them.
 */
public final class ScaleReader {
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final byte[] bytes;
    private final String what;
    private int position;

    /**
     * @param bytes bytes to read, not copied
     * @param what name of the value, for error messages
     */
    public ScaleReader(byte[] bytes, String what) {
        this.bytes = bytes;
        this.what = what;
    }

    /** Offset of the next byte. */
    public int position() {
        return position;
    }

    /** Number of bytes not read yet. */
    public int remaining() {
        return bytes.length - position;
    }

    /** One byte, 0…255. */
    public int u8(String field) {
        return bytes[take(1, field)] & 0xFF;
    }

    /** Two bytes little-endian, 0…65,535. */
    public int u16(String field) {
        return (short) SHORT.get(bytes, take(2, field)) & 0xFFFF;
    }

    /** Four bytes little-endian, 0…2^32−1. */
    public long u32(String field) {
        return Integer.toUnsignedLong((int) INT.get(bytes, take(4, field)));
    }

    /** Eight bytes little-endian; the long is to be read as unsigned. */
    public long u64(String field) {
        return (long) LONG.get(bytes, take(8, field));
    }

    /** Exactly {@code length} bytes. */
    public byte[] bytes(int length, String field) {
        int from = take(length, field);
        return Arrays.copyOfRange(bytes, from, from + length);
    }

    /** A boolean or the tag of an option: 0 or 1. */
    public boolean flag(String field) {
        int at = position;
        int value = u8(field);
        if (value > 1) {
            throw new ScaleException(what, at, field + " must be 00 or 01, found " + hex(value));
        }
        return value == 1;
    }

    /** A compact integer of at most 64 bits in its shortest form; the long is to be read as unsigned. */
    public long compact(String field) {
        int at = position;
        int first = u8(field);
        return switch (first & 3) {
            case 0 -> first >>> 2;
            case 1 -> {
                long value = (first | (long) u8(field) << 8) >>> 2;
                yield shortest(value, 1L << 6, at, field);
            }
            case 2 -> {
                long value = (first | (long) u8(field) << 8 | (long) u16(field) << 16) >>> 2;
                yield shortest(value, 1L << 14, at, field);
            }
            default -> {
                int length = (first >>> 2) + 4;
                if (length > 8) {
                    throw new ScaleException(
                            what, at, field + " is a compact integer of " + length + " bytes, at most 8 are allowed");
                }
                int from = take(length, field);
                long value = 0;
                for (int i = 0; i < length; i++) {
                    value |= (bytes[from + i] & 0xFFL) << 8 * i;
                }
                long minimum = length == 4 ? 1L << 30 : 1L << 8 * (length - 1);
                yield shortest(value, minimum, at, field);
            }
        };
    }

    /**
     * The element count of a vector. Refused when the rest of the input could not hold that many elements, so that a
     * forged count cannot make the caller reserve memory.
     *
     * @param minimumElementBytes least number of bytes of one element, at least 1
     */
    public int vectorLength(int minimumElementBytes, String field) {
        int at = position;
        long count = compact(field);
        long room = remaining() / minimumElementBytes;
        if (Long.compareUnsigned(count, room) > 0) {
            throw new ScaleException(
                    what,
                    at,
                    field + " announces " + Long.toUnsignedString(count) + " elements, the remaining " + remaining()
                            + " bytes hold at most " + room);
        }
        return (int) count;
    }

    /** Asserts that everything was read. */
    public void finish() {
        if (remaining() != 0) {
            throw new ScaleException(what, position, "expected the end, found " + remaining() + " more bytes");
        }
    }

    /** An error at the offset {@code at} of this value, for checks of the caller. */
    public ScaleException error(int at, String problem) {
        return new ScaleException(what, at, problem);
    }

    private long shortest(long value, long minimum, int at, String field) {
        if (Long.compareUnsigned(value, minimum) < 0) {
            throw new ScaleException(
                    what, at, field + " is a compact integer in a longer form than " + value + " needs");
        }
        return value;
    }

    private int take(int length, String field) {
        if (length > remaining()) {
            throw new ScaleException(
                    what, position, field + " takes " + length + " bytes, only " + remaining() + " are left");
        }
        int from = position;
        position += length;
        return from;
    }

    private static String hex(int value) {
        return String.format("%02x", value);
    }
}
