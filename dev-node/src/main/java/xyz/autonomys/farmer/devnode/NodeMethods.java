package xyz.autonomys.farmer.devnode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import xyz.autonomys.farmer.devnode.chain.Block;
import xyz.autonomys.farmer.devnode.chain.Header;
import xyz.autonomys.farmer.devnode.chain.Journal;
import xyz.autonomys.farmer.devnode.chain.SimulatedChain;
import xyz.autonomys.farmer.node.FarmerAppInfo;
import xyz.autonomys.farmer.node.NodeJson;
import xyz.autonomys.farmer.node.NodeJsonException;
import xyz.autonomys.farmer.node.server.JsonRpcServer;
import xyz.autonomys.farmer.node.server.RpcCall;
import xyz.autonomys.farmer.node.server.RpcException;
import xyz.autonomys.farmer.primitives.GenesisHash;
import xyz.autonomys.farmer.primitives.Piece;
import xyz.autonomys.farmer.primitives.SegmentHeader;
import xyz.autonomys.farmer.primitives.SolutionResponse;
import xyz.autonomys.farmer.primitives.scale.ScaleWriter;

/** The node's methods (spec 06 §3, §10). */
final class NodeMethods {
    private static final int MOST_HEADERS = 1000;
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final HexFormat HEX = HexFormat.of();

    private final SimulatedChain chain;
    private final SolutionIntake intake;
    private final SigningDesk desk;
    private final AcknowledgementDesk acknowledgements;
    private final Faults faults;

    NodeMethods(
            SimulatedChain chain,
            SolutionIntake intake,
            SigningDesk desk,
            AcknowledgementDesk acknowledgements,
            Faults faults) {
        this.chain = chain;
        this.intake = intake;
        this.desk = desk;
        this.acknowledgements = acknowledgements;
        this.faults = faults;
    }

    void register(JsonRpcServer.Builder server) {
        server.method("subspace_getFarmerAppInfo", call -> NodeJson.write(appInfo()))
                .unsafeMethod("subspace_submitSolutionResponse", this::submitSolution)
                .unsafeMethod("subspace_submitRewardSignature", this::submitSignature)
                .method("subspace_segmentHeaders", this::segmentHeaders)
                .method("subspace_lastSegmentHeaders", this::lastSegmentHeaders)
                .unsafeMethod("subspace_piece", this::piece)
                .unsafeMethod("subspace_acknowledgeArchivedSegmentHeader", this::acknowledge)
                .method("chain_getBlockHash", this::blockHash)
                .method("chain_getHead", this::blockHash)
                .method("chain_getHeader", call -> block(call)
                        .map(b -> (JsonNode) write(b.header()))
                        .orElse(NullNode.getInstance()))
                .method(
                        "chain_getBlock",
                        call -> block(call).map(NodeMethods::write).orElse(NullNode.getInstance()))
                .method("chain_getFinalizedHead", call -> hash(chain.chain().genesisHash()))
                .method("system_chain", call -> TextNode.valueOf("Autonomys Development"))
                .method("system_name", call -> TextNode.valueOf("subspace-node"))
                .method("system_version", call -> TextNode.valueOf("0.1.0-simulated"))
                .method("system_chainType", call -> TextNode.valueOf("Development"))
                .method("system_properties", call -> properties())
                .method("system_health", call -> health())
                .method("system_syncState", call -> syncState())
                .health(this::health);
        ArrayNode names = NODES.arrayNode();
        server.names().stream().sorted().forEach(names::add);
        server.method("rpc_methods", call -> NODES.objectNode().set("methods", names));
    }

    private FarmerAppInfo appInfo() {
        return new FarmerAppInfo(
                GenesisHash.of(chain.chain().genesisHash()),
                List.of(),
                faults.isSyncing(),
                Duration.ofMillis(
                        (long) chain.settings().slotMillis() * chain.settings().authoringDelay()),
                chain.settings().protocolInfo(chain.history().segments().size()));
    }

    private JsonNode submitSolution(RpcCall call) throws RpcException {
        SolutionResponse response;
        try {
            response = NodeJson.readSolutionResponse(call.param(0, "solutionResponse"));
        } catch (NodeJsonException e) {
            throw RpcException.invalidParams(e.getMessage());
        }
        SolutionIntake.Result result = faults.ignoresSolution()
                ? SolutionIntake.Result.IGNORED
                : intake.submit(response.slotNumber(), response.solution());
        switch (result) {
            case QUEUED -> {}
            case LOST, IGNORED ->
                chain.journal().add(Journal.Kind.SOLUTION_LATE, entry -> entry.put("slot", response.slotNumber())
                        .put("publicKey", response.solution().publicKey().toHex())
                        .put("reason", result.name()));
        }
        if (result == SolutionIntake.Result.IGNORED) {
            throw new RpcException(9001, "Solution was ignored");
        }
        return NullNode.getInstance();
    }

    private JsonNode submitSignature(RpcCall call) throws RpcException {
        try {
            NodeJson.SignatureAnswer answer = NodeJson.readSignatureAnswer(call.param(0, "rewardSignature"));
            desk.answer(answer.hash(), answer.signature());
        } catch (NodeJsonException e) {
            throw RpcException.invalidParams(e.getMessage());
        }
        return NullNode.getInstance();
    }

    private JsonNode segmentHeaders(RpcCall call) throws RpcException {
        JsonNode indexes = call.param(0, "segmentIndexes");
        if (!indexes.isArray()) {
            throw RpcException.invalidParams("invalid type, expected a sequence of segment indexes");
        }
        if (indexes.size() > MOST_HEADERS) {
            throw new RpcException(9001, "segment_indexes length exceed the limit " + MOST_HEADERS);
        }
        ArrayNode headers = NODES.arrayNode();
        for (JsonNode index : indexes) {
            Optional<SegmentHeader> header = chain.history().segments().get(u64(index));
            headers.add(header.map(found -> (JsonNode) NodeJson.write(found)).orElse(NullNode.getInstance()));
        }
        return headers;
    }

    private JsonNode lastSegmentHeaders(RpcCall call) throws RpcException {
        long limit = u64(call.param(0, "limit"));
        if (Long.compareUnsigned(limit, MOST_HEADERS) > 0) {
            throw new RpcException(
                    9001,
                    "Request limit (" + Long.toUnsignedString(limit) + ") exceed the server limit: " + MOST_HEADERS
                            + " ");
        }
        ArrayNode headers = NODES.arrayNode();
        chain.history().segments().last((int) limit).forEach(header -> headers.add(NodeJson.write(header)));
        return headers;
    }

    private JsonNode piece(RpcCall call) throws RpcException {
        long index = u64(call.param(0, "pieceIndex"));
        Optional<Piece> piece = chain.history().piece(index);
        chain.journal().add(Journal.Kind.PIECE, entry -> entry.put("index", Long.toUnsignedString(index))
                .put("found", piece.isPresent()));
        return piece.map(found -> (JsonNode) NodeJson.write(found)).orElse(NullNode.getInstance());
    }

    private JsonNode acknowledge(RpcCall call) throws RpcException {
        acknowledgements.acknowledge(u64(call.param(0, "segmentIndex")));
        return NullNode.getInstance();
    }

    private static long u64(JsonNode node) throws RpcException {
        try {
            return NodeJson.readU64(node, "number");
        } catch (NodeJsonException e) {
            throw RpcException.invalidParams(e.getMessage());
        }
    }

    private JsonNode blockHash(RpcCall call) throws RpcException {
        JsonNode param = call.params().isArray() ? call.params().path(0) : NullNode.getInstance();
        if (param.isMissingNode() || param.isNull()) {
            return hash(chain.chain().best().header().hash());
        }
        if (param.isArray()) {
            ArrayNode hashes = NODES.arrayNode();
            for (JsonNode number : param) {
                hashes.add(hashOf(number));
            }
            return hashes;
        }
        return hashOf(param);
    }

    private JsonNode hashOf(JsonNode number) throws RpcException {
        long value = number.isTextual() && number.asText().startsWith("0x")
                ? Long.parseLong(number.asText().substring(2), 16)
                : u64(number);
        return find(value).map(block -> (JsonNode) hash(block.header().hash())).orElse(NullNode.getInstance());
    }

    private Optional<Block> find(long number) {
        return number == 0
                ? Optional.of(chain.chain().genesis())
                : number > chain.chain().best().number()
                        ? Optional.empty()
                        : chain.blocks().find(number);
    }

    /** The block with the hash of the first parameter, or the best one. */
    private Optional<Block> block(RpcCall call) throws RpcException {
        JsonNode param = call.params().isArray() ? call.params().path(0) : NullNode.getInstance();
        if (param.isMissingNode() || param.isNull()) {
            return Optional.of(chain.chain().best());
        }
        byte[] wanted;
        try {
            wanted = HEX.parseHex(
                    param.asText().startsWith("0x") ? param.asText().substring(2) : "x");
        } catch (IllegalArgumentException e) {
            throw RpcException.invalidParams("a block hash has 0x and 64 hex digits, got " + param);
        }
        for (long number = chain.chain().best().number(); number >= 0; number--) {
            Optional<Block> block = find(number);
            if (block.isPresent() && Arrays.equals(block.get().header().hash(), wanted)) {
                return block;
            }
        }
        return Optional.empty();
    }

    private JsonNode properties() {
        ObjectNode node = NODES.objectNode();
        node.putArray("dsnBootstrapNodes");
        node.putNull("potExternalEntropy");
        node.put("ss58Format", 6094).put("tokenDecimals", 18).put("tokenSymbol", "tAI3");
        return node;
    }

    private JsonNode health() {
        return NODES.objectNode()
                .put("peers", 0)
                .put("isSyncing", faults.isSyncing())
                .put("shouldHavePeers", false);
    }

    private JsonNode syncState() {
        long best = chain.chain().best().number();
        return NODES.objectNode()
                .put("startingBlock", 0)
                .put("currentBlock", best)
                .put("highestBlock", best);
    }

    /** A header as the chain's own methods show it. */
    static ObjectNode write(Header header) {
        ObjectNode node = NODES.objectNode();
        node.put("parentHash", "0x" + HEX.formatHex(header.parentHash()));
        node.put("number", "0x" + Long.toHexString(header.number()));
        node.put("stateRoot", "0x" + HEX.formatHex(header.stateRoot()));
        node.put("extrinsicsRoot", "0x" + HEX.formatHex(header.extrinsicsRoot()));
        ArrayNode logs = node.putObject("digest").putArray("logs");
        header.logs().forEach(log -> logs.add("0x" + HEX.formatHex(log)));
        return node;
    }

    private static JsonNode write(Block block) {
        ObjectNode node = NODES.objectNode();
        ObjectNode inner = node.putObject("block");
        inner.set("header", write(block.header()));
        ArrayNode extrinsics = inner.putArray("extrinsics");
        for (byte[] extrinsic : block.extrinsics()) {
            byte[] prefixed = new ScaleWriter(extrinsic.length + 5)
                    .compact(extrinsic.length)
                    .bytes(extrinsic)
                    .toBytes();
            extrinsics.add("0x" + HEX.formatHex(prefixed));
        }
        if (block.justification().length == 0) {
            node.putNull("justifications");
        } else {
            ArrayNode pair = node.putArray("justifications").addArray();
            ArrayNode engine = pair.addArray();
            for (char letter : "SUB_".toCharArray()) {
                engine.add((int) letter);
            }
            ArrayNode bytes = pair.addArray();
            for (byte value : block.justification()) {
                bytes.add(value & 0xff);
            }
        }
        return node;
    }

    private static TextNode hash(byte[] hash) {
        return TextNode.valueOf("0x" + HEX.formatHex(hash));
    }
}
