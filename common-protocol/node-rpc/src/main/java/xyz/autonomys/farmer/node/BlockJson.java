package xyz.autonomys.farmer.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import xyz.autonomys.farmer.primitives.scale.ScaleException;
import xyz.autonomys.farmer.primitives.scale.ScaleReader;

/**
 * The JSON forms of blocks (spec 06 §10). Unlike in {@link NodeJson}, byte strings begin with {@code 0x}, the number of a
 * block is a hex text, and justifications are arrays of numbers.
 *
 * <p>Source: polkadot-sdk, substrate/primitives/runtime/src/generic/{block,digest,header}.rs.
 */
public final class BlockJson {
    private static final long MAX_U32 = 0xffff_ffffL;
    private static final int ENGINE_BYTES = 4;
    private static final HexFormat HEX = HexFormat.of();
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private BlockJson() {}

    /** The hash of a block. */
    public static TextNode write(BlockHash hash) {
        return TextNode.valueOf("0x" + hash.toHex());
    }

    /** Reads {@link #write(BlockHash)}. */
    public static BlockHash readHash(JsonNode json) throws NodeJsonException {
        return BlockHash.of(JsonPlace.root(json, "block hash").prefixedHex(BlockHash.SIZE));
    }

    /** A header, as {@code chain_getHeader} answers. */
    public static ObjectNode write(BlockHeader header) {
        ObjectNode node = NODES.objectNode();
        node.put("parentHash", "0x" + header.parentHash().toHex());
        node.put("number", "0x" + Long.toHexString(header.number()));
        node.put("stateRoot", "0x" + header.stateRoot().toHex());
        node.put("extrinsicsRoot", "0x" + header.extrinsicsRoot().toHex());
        ArrayNode logs = node.putObject("digest").putArray("logs");
        header.logs().forEach(log -> logs.add("0x" + HEX.formatHex(log)));
        return node;
    }

    /** Reads {@link #write(BlockHeader)}. */
    public static BlockHeader readHeader(JsonNode json) throws NodeJsonException {
        return readHeader(JsonPlace.root(json, "block header"));
    }

    private static BlockHeader readHeader(JsonPlace at) throws NodeJsonException {
        JsonPlace logs = at.field("digest").field("logs").array(-1);
        List<byte[]> items = new ArrayList<>();
        for (int i = 0; i < logs.node().size(); i++) {
            byte[] item = logs.item(i).prefixedHex(-1);
            if (item.length == 0) {
                throw logs.item(i).wrong("a digest item");
            }
            items.add(item);
        }
        return new BlockHeader(
                BlockHash.of(at.field("parentHash").prefixedHex(BlockHash.SIZE)),
                readNumber(at.field("number")),
                TrieRoot.of(at.field("stateRoot").prefixedHex(TrieRoot.SIZE)),
                TrieRoot.of(at.field("extrinsicsRoot").prefixedHex(TrieRoot.SIZE)),
                items);
    }

    private static long readNumber(JsonPlace at) throws NodeJsonException {
        String text = at.text();
        if (text.matches("0x[0-9a-fA-F]{1,8}")) {
            return Long.parseLong(text, 2, text.length(), 16);
        }
        throw at.wrong("0x and a number of 0 to " + Long.toHexString(MAX_U32) + " in hex");
    }

    /** A block, as {@code chain_getBlock} answers. */
    public static ObjectNode write(SignedBlock block) {
        ObjectNode node = NODES.objectNode();
        ObjectNode inner = node.putObject("block");
        inner.set("header", write(block.header()));
        ArrayNode extrinsics = inner.putArray("extrinsics");
        block.extrinsics().forEach(extrinsic -> extrinsics.add("0x" + HEX.formatHex(extrinsic)));
        if (block.justifications().isEmpty()) {
            node.putNull("justifications");
            return node;
        }
        ArrayNode justifications = node.putArray("justifications");
        for (SignedBlock.Justification justification : block.justifications()) {
            ArrayNode pair = justifications.addArray();
            numbers(pair.addArray(), justification.engine());
            numbers(pair.addArray(), justification.bytes());
        }
        return node;
    }

    private static void numbers(ArrayNode array, byte[] bytes) {
        for (byte value : bytes) {
            array.add(value & 0xff);
        }
    }

    /** Reads {@link #write(SignedBlock)}. */
    public static SignedBlock readBlock(JsonNode json) throws NodeJsonException {
        JsonPlace at = JsonPlace.root(json, "signed block");
        JsonPlace block = at.field("block");
        JsonPlace extrinsics = block.field("extrinsics").array(-1);
        List<byte[]> bodies = new ArrayList<>();
        for (int i = 0; i < extrinsics.node().size(); i++) {
            bodies.add(readExtrinsic(extrinsics.item(i)));
        }
        List<SignedBlock.Justification> justifications = new ArrayList<>();
        JsonNode found = at.node().get("justifications");
        if (found != null && !found.isNull()) {
            JsonPlace all = at.field("justifications").array(-1);
            for (int i = 0; i < found.size(); i++) {
                JsonPlace pair = all.item(i).array(2);
                justifications.add(new SignedBlock.Justification(
                        readNumbers(pair.item(0).array(ENGINE_BYTES)),
                        readNumbers(pair.item(1).array(-1))));
            }
        }
        return new SignedBlock(readHeader(block.field("header")), bodies, justifications);
    }

    /** An extrinsic brings its own length, which is not to be added a second time. */
    private static byte[] readExtrinsic(JsonPlace at) throws NodeJsonException {
        byte[] bytes = at.prefixedHex(-1);
        try {
            ScaleReader in = new ScaleReader(bytes, "extrinsic");
            int length = in.vectorLength(1, "length");
            if (length == in.remaining()) {
                return bytes;
            }
        } catch (ScaleException e) {
            // Refused below.
        }
        throw at.wrong("an extrinsic that begins with its length");
    }

    private static byte[] readNumbers(JsonPlace at) throws NodeJsonException {
        byte[] bytes = new byte[at.node().size()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) at.item(i).limited(0xff);
        }
        return bytes;
    }
}
