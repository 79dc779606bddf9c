package xyz.autonomys.farmer.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.ChunkWitness;
import xyz.autonomys.farmer.primitives.FarmerProtocolInfo;
import xyz.autonomys.farmer.primitives.GenesisHash;
import xyz.autonomys.farmer.primitives.LastArchivedBlock;
import xyz.autonomys.farmer.primitives.Piece;
import xyz.autonomys.farmer.primitives.PosProof;
import xyz.autonomys.farmer.primitives.PublicKey;
import xyz.autonomys.farmer.primitives.RecordCommitment;
import xyz.autonomys.farmer.primitives.RecordWitness;
import xyz.autonomys.farmer.primitives.RewardHash;
import xyz.autonomys.farmer.primitives.RewardSignature;
import xyz.autonomys.farmer.primitives.RewardSignatureResponse;
import xyz.autonomys.farmer.primitives.RewardSigningInfo;
import xyz.autonomys.farmer.primitives.ScalarBytes;
import xyz.autonomys.farmer.primitives.SegmentCommitment;
import xyz.autonomys.farmer.primitives.SegmentHeader;
import xyz.autonomys.farmer.primitives.SlotInfo;
import xyz.autonomys.farmer.primitives.Solution;
import xyz.autonomys.farmer.primitives.SolutionResponse;

/**
 * The JSON forms of what farmer and node exchange (spec 06 §2, §3). Numbers are unsigned 64 bits and never strings; byte
 * strings are lower-case hex without {@code 0x}, in either case on input; the chunk of a solution alone is an array of
 * numbers. Reading throws {@link NodeJsonException} with the path of what is wrong.
 *
 * <p>Source: autonomys/subspace, crates/subspace-rpc-primitives, crates/subspace-core-primitives.
 */
public final class NodeJson {
    private static final long MAX_U32 = 0xffff_ffffL;
    private static final int MAX_U16 = 0xffff;
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private NodeJson() {}

    /** {@code subspace_getFarmerAppInfo}. */
    public static ObjectNode write(FarmerAppInfo info) {
        ObjectNode node = NODES.objectNode();
        node.put("genesisHash", info.genesisHash().toHex());
        ArrayNode nodes = node.putArray("dsnBootstrapNodes");
        info.dsnBootstrapNodes().forEach(nodes::add);
        node.put("syncing", info.syncing());
        node.putObject("farmingTimeout")
                .put("secs", info.farmingTimeout().toSeconds())
                .put("nanos", info.farmingTimeout().toNanosPart());
        FarmerProtocolInfo protocol = info.protocolInfo();
        ObjectNode protocolInfo = node.putObject("protocolInfo");
        protocolInfo.set("historySize", u64(protocol.historySize()));
        protocolInfo.put("maxPiecesInSector", protocol.maxPiecesInSector());
        protocolInfo.set("recentSegments", u64(protocol.recentSegments()));
        protocolInfo
                .putArray("recentHistoryFraction")
                .add(u64(protocol.recentHistoryNumerator()))
                .add(u64(protocol.recentHistoryDenominator()));
        protocolInfo.set("minSectorLifetime", u64(protocol.minSectorLifetime()));
        return node;
    }

    /** Reads {@link #write(FarmerAppInfo)}. */
    public static FarmerAppInfo readFarmerAppInfo(JsonNode json) throws NodeJsonException {
        JsonPlace at = JsonPlace.root(json, "farmer app info");
        List<String> bootstrap = new ArrayList<>();
        JsonPlace nodes = at.field("dsnBootstrapNodes").array(-1);
        for (int i = 0; i < nodes.node().size(); i++) {
            bootstrap.add(nodes.item(i).text());
        }
        JsonPlace timeout = at.field("farmingTimeout");
        JsonPlace protocol = at.field("protocolInfo");
        JsonPlace fraction = protocol.field("recentHistoryFraction").array(2);
        return new FarmerAppInfo(
                at.field("genesisHash").hex(GenesisHash::fromHex),
                bootstrap,
                at.field("syncing").flag(),
                Duration.ofSeconds(
                        timeout.field("secs").limited(MAX_U32),
                        timeout.field("nanos").limited(999_999_999L)),
                new FarmerProtocolInfo(
                        protocol.field("historySize").positive(),
                        (int) protocol.field("maxPiecesInSector").limited(MAX_U16),
                        protocol.field("recentSegments").positive(),
                        fraction.item(0).positive(),
                        fraction.item(1).positive(),
                        protocol.field("minSectorLifetime").positive()));
    }

    /** Item of {@code subspace_subscribeSlotInfo}. */
    public static ObjectNode write(SlotInfo slot) {
        ObjectNode node = NODES.objectNode();
        node.set("slotNumber", u64(slot.slotNumber()));
        node.put("globalChallenge", slot.globalChallenge().toHex());
        node.set("solutionRange", u64(slot.solutionRange()));
        node.set("votingSolutionRange", u64(slot.votingSolutionRange()));
        return node;
    }

    /** Reads {@link #write(SlotInfo)}. */
    public static SlotInfo readSlotInfo(JsonNode json) throws NodeJsonException {
        JsonPlace at = JsonPlace.root(json, "slot");
        return new SlotInfo(
                at.field("slotNumber").u64(),
                at.field("globalChallenge").hex(Blake3Hash::fromHex),
                at.field("solutionRange").u64(),
                at.field("votingSolutionRange").u64());
    }

    /** Item of {@code subspace_subscribeRewardSigning}. */
    public static ObjectNode write(RewardSigningInfo info) {
        return NODES.objectNode()
                .put("hash", info.hash().toHex())
                .put("publicKey", info.publicKey().toHex());
    }

    /** Reads {@link #write(RewardSigningInfo)}. */
    public static RewardSigningInfo readRewardSigningInfo(JsonNode json) throws NodeJsonException {
        JsonPlace at = JsonPlace.root(json, "reward signing request");
        return new RewardSigningInfo(
                at.field("hash").hex(RewardHash::fromHex), at.field("publicKey").hex(PublicKey::fromHex));
    }

    /** Parameter of {@code subspace_submitRewardSignature}. */
    public static ObjectNode write(RewardSignatureResponse response) {
        return NODES.objectNode()
                .put("hash", response.hash().toHex())
                .put("signature", response.signature().toHex());
    }

    /**
     * What a node reads from {@link #write(RewardSignatureResponse)}.
     *
     * @param hash the hash that was to be signed
     * @param signature empty if the farmer declined, which upstream's type allows
     */
    public record SignatureAnswer(RewardHash hash, Optional<RewardSignature> signature) {}

    /** Reads {@link #write(RewardSignatureResponse)}, also without a signature. */
    public static SignatureAnswer readSignatureAnswer(JsonNode json) throws NodeJsonException {
        JsonPlace at = JsonPlace.root(json, "reward signature");
        JsonNode signature = at.node().get("signature");
        return new SignatureAnswer(
                at.field("hash").hex(RewardHash::fromHex),
                signature == null || signature.isNull()
                        ? Optional.empty()
                        : Optional.of(at.field("signature").hex(RewardSignature::fromHex)));
    }

    /** Parameter of {@code subspace_submitSolutionResponse}. */
    public static ObjectNode write(SolutionResponse response) {
        ObjectNode node = NODES.objectNode();
        node.set("slotNumber", u64(response.slotNumber()));
        Solution solution = response.solution();
        ObjectNode inner = node.putObject("solution");
        inner.put("publicKey", solution.publicKey().toHex());
        inner.put("rewardAddress", solution.rewardAddress().toHex());
        inner.put("sectorIndex", solution.sectorIndex());
        inner.set("historySize", u64(solution.historySize()));
        inner.put("pieceOffset", solution.pieceOffset());
        inner.put("recordCommitment", solution.recordCommitment().toHex());
        inner.put("recordWitness", solution.recordWitness().toHex());
        ArrayNode chunk = inner.putArray("chunk");
        for (byte value : solution.chunk().toBytes()) {
            chunk.add(value & 0xff);
        }
        inner.put("chunkWitness", solution.chunkWitness().toHex());
        inner.put("proofOfSpace", solution.proofOfSpace().toHex());
        return node;
    }

    /** Reads {@link #write(SolutionResponse)}. */
    public static SolutionResponse readSolutionResponse(JsonNode json) throws NodeJsonException {
        JsonPlace at = JsonPlace.root(json, "solution response");
        JsonPlace solution = at.field("solution");
        JsonPlace chunk = solution.field("chunk").array(ScalarBytes.SIZE);
        byte[] bytes = new byte[ScalarBytes.SIZE];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) chunk.item(i).limited(0xff);
        }
        return new SolutionResponse(
                at.field("slotNumber").u64(),
                new Solution(
                        solution.field("publicKey").hex(PublicKey::fromHex),
                        solution.field("rewardAddress").hex(PublicKey::fromHex),
                        (int) solution.field("sectorIndex").limited(MAX_U16),
                        solution.field("historySize").positive(),
                        (int) solution.field("pieceOffset").limited(MAX_U16),
                        solution.field("recordCommitment").hex(RecordCommitment::fromHex),
                        solution.field("recordWitness").hex(RecordWitness::fromHex),
                        ScalarBytes.of(bytes),
                        solution.field("chunkWitness").hex(ChunkWitness::fromHex),
                        solution.field("proofOfSpace").hex(PosProof::fromHex)));
    }

    /** A segment header. */
    public static ObjectNode write(SegmentHeader header) {
        ObjectNode node = NODES.objectNode();
        ObjectNode inner = node.putObject("v0");
        inner.set("segmentIndex", u64(header.segmentIndex()));
        inner.put("segmentCommitment", header.segmentCommitment().toHex());
        inner.put("prevSegmentHeaderHash", header.prevSegmentHeaderHash().toHex());
        LastArchivedBlock last = header.lastArchivedBlock();
        ObjectNode block = inner.putObject("lastArchivedBlock");
        block.put("number", last.number());
        if (last.partialBytes() < 0) {
            block.put("archivedProgress", "complete");
        } else {
            block.putObject("archivedProgress").put("partial", last.partialBytes());
        }
        return node;
    }

    /** Reads {@link #write(SegmentHeader)}. */
    public static SegmentHeader readSegmentHeader(JsonNode json) throws NodeJsonException {
        JsonPlace at = JsonPlace.root(json, "segment header").field("v0");
        JsonPlace block = at.field("lastArchivedBlock");
        JsonPlace progress = block.field("archivedProgress");
        long partial = -1;
        if (!(progress.node().isTextual() && progress.node().asText().equals("complete"))) {
            if (!progress.node().isObject() || !progress.node().has("partial")) {
                throw progress.wrong("\"complete\" or an object with the number \"partial\"");
            }
            partial = progress.field("partial").limited(MAX_U32);
        }
        return new SegmentHeader(
                at.field("segmentIndex").u64(),
                at.field("segmentCommitment").hex(SegmentCommitment::fromHex),
                at.field("prevSegmentHeaderHash").hex(Blake3Hash::fromHex),
                new LastArchivedBlock(block.field("number").limited(MAX_U32), partial));
    }

    /** A piece. */
    public static TextNode write(Piece piece) {
        return TextNode.valueOf(HexFormat.of().formatHex(piece.array()));
    }

    /** Reads {@link #write(Piece)}. */
    public static Piece readPiece(JsonNode json) throws NodeJsonException {
        return JsonPlace.root(json, "piece")
                .hex(text -> Piece.wrap(HexFormat.of().parseHex(text)));
    }

    /** An unsigned number. */
    public static JsonNode u64(long value) {
        return value >= 0
                ? LongNode.valueOf(value)
                : BigIntegerNode.valueOf(new BigInteger(Long.toUnsignedString(value)));
    }

    /** Reads an unsigned number of 64 bits; {@code what} names it in errors. */
    public static long readU64(JsonNode json, String what) throws NodeJsonException {
        return JsonPlace.root(json, what).u64();
    }
}
