package xyz.autonomys.farmer.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import xyz.autonomys.farmer.primitives.Piece;
import xyz.autonomys.farmer.primitives.SegmentHeader;

/** The calls that ask a node for something, with their answers read and checked, on one socket (spec 06 §3). */
final class NodeCalls {
    private static final int HEADERS_PER_CALL = 1000;

    /** Calls in a batch: about 3 MB of headers. */
    private static final int CALLS_PER_BATCH = 8;

    private static final int BATCHES_DISABLED = -32005;
    private static final int BATCH_TOO_LONG = -32010;

    private final RpcSocket socket;
    private final NodeClientConfig config;
    private volatile boolean batchesRefused;

    NodeCalls(RpcSocket socket, NodeClientConfig config) {
        this.socket = socket;
        this.config = config;
    }

    private interface Reader<T> {
        T read(JsonNode json) throws NodeJsonException;
    }

    private <T> T read(String method, Reader<T> reader, JsonNode json) throws NodeException {
        try {
            return reader.read(json);
        } catch (NodeJsonException e) {
            throw malformed(method, e.getMessage());
        }
    }

    private NodeException malformed(String method, String what) {
        return new NodeException(
                NodeException.Kind.MALFORMED, "node " + config.url() + " answered " + method + ": " + what);
    }

    FarmerAppInfo appInfo(Duration timeout) throws NodeException, InterruptedException {
        String method = "subspace_getFarmerAppInfo";
        return read(method, NodeJson::readFarmerAppInfo, socket.call(timeout, method));
    }

    /** Headers in the order asked for, empty where the node has none. Many of them are asked for in batches. */
    List<Optional<SegmentHeader>> segmentHeaders(List<Long> indices) throws NodeException, InterruptedException {
        List<List<Long>> parts = new ArrayList<>();
        for (int from = 0; from < indices.size(); from += HEADERS_PER_CALL) {
            parts.add(indices.subList(from, Math.min(indices.size(), from + HEADERS_PER_CALL)));
        }
        List<Optional<SegmentHeader>> result = new ArrayList<>(indices.size());
        for (int from = 0; from < parts.size(); from += CALLS_PER_BATCH) {
            List<List<Long>> group = parts.subList(from, Math.min(parts.size(), from + CALLS_PER_BATCH));
            if (group.size() == 1 || batchesRefused || !readBatch(group, result)) {
                for (List<Long> part : group) {
                    readHeaders(
                            part, socket.call(config.callTimeout(), "subspace_segmentHeaders", write(part)), result);
                }
            }
        }
        return result;
    }

    /** Reads a group of parts with one message; false if the node does not take batches. */
    private boolean readBatch(List<List<Long>> group, List<Optional<SegmentHeader>> result)
            throws NodeException, InterruptedException {
        List<RpcSocket.Call> calls = socket.sendBatch(group.stream()
                .map(part -> new RpcSocket.Request("subspace_segmentHeaders", List.of(write(part))))
                .toList());
        List<JsonNode> answers = new ArrayList<>();
        try {
            for (RpcSocket.Call call : calls) {
                answers.add(call.await(config.callTimeout()));
            }
        } catch (NodeException e) {
            if (e.code() != BATCHES_DISABLED && e.code() != BATCH_TOO_LONG) {
                throw e;
            }
            batchesRefused = true;
            return false;
        }
        for (int i = 0; i < answers.size(); i++) {
            readHeaders(group.get(i), answers.get(i), result);
        }
        return true;
    }

    private static ArrayNode write(List<Long> indices) {
        ArrayNode node = JsonNodeFactory.instance.arrayNode();
        indices.forEach(index -> node.add(NodeJson.u64(index)));
        return node;
    }

    private void readHeaders(List<Long> indices, JsonNode answer, List<Optional<SegmentHeader>> result)
            throws NodeException {
        String method = "subspace_segmentHeaders";
        if (!answer.isArray() || answer.size() != indices.size()) {
            throw malformed(
                    method,
                    "expected an array of " + indices.size() + " segment headers, found "
                            + (answer.isArray() ? answer.size() + " items" : RpcMessages.shortened(answer)));
        }
        for (int i = 0; i < answer.size(); i++) {
            if (answer.get(i).isNull()) {
                result.add(Optional.empty());
                continue;
            }
            SegmentHeader header = read(method, NodeJson::readSegmentHeader, answer.get(i));
            if (header.segmentIndex() != indices.get(i)) {
                throw malformed(
                        method,
                        "expected the header of segment " + Long.toUnsignedString(indices.get(i)) + ", found that of "
                                + Long.toUnsignedString(header.segmentIndex()));
            }
            result.add(Optional.of(header));
        }
    }

    /** The newest headers, ascending. */
    List<SegmentHeader> lastSegmentHeaders(int limit) throws NodeException, InterruptedException {
        String method = "subspace_lastSegmentHeaders";
        JsonNode answer = socket.call(config.callTimeout(), method, IntNode.valueOf(limit));
        if (!answer.isArray() || answer.size() > limit) {
            throw malformed(
                    method,
                    "expected an array of at most " + limit + " headers, found " + RpcMessages.shortened(answer));
        }
        List<SegmentHeader> result = new ArrayList<>();
        for (JsonNode header : answer) {
            // A node without any segment answers with one null.
            if (!header.isNull()) {
                result.add(read(method, NodeJson::readSegmentHeader, header));
            }
        }
        return result;
    }

    Optional<Piece> piece(long index) throws NodeException, InterruptedException {
        String method = "subspace_piece";
        JsonNode answer = socket.call(config.pieceTimeout(), method, NodeJson.u64(index));
        return answer.isNull() ? Optional.empty() : Optional.of(read(method, NodeJson::readPiece, answer));
    }

    Optional<BlockHash> blockHash(long number) throws NodeException, InterruptedException {
        String method = "chain_getBlockHash";
        JsonNode answer = socket.call(config.callTimeout(), method, NodeJson.u64(number));
        return answer.isNull() ? Optional.empty() : Optional.of(read(method, BlockJson::readHash, answer));
    }

    Optional<SignedBlock> block(BlockHash hash) throws NodeException, InterruptedException {
        String method = "chain_getBlock";
        JsonNode answer = socket.call(config.pieceTimeout(), method, BlockJson.write(hash));
        if (answer.isNull()) {
            return Optional.empty();
        }
        SignedBlock block = read(method, BlockJson::readBlock, answer);
        if (!block.header().hash().equals(hash)) {
            throw malformed(
                    method,
                    "asked for block " + hash + ", got one with hash "
                            + block.header().hash());
        }
        return Optional.of(block);
    }
}
