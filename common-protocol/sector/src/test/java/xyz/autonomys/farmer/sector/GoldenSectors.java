package xyz.autonomys.farmer.sector;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import xyz.autonomys.farmer.archiving.GoldenHistory;
import xyz.autonomys.farmer.pos.PosTable;
import xyz.autonomys.farmer.pos.PosTableBuilder;
import xyz.autonomys.farmer.primitives.ChunkWitness;
import xyz.autonomys.farmer.primitives.FarmerProtocolInfo;
import xyz.autonomys.farmer.primitives.Piece;
import xyz.autonomys.farmer.primitives.PosProof;
import xyz.autonomys.farmer.primitives.PosSeed;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.primitives.PublicKey;
import xyz.autonomys.farmer.primitives.RecordCommitment;
import xyz.autonomys.farmer.primitives.RecordWitness;
import xyz.autonomys.farmer.primitives.ScalarBytes;
import xyz.autonomys.farmer.primitives.Solution;
import xyz.autonomys.farmer.primitives.hash.Blake3;
import xyz.autonomys.farmer.sector.plot.PieceGetter;

/** What upstream recorded of sectors (sector.json, sector1000.json), and the pieces those sectors were made of. */
public final class GoldenSectors {
    private static final Map<Integer, List<Piece>> SOURCES = new HashMap<>();
    private static final Map<Integer, List<Piece>> ALL = new HashMap<>();

    private GoldenSectors() {}

    /** A recorded file. */
    public static JsonNode load(String name) {
        try (InputStream in = GoldenSectors.class.getResourceAsStream("/golden/" + name)) {
            return new ObjectMapper().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Mainnet's values at a history size. */
    public static FarmerProtocolInfo protocol(long historySize) {
        return new FarmerProtocolInfo(historySize, 1000, 5, 1, 10, 4);
    }

    /** The key of the sectors of recorded history. */
    public static PublicKey publicKey() {
        return PublicKey.fromHex("6023d052711f478bc758918bdd26e24ac5d773629fc902dfb09de2588ba4ab08");
    }

    /** The key of the sectors of specification 04, V1 and V6. */
    public static PublicKey specificationKey() {
        return PublicKey.fromHex("f83095850276aa7ef3a7c26e6c6cd76f2fa3c01b2522fb940b45e00112d98d40");
    }

    /** A solution in the node's JSON. */
    public static Solution solution(JsonNode json) {
        byte[] chunk = new byte[ScalarBytes.SIZE];
        for (int i = 0; i < chunk.length; i++) {
            chunk[i] = (byte) json.get("chunk").get(i).asInt();
        }
        return new Solution(
                PublicKey.fromHex(json.get("publicKey").asText()),
                PublicKey.fromHex(json.get("rewardAddress").asText()),
                json.get("sectorIndex").asInt(),
                json.get("historySize").asLong(),
                json.get("pieceOffset").asInt(),
                RecordCommitment.fromHex(json.get("recordCommitment").asText()),
                RecordWitness.fromHex(json.get("recordWitness").asText()),
                ScalarBytes.of(chunk),
                ChunkWitness.fromHex(json.get("chunkWitness").asText()),
                PosProof.fromHex(json.get("proofOfSpace").asText()));
    }

    /** The pieces of specification 04, V6: 207 and 249, made by rule and no valid pieces. */
    public static PieceGetter specificationPieces() {
        return of(Map.of(207L, specificationPiece(0), 249L, specificationPiece(1)));
    }

    /** Piece {@code p} of V6: chunk i is a zero byte and 31 bytes of BLAKE3(LE16(p) ‖ LE32(i)). */
    public static Piece specificationPiece(int p) {
        byte[] bytes = new byte[ProtocolSizes.PIECE_BYTES];
        ByteBuffer input = ByteBuffer.allocate(6).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < ProtocolSizes.RECORD_CHUNKS; i++) {
            byte[] hash = Blake3.hash(input.putShort(0, (short) p).putInt(2, i).array())
                    .toBytes();
            System.arraycopy(hash, 0, bytes, 32 * i + 1, 31);
        }
        Arrays.fill(bytes, Piece.COMMITMENT_OFFSET, Piece.WITNESS_OFFSET, (byte) (0x10 + p));
        Arrays.fill(bytes, Piece.WITNESS_OFFSET, bytes.length, (byte) (0x20 + p));
        return Piece.wrap(bytes);
    }

    /** Pieces 0 to 511, segments 0 and 1 of the recorded history. */
    public static PieceGetter historyPieces() {
        return (indexes, receiver) -> {
            for (long index : indexes) {
                receiver.found(index, historyPiece(index));
            }
        };
    }

    /** Piece 0 to 511 of the recorded history. The first with an odd index of each segment takes long. */
    public static synchronized Piece historyPiece(long index) {
        int segment = (int) (index / 256);
        int position = (int) (index % 256);
        if (position % 2 == 0) {
            return SOURCES.computeIfAbsent(segment, GoldenHistory::sourcePieces).get(position / 2);
        }
        return ALL.computeIfAbsent(segment, GoldenHistory::pieces).get(position);
    }

    /** Hands out the pieces of this map and says of others that it has none. */
    public static PieceGetter of(Map<Long, Piece> pieces) {
        return (Set<Long> indexes, PieceGetter.Receiver receiver) -> {
            for (long index : indexes) {
                Piece piece = pieces.get(index);
                if (piece == null) {
                    receiver.failed(index, "not in memory");
                } else {
                    receiver.found(index, piece);
                }
            }
        };
    }

    /**
     * The table of the recorded sector with filling: a proof for every fourth s-bucket, which is five times
     * BLAKE3(seed ‖ LE32(s-bucket)).
     */
    public static PosTableBuilder quarterTables() {
        return new PosTableBuilder() {
            @Override
            public PosTable build(PosSeed seed) {
                return new QuarterTable(seed);
            }

            @Override
            public long bytesPerBuilder() {
                return 0;
            }

            @Override
            public void close() {}
        };
    }

    private record QuarterTable(PosSeed seed) implements PosTable {
        @Override
        public Optional<PosProof> findProof(int challengeIndex) {
            if (challengeIndex % 4 != 0) {
                return Optional.empty();
            }
            byte[] index = ByteBuffer.allocate(4)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(challengeIndex)
                    .array();
            String hash = Blake3.hash(seed.toBytes(), index).toHex();
            return Optional.of(PosProof.of(HexFormat.of().parseHex(hash.repeat(5))));
        }

        @Override
        public int masks(long[] usedSBuckets, byte[] masks) {
            Arrays.fill(usedSBuckets, 0x1111_1111_1111_1111L);
            for (int i = 0; i < ProtocolSizes.S_BUCKETS / 4; i++) {
                Blake3.hash(findProof(4 * i).orElseThrow().toBytes()).copyTo(masks, 32 * i);
            }
            return ProtocolSizes.S_BUCKETS / 4;
        }
    }
}
