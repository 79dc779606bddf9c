package xyz.autonomys.farmer.cluster.control;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.math.BigInteger;
import java.util.function.Function;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.ChunkWitness;
import xyz.autonomys.farmer.primitives.FixedBytes;
import xyz.autonomys.farmer.primitives.PosProof;
import xyz.autonomys.farmer.primitives.PublicKey;
import xyz.autonomys.farmer.primitives.RecordCommitment;
import xyz.autonomys.farmer.primitives.RecordWitness;
import xyz.autonomys.farmer.primitives.RewardHash;
import xyz.autonomys.farmer.primitives.RewardSignature;
import xyz.autonomys.farmer.primitives.ScalarBytes;
import xyz.autonomys.farmer.primitives.SectorId;
import xyz.autonomys.farmer.primitives.SegmentCommitment;

/**
 * The bytes of every control message: a JSON object whose first field {@code "v"} is the version of the control
 * protocol. Fixed byte strings are lower-case hex, 64-bit integers are unsigned decimal numbers.
 *
 * <p>A build reads its own {@link #VERSION} and the one before ({@link #OLDEST}); any other is refused with both versions
 * named. A component that a message gains is marked {@link Since} with the version that brought it and the value that its
 * absence means. A message is written in the oldest version that can say it: as long as every new component has that
 * value, builds of the version before understand it, and as soon as one has not, they refuse the message instead of
 * misunderstanding it. A message whose whole form changed is
 * always written in the new version and read in either ({@link FormerMessages}). An unknown field is refused, since it may change the meaning of the rest, and nothing above {@link
 * #MAX_MESSAGE_BYTES} is sent or read.
 */
public final class ControlCodec {
    /** Version of the control protocol that this build speaks. */
    public static final int VERSION = 2;

    /** Oldest version that this build still reads, and writes where it suffices. */
    public static final int OLDEST = VERSION - 1;

    /** Largest payload on the control plane, in bytes. */
    public static final int MAX_MESSAGE_BYTES = 64 * 1024;

    private static final String VERSION_FIELD = "v";

    private static final ObjectMapper MAPPER = new ObjectMapper()
            .registerModule(module())
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES);

    private ControlCodec() {}

    /**
     * Encodes a message.
     *
     * @throws IllegalArgumentException if it would exceed {@link #MAX_MESSAGE_BYTES}
     */
    public static byte[] encode(Record message) {
        ObjectNode body = MAPPER.valueToTree(message);
        int version = VersionedFields.versionNeeded(body, message.getClass(), OLDEST);
        VersionedFields.strip(body, message.getClass(), version);
        ObjectNode envelope = MAPPER.createObjectNode();
        envelope.put(VERSION_FIELD, version);
        envelope.setAll(body);
        byte[] bytes;
        try {
            bytes = MAPPER.writeValueAsBytes(envelope);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "cannot encode " + message.getClass().getSimpleName(), e);
        }
        if (bytes.length > MAX_MESSAGE_BYTES) {
            throw new IllegalArgumentException(message.getClass().getSimpleName() + " takes " + bytes.length
                    + " bytes, the control plane carries at most " + MAX_MESSAGE_BYTES);
        }
        return bytes;
    }

    /**
     * Decodes a message that came from {@code origin}.
     *
     * @param origin subject or key it was read from, for the error text
     * @throws ControlFormatException if it is too large, not JSON, of another version, or not a {@code type}
     */
    public static <T extends Record> T decode(byte[] bytes, Class<T> type, String origin)
            throws ControlFormatException {
        if (bytes == null || bytes.length == 0) {
            throw new ControlFormatException(origin + ": expected " + type.getSimpleName() + ", got an empty message");
        }
        if (bytes.length > MAX_MESSAGE_BYTES) {
            throw new ControlFormatException(origin + ": " + type.getSimpleName() + " of " + bytes.length
                    + " bytes, at most " + MAX_MESSAGE_BYTES + " are accepted");
        }
        try {
            JsonNode tree = MAPPER.readTree(bytes);
            if (!(tree instanceof ObjectNode object)) {
                throw new ControlFormatException(origin + ": " + type.getSimpleName() + " is not a JSON object");
            }
            JsonNode version = object.remove(VERSION_FIELD);
            if (version == null || !version.isInt()) {
                throw new ControlFormatException(
                        origin + ": " + type.getSimpleName() + " carries no protocol version (field \"v\")");
            }
            if (version.intValue() < OLDEST || version.intValue() > VERSION) {
                throw new ControlFormatException(origin + ": peer speaks control protocol version "
                        + version.intValue() + ", this build speaks " + VERSION + " and reads " + OLDEST
                        + "; run the same release of autonomys-farmer on all hosts, or the one before");
            }
            FormerMessages.complete(type, object, version.intValue());
            VersionedFields.complete(object, type, version.intValue());
            return MAPPER.treeToValue(object, type);
        } catch (JsonProcessingException e) {
            throw new ControlFormatException(
                    origin + ": not a valid " + type.getSimpleName() + ": " + e.getOriginalMessage());
        } catch (IOException | IllegalArgumentException e) {
            throw new ControlFormatException(origin + ": not a valid " + type.getSimpleName() + ": " + e.getMessage());
        }
    }

    private static SimpleModule module() {
        SimpleModule module = new SimpleModule("autonomys-farmer-control");
        hex(module, Blake3Hash.class, Blake3Hash::fromHex);
        hex(module, PublicKey.class, PublicKey::fromHex);
        hex(module, SectorId.class, SectorId::fromHex);
        hex(module, PosProof.class, PosProof::fromHex);
        hex(module, ScalarBytes.class, ScalarBytes::fromHex);
        hex(module, RecordCommitment.class, RecordCommitment::fromHex);
        hex(module, RecordWitness.class, RecordWitness::fromHex);
        hex(module, ChunkWitness.class, ChunkWitness::fromHex);
        hex(module, SegmentCommitment.class, SegmentCommitment::fromHex);
        hex(module, RewardHash.class, RewardHash::fromHex);
        hex(module, RewardSignature.class, RewardSignature::fromHex);
        module.addSerializer(long.class, new UnsignedLongSerializer());
        module.addSerializer(Long.class, new UnsignedLongSerializer());
        module.addDeserializer(long.class, new UnsignedLongDeserializer());
        module.addDeserializer(Long.class, new UnsignedLongDeserializer());
        return module;
    }

    private static <T extends FixedBytes> void hex(SimpleModule module, Class<T> type, Function<String, T> parse) {
        module.addSerializer(type, new JsonSerializer<>() {
            @Override
            public void serialize(T value, JsonGenerator generator, SerializerProvider provider) throws IOException {
                generator.writeString(value.toHex());
            }
        });
        module.addDeserializer(type, new JsonDeserializer<>() {
            @Override
            public T deserialize(JsonParser parser, DeserializationContext context) throws IOException {
                if (parser.currentToken() != JsonToken.VALUE_STRING) {
                    context.reportInputMismatch(type, "%s must be a hex string", type.getSimpleName());
                }
                return parse.apply(parser.getText());
            }
        });
    }

    private static final class UnsignedLongSerializer extends JsonSerializer<Long> {
        @Override
        public void serialize(Long value, JsonGenerator generator, SerializerProvider provider) throws IOException {
            if (value >= 0) {
                generator.writeNumber(value);
            } else {
                generator.writeNumber(new BigInteger(Long.toUnsignedString(value)));
            }
        }
    }

    private static final class UnsignedLongDeserializer extends JsonDeserializer<Long> {
        @Override
        public Long deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT) {
                context.reportInputMismatch(Long.class, "expected an unsigned 64-bit integer");
            }
            BigInteger value = parser.getBigIntegerValue();
            if (value.signum() < 0 || value.bitLength() > 64) {
                context.reportInputMismatch(Long.class, "%s is not an unsigned 64-bit integer", value);
            }
            return value.longValue();
        }
    }
}
