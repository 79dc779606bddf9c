package xyz.autonomys.farmer.node;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigInteger;
import java.util.HexFormat;
import java.util.function.Function;

/** A place in a message: reads what stands there, and says where it is when that is not what was expected. */
record JsonPlace(JsonNode node, String path) {
    private static final BigInteger MAX_U64 = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);
    private static final HexFormat HEX = HexFormat.of();

    static JsonPlace root(JsonNode node, String what) throws NodeJsonException {
        if (node == null || node.isMissingNode()) {
            throw new NodeJsonException(what + " is missing");
        }
        return new JsonPlace(node, what);
    }

    JsonPlace field(String name) throws NodeJsonException {
        if (!node.isObject()) {
            throw wrong("an object");
        }
        JsonNode value = node.get(name);
        if (value == null) {
            throw new NodeJsonException(path + " has no field \"" + name + "\"");
        }
        return new JsonPlace(value, path + "." + name);
    }

    JsonPlace item(int index) {
        return new JsonPlace(node.get(index), path + "[" + index + "]");
    }

    /** This, if it is an array of {@code length} items; any number if that is negative. */
    JsonPlace array(int length) throws NodeJsonException {
        if (!node.isArray() || length >= 0 && node.size() != length) {
            throw wrong(length < 0 ? "an array" : "an array of " + length);
        }
        return this;
    }

    String text() throws NodeJsonException {
        if (!node.isTextual()) {
            throw wrong("a text");
        }
        return node.asText();
    }

    boolean flag() throws NodeJsonException {
        if (!node.isBoolean()) {
            throw wrong("true or false");
        }
        return node.asBoolean();
    }

    <T> T hex(Function<String, T> parser) throws NodeJsonException {
        String text = text();
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException e) {
            throw new NodeJsonException(path + ": " + shortened(e.getMessage()));
        }
    }

    /** Bytes in hex after {@code 0x}, as the chain's own methods write them; {@code length} is -1 for any number. */
    byte[] prefixedHex(int length) throws NodeJsonException {
        String text = text();
        if (text.startsWith("0x") && (length < 0 || text.length() == 2 + 2 * length)) {
            try {
                return HEX.parseHex(text, 2, text.length());
            } catch (IllegalArgumentException e) {
                // Refused below.
            }
        }
        throw wrong("0x and " + (length < 0 ? "an even number of" : 2 * length) + " hex digits");
    }

    long u64() throws NodeJsonException {
        if (!node.isIntegralNumber()
                || node.bigIntegerValue().signum() < 0
                || node.bigIntegerValue().compareTo(MAX_U64) > 0) {
            throw wrong("a number of 0 to 2^64 - 1");
        }
        return node.bigIntegerValue().longValue();
    }

    /** A number that upstream's types do not allow to be zero. */
    long positive() throws NodeJsonException {
        long value = u64();
        if (value == 0) {
            throw wrong("a number from 1");
        }
        return value;
    }

    long limited(long most) throws NodeJsonException {
        long value = u64();
        if (Long.compareUnsigned(value, most) > 0) {
            throw wrong("a number of 0 to " + most);
        }
        return value;
    }

    NodeJsonException wrong(String expected) {
        return new NodeJsonException(path + " is " + shortened(node.toString()) + ", expected " + expected);
    }

    private static String shortened(String text) {
        return text.length() <= 200 ? text : text.substring(0, 200) + "…";
    }
}
