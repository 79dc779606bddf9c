package xyz.autonomys.farmer.archiving;

/**
 * SCALE compact lengths below 2^30, the only ones a segment holds: 1, 2 or 4 bytes, little-endian, the two lowest bits
 * of the first byte telling which (spec 03 §1).
 */
final class CompactLength {
    /** Lengths must be below this. */
    static final int LIMIT = 1 << 30;

    private static final int ONE_BYTE_LIMIT = 1 << 6;
    private static final int TWO_BYTE_LIMIT = 1 << 14;

    private CompactLength() {}

    /** Bytes that the compact form of {@code length} takes. */
    static int size(int length) {
        return length < ONE_BYTE_LIMIT ? 1 : length < TWO_BYTE_LIMIT ? 2 : 4;
    }

    static byte[] encode(int length) {
        int size = size(length);
        int word = length << 2 | size >>> 1;
        byte[] bytes = new byte[size];
        for (int i = 0; i < size; i++) {
            bytes[i] = (byte) (word >>> 8 * i);
        }
        return bytes;
    }

    /** Bytes of the compact form that begins with {@code first}, or 0 if no length below 2^30 begins so. */
    static int sizeFrom(byte first) {
        return switch (first & 3) {
            case 0 -> 1;
            case 1 -> 2;
            case 2 -> 4;
            default -> 0;
        };
    }

    /** The value of a complete compact form, or -1 if a shorter form exists. */
    static int decode(byte[] bytes) {
        int word = 0;
        for (int i = 0; i < bytes.length; i++) {
            word |= (bytes[i] & 0xff) << 8 * i;
        }
        int length = word >>> 2;
        return size(length) == bytes.length ? length : -1;
    }
}
