package xyz.autonomys.farmer.primitives.ss58;

import java.util.Arrays;
import xyz.autonomys.farmer.primitives.PublicKey;
import xyz.autonomys.farmer.primitives.hash.Blake2b256;

/**
 * SS58 addresses of 32-byte accounts: base58 of prefix, key and two bytes of checksum.
 *
 * <p>Any network prefix is accepted except the reserved 46 and 47, as upstream does: an account is the same on every
 * network. Source: autonomys/subspace, crates/subspace-farmer/src/utils/ss58.rs.
 */
public final class Ss58 {
    /** Network prefix of Autonomys mainnet ({@code su…}). */
    public static final int AUTONOMYS_PREFIX = 6094;

    /** Network prefix of no network in particular ({@code 5…}). */
    public static final int GENERIC_PREFIX = 42;

    private static final String ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    private static final byte[] CONTEXT = {'S', 'S', '5', '8', 'P', 'R', 'E'};
    private static final int CHECKSUM_BYTES = 2;

    /** No valid address is longer; refusing early keeps the quadratic base conversion off hostile input. */
    private static final int MAX_CHARACTERS = 64;

    private Ss58() {}

    /**
     * The account an address names.
     *
     * @throws IllegalArgumentException saying what is wrong, in the words upstream uses followed by the particulars
     */
    public static PublicKey parse(String address) {
        byte[] bytes = decodeBase58(address);
        if (bytes.length < 2) {
            throw refuse("Length is bad", address, "decodes to " + bytes.length + " bytes");
        }
        int first = bytes[0] & 0xFF;
        if (first >= 128) {
            throw refuse("Invalid SS58 prefix byte", address, "first byte is " + first + ", allowed are 0…127");
        }
        int prefixBytes = first < 64 ? 1 : 2;
        int second = bytes[1] & 0xFF;
        int prefix = first < 64 ? first : (first << 2 & 0xFF | second >> 6) | (second & 0x3F) << 8;
        int keyEnd = prefixBytes + PublicKey.SIZE;
        if (bytes.length != keyEnd + CHECKSUM_BYTES) {
            throw refuse(
                    "Length is bad",
                    address,
                    "expected " + (keyEnd + CHECKSUM_BYTES) + " bytes, it decodes to " + bytes.length);
        }
        if (prefix == 46 || prefix == 47) {
            throw refuse(
                    "Disallowed SS58 Address Format for this datatype",
                    address,
                    "network prefix " + prefix + " is reserved");
        }
        byte[] checksum = Blake2b256.hash512(CONTEXT, Arrays.copyOf(bytes, keyEnd));
        if (checksum[0] != bytes[keyEnd] || checksum[1] != bytes[keyEnd + 1]) {
            throw refuse("Invalid checksum", address, "a character is mistyped or missing");
        }
        return PublicKey.of(bytes, prefixBytes);
    }

    /**
     * The address of {@code account} with a network prefix.
     *
     * @param prefix 0…16,383
     */
    public static String format(PublicKey account, int prefix) {
        if (prefix < 0 || prefix > 16_383) {
            throw new IllegalArgumentException("an SS58 prefix is 0…16383, got " + prefix);
        }
        byte[] prefixBytes = prefix < 64
                ? new byte[] {(byte) prefix}
                : new byte[] {(byte) ((prefix & 0xFC) >> 2 | 0x40), (byte) (prefix >> 8 | (prefix & 3) << 6)};
        int keyEnd = prefixBytes.length + PublicKey.SIZE;
        byte[] bytes = Arrays.copyOf(prefixBytes, keyEnd + CHECKSUM_BYTES);
        account.copyTo(bytes, prefixBytes.length);
        byte[] checksum = Blake2b256.hash512(CONTEXT, Arrays.copyOf(bytes, keyEnd));
        System.arraycopy(checksum, 0, bytes, keyEnd, CHECKSUM_BYTES);
        return encodeBase58(bytes);
    }

    private static IllegalArgumentException refuse(String problem, String address, String detail) {
        String shown = address.length() <= MAX_CHARACTERS ? address : address.substring(0, MAX_CHARACTERS) + "…";
        return new IllegalArgumentException(problem + ": address \"" + shown + "\": " + detail);
    }

    private static byte[] decodeBase58(String text) {
        byte[] digits = new byte[text.length()];
        for (int i = 0; i < digits.length; i++) {
            int digit = ALPHABET.indexOf(text.charAt(i));
            if (digit < 0) {
                throw refuse(
                        "Base 58 requirement is violated",
                        text,
                        "character " + (i + 1) + " is not one of the base 58 alphabet");
            }
            digits[i] = (byte) digit;
        }
        if (digits.length > MAX_CHARACTERS) {
            throw refuse("Length is bad", text, "an address has at most 50 characters, this has " + digits.length);
        }
        return convert(digits, 58, 256);
    }

    private static String encodeBase58(byte[] bytes) {
        StringBuilder text = new StringBuilder();
        for (byte digit : convert(bytes, 256, 58)) {
            text.append(ALPHABET.charAt(digit));
        }
        return text.toString();
    }

    /** Converts a big-endian number from base to base; each leading zero digit stays one. */
    private static byte[] convert(byte[] digits, int from, int to) {
        int zeros = 0;
        while (zeros < digits.length && digits[zeros] == 0) {
            zeros++;
        }
        byte[] out = new byte[digits.length * 2];
        int start = out.length;
        for (int i = zeros; i < digits.length; i++) {
            int carry = digits[i] & 0xFF;
            for (int k = out.length - 1; k >= start || carry != 0; k--) {
                carry += (out[k] & 0xFF) * from;
                out[k] = (byte) (carry % to);
                carry /= to;
                start = Math.min(start, k);
            }
        }
        return Arrays.copyOfRange(out, start - zeros, out.length);
    }
}
