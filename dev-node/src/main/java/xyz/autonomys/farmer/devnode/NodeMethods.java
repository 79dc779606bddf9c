package xyz.autonomys.farmer.devnode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import xyz.autonomys.farmer.archiving.PieceIndexes;
import xyz.autonomys.farmer.devnode.chain.Block;
import xyz.autonomys.farmer.devnode.chain.Journal;
import xyz.autonomys.farmer.devnode.chain.SimulatedChain;
import xyz.autonomys.farmer.node.BlockHash;
import xyz.autonomys.farmer.node.BlockJson;
import xyz.autonomys.farmer.node.FarmerAppInfo;
import xyz.autonomys.farmer.node.NodeJson;
import xyz.autonomys.farmer.node.NodeJsonException;
import xyz.autonomys.farmer.node.StateKeys;
import xyz.autonomys.farmer.node.server.JsonRpcServer;
import xyz.autonomys.farmer.node.server.RpcCall;
import xyz.autonomys.farmer.node.server.RpcException;
import xyz.autonomys.farmer.node.server.RpcMethod;
import xyz.autonomys.farmer.primitives.GenesisHash;
import xyz.autonomys.farmer.primitives.Piece;
import xyz.autonomys.farmer.primitives.SegmentHeader;
import xyz.autonomys.farmer.primitives.SolutionResponse;
import xyz.autonomys.farmer.primitives.scale.ScaleWriter;

/** The node's methods (spec 06 §3, §10). */
final class NodeMethods {
    private static final int MOST_HEADERS = 1000;
    private static final int FINALIZATION_SEGMENTS = 5;
    private static final long MAX_U32 = 0xffff_ffffL;
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final HexFormat HEX = HexFormat.of();

    private final SimulatedChain chain;
    private final int node;
    private final int nodes;
    private final SolutionIntake intake;
    private final SigningDesk desk;
    private final AcknowledgementDesk acknowledgements;
    private final Faults faults;

    /**
     * The methods of one node of several.
     *
     * @param node its number, from 0
     * @param nodes how many there are
     */
    NodeMethods(
            SimulatedChain chain,
            int node,
            int nodes,
            SolutionIntake intake,
            SigningDesk desk,
            AcknowledgementDesk acknowledgements,
            Faults faults) {
        this.chain = chain;
        this.node = node;
        this.nodes = nodes;
        this.intake = intake;
        this.desk = desk;
        this.acknowledgements = acknowledgements;
        this.faults = faults;
    }

    void register(JsonRpcServer.Builder builder) {
        Registry server = new Registry(builder);
        server.safe("subspace_getFarmerAppInfo", call -> NodeJson.write(appInfo()));
        server.unsafe("subspace_submitSolutionResponse", this::submitSolution);
        server.unsafe("subspace_submitRewardSignature", this::submitSignature);
        server.safe("subspace_segmentHeaders", this::segmentHeaders);
        server.safe("subspace_lastSegmentHeaders", this::lastSegmentHeaders);
        server.unsafe("subspace_piece", this::piece);
        server.unsafe("subspace_acknowledgeArchivedSegmentHeader", this::acknowledge);
        server.safe("chain_getBlockHash", this::blockHash);
        server.safe("chain_getHead", this::blockHash);
        server.safe("chain_getHeader", call -> orNull(block(call), found -> BlockJson.write(found.header())));
        server.safe("chain_getBlock", call -> orNull(block(call), found -> BlockJson.write(found.signed())));
        server.safe("chain_getFinalizedHead", call -> BlockJson.write(finalized()));
        server.safe("state_getStorage", this::storage);
        server.safe("system_chain", call -> TextNode.valueOf("Autonomys Development"));
        server.safe("system_name", call -> TextNode.valueOf("subspace-node"));
        server.safe("system_version", call -> TextNode.valueOf("0.1.0-simulated"));
        server.safe("system_chainType", call -> TextNode.valueOf("Development"));
        server.safe("system_properties", call -> properties());
        server.safe("system_health", call -> health());
        server.safe("system_syncState", call -> syncState());
        builder.health(this::health);
        ArrayNode names = NODES.arrayNode();
        builder.names().stream().sorted().forEach(names::add);
        server.safe("rpc_methods", call -> NODES.objectNode().set("methods", names));
    }

    /** Registers methods together with what is wrong with their answers. */
    private final class Registry {
        private final JsonRpcServer.Builder builder;

        Registry(JsonRpcServer.Builder builder) {
            this.builder = builder;
        }

        void safe(String name, RpcMethod method) {
            builder.method(name, faults.answers().wrap(name, method));
        }

        void unsafe(String name, RpcMethod method) {
            builder.unsafeMethod(name, faults.answers().wrap(name, method));
        }
    }

    private static <T> JsonNode orNull(Optional<T> value, Function<T, JsonNode> write) {
        return value.map(write).orElse(NullNode.getInstance());
    }

    private FarmerAppInfo appInfo() {
        return new FarmerAppInfo(
                faults.genesisHash()
                        .orElseGet(
                                () -> GenesisHash.of(chain.chain().genesisHash().toBytes())),
                List.of(),
                faults.isSyncing(),
                Duration.ofMillis(
                        (long) chain.settings().slotMillis() * chain.settings().authoringDelay()),
                chain.settings().protocolInfo(chain.history().segments().size() + faults.historyAhead()));
    }

    private JsonNode submitSolution(RpcCall call) throws RpcException {
        SolutionResponse response;
        try {
            response = NodeJson.readSolutionResponse(call.param(0, "solutionResponse"));
        } catch (NodeJsonException e) {
            throw RpcException.invalidParams(e.getMessage());
        }
        SolutionIntake.Result result = intake.submit(response.slotNumber(), response.solution());
        switch (result) {
            case QUEUED -> {}
            case LOST, IGNORED ->
                chain.journal().add(Journal.Kind.SOLUTION_LATE, entry -> entry.put("slot", response.slotNumber())
                        .put("node", node)
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

    /** A piece of the segment that waits for acknowledgements here, or of segment 0 if none does. */
    private JsonNode piece(RpcCall call) throws RpcException {
        long index = u64(call.param(0, "pieceIndex"));
        long segment = PieceIndexes.segmentIndex(index);
        OptionalLong waiting = acknowledgements.waiting();
        Optional<Piece> piece = Optional.empty();
        if (waiting.isPresent()) {
            piece = waiting.getAsLong() == segment ? chain.history().piece(index) : Optional.empty();
        } else if (segment == 0) {
            piece = Optional.of(chain.history().genesisPiece(PieceIndexes.position(index)));
        }
        boolean found = piece.isPresent();
        chain.journal().add(Journal.Kind.PIECE, entry -> entry.put("index", Long.toUnsignedString(index))
                .put("node", node)
                .put("found", found));
        return faults.piece(orNull(piece, NodeJson::write));
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
            return BlockJson.write(chain.chain().best().hash());
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
        long value;
        if (number.isTextual()) {
            if (!number.asText().matches("0x[0-9a-fA-F]{1,16}")) {
                throw RpcException.invalidParams("a block number is a number or 0x and hex digits, got " + number);
            }
            value = Long.parseUnsignedLong(number.asText(), 2, number.asText().length(), 16);
        } else {
            value = u64(number);
        }
        if (Long.compareUnsigned(value, MAX_U32) > 0) {
            throw new RpcException(
                    3001, "`" + Long.toUnsignedString(value) + "` > u32::MAX, the max block number is u32.");
        }
        return orNull(chain.hash(value), BlockJson::write);
    }

    /** The block with the hash of the first parameter, or the best one. */
    private Optional<Block> block(RpcCall call) throws RpcException {
        JsonNode param = call.params().isArray() ? call.params().path(0) : NullNode.getInstance();
        if (param.isMissingNode() || param.isNull()) {
            return Optional.of(chain.chain().best());
        }
        try {
            return chain.find(BlockJson.readHash(param));
        } catch (NodeJsonException e) {
            throw RpcException.invalidParams(e.getMessage());
        }
    }

    /** The last block of the segment before the newest five, or block 0 (spec 03 §3). */
    private BlockHash finalized() {
        long segment = chain.history().segments().size() - 1 - FINALIZATION_SEGMENTS;
        long number = chain.history()
                .segments()
                .get(segment)
                .map(header -> header.lastArchivedBlock().number())
                .orElse(0L);
        return chain.hash(number).orElseThrow();
    }

    /** The two items of the state that an exporter asks for: confirmation depth, and commitments of segments. */
    private JsonNode storage(RpcCall call) throws RpcException {
        String key = call.param(0, "key").asText();
        if (key.equals(StateKeys.CONFIRMATION_DEPTH)) {
            byte[] depth =
                    new ScaleWriter(4).u32(chain.settings().confirmationDepth()).toBytes();
            return TextNode.valueOf("0x" + HEX.formatHex(depth));
        }
        return orNull(
                StateKeys.segmentOf(key).flatMap(chain::storedCommitment),
                commitment -> TextNode.valueOf("0x" + commitment.toHex()));
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
                .put("peers", nodes - 1)
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
}
