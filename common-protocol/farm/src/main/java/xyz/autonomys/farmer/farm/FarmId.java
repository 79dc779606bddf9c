package xyz.autonomys.farmer.farm;

import java.security.SecureRandom;

/**
 * The identifier of a farm, a ULID: 48 bits of unix milliseconds, 80 random bits; 26 characters of Crockford's base 32.
 *
 * @param high upper 64 of the 128 bits
 * @param low lower 64 bits
 */
public record FarmId(long high, long low) {
    private static final String ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private static final int CHARACTERS = 26;
    private static final int SCALE_BYTES = 17;
    private static final SecureRandom RANDOM = new SecureRandom();

    /** A new identifier of this moment. */
    public static FarmId random() {
        long high = System.currentTimeMillis() << 16 | RANDOM.nextInt(1 << 16) & 0xFFFFL;
        return new FarmId(high, RANDOM.nextLong());
    }

    /**
     * Parses the text form, either case.
     *
     * @throws IllegalArgumentException naming the text if it is anything else
     */
    public static FarmId parse(String text) {
        if (text.length() != CHARACTERS) {
            throw new IllegalArgumentException(
                    "a farm ID has " + CHARACTERS + " characters, got " + text.length() + ": " + text);
        }
        long high = 0;
        long low = 0;
        for (int i = 0; i < CHARACTERS; i++) {
            char c = text.charAt(i);
            int digit = c < 128 ? ALPHABET.indexOf(Character.toUpperCase(c)) : -1;
            if (digit < 0 || i == 0 && digit > 7) {
                throw new IllegalArgumentException("farm ID " + text + ": character " + (i + 1) + " is not allowed");
            }
            high = high << 5 | low >>> 59;
            low = low << 5 | digit;
        }
        return new FarmId(high, low);
    }

    /** The SCALE form: {@code 00}, then the 128-bit number little-endian. 17 bytes. */
    public byte[] toScale() {
        byte[] bytes = new byte[SCALE_BYTES];
        for (int i = 0; i < 8; i++) {
            bytes[1 + i] = (byte) (low >>> 8 * i);
            bytes[9 + i] = (byte) (high >>> 8 * i);
        }
        return bytes;
    }

    /**
     * Reads the SCALE form.
     *
     * @throws IllegalArgumentException if there are not 17 bytes that begin with {@code 00}
     */
    public static FarmId fromScale(byte[] bytes) {
        if (bytes.length != SCALE_BYTES || bytes[0] != 0) {
            throw new IllegalArgumentException(
                    "a farm ID in SCALE has " + SCALE_BYTES + " bytes that begin with 00, got " + bytes.length
                            + (bytes.length == 0 ? "" : String.format(", first %02x", bytes[0])));
        }
        long high = 0;
        long low = 0;
        for (int i = 7; i >= 0; i--) {
            low = low << 8 | bytes[1 + i] & 0xFF;
            high = high << 8 | bytes[9 + i] & 0xFF;
        }
        return new FarmId(high, low);
    }

    /** The 26 characters, upper case. */
    @Override
    public String toString() {
        char[] text = new char[CHARACTERS];
        long h = high;
        long l = low;
        for (int i = CHARACTERS - 1; i >= 0; i--) {
            text[i] = ALPHABET.charAt((int) l & 31);
            l = l >>> 5 | h << 59;
            h >>>= 5;
        }
        return new String(text);
    }
}
