package xyz.autonomys.farmer.primitives;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * An immutable byte string of fixed length with a meaning. Subclasses give the length and the meaning, so that no
 * signature of this project carries a bare {@code byte[]} where a 32- or 48-byte value with a name is meant.
 *
 * <p>Equality is by class and content; the natural order is unsigned lexicographic.
 */
public abstract class FixedBytes implements Comparable<FixedBytes> {
    private final byte[] bytes;

    /**
     * Takes a copy of {@code source}.
     *
     * @throws IllegalArgumentException if the length differs from {@code expectedLength}
     */
    protected FixedBytes(byte[] source, int expectedLength) {
        if (source.length != expectedLength) {
            throw new IllegalArgumentException(
                    getClass().getSimpleName() + " takes " + expectedLength + " bytes, got " + source.length);
        }
        this.bytes = source.clone();
    }

    /** Parses hex digits (either case, no {@code 0x}) of exactly {@code expectedLength} bytes. */
    protected static byte[] parseHex(String name, CharSequence hex, int expectedLength) {
        if (hex.length() != 2 * expectedLength) {
            throw new IllegalArgumentException(name + " takes " + 2 * expectedLength + " hex digits without 0x, got "
                    + hex.length() + " characters: " + abbreviate(hex));
        }
        try {
            return HexFormat.of().parseHex(hex);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(name + " is not hexadecimal: " + abbreviate(hex), e);
        }
    }

    private static String abbreviate(CharSequence text) {
        return text.length() <= 40 ? text.toString() : text.subSequence(0, 40) + "…";
    }

    /** The length in bytes. */
    public final int length() {
        return bytes.length;
    }

    /** A fresh copy of the bytes. */
    public final byte[] toBytes() {
        return bytes.clone();
    }

    /** The byte at {@code index}. */
    public final byte byteAt(int index) {
        return bytes[index];
    }

    /** Copies all bytes to {@code target} at {@code offset}. */
    public final void copyTo(byte[] target, int offset) {
        System.arraycopy(bytes, 0, target, offset, bytes.length);
    }

    /** The bytes as lower-case hex without a prefix, the form of the node's JSON. */
    public final String toHex() {
        return HexFormat.of().formatHex(bytes);
    }

    @Override
    public final boolean equals(Object other) {
        return other != null && other.getClass() == getClass() && Arrays.equals(bytes, ((FixedBytes) other).bytes);
    }

    @Override
    public final int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public final int compareTo(FixedBytes other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    /** Same as {@link #toHex()}. */
    @Override
    public final String toString() {
        return toHex();
    }
}
