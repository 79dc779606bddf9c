package xyz.autonomys.farmer.archiving;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import xyz.autonomys.farmer.primitives.Piece;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.primitives.SegmentHeader;
import xyz.autonomys.farmer.primitives.scale.SegmentHeaders;

/**
 * The synthetic history behind archiving.json, which upstream's archiver was fed with: fourteen blocks by rule, six
 * segments whose headers are recorded. With the headers known, the bytes of every segment follow without any KZG.
 */
public final class GoldenHistory {
    private static final JsonNode VECTORS = load();

    private GoldenHistory() {}

    /** The whole of archiving.json. */
    static JsonNode vectors() {
        return VECTORS;
    }

    /** Segments with recorded headers. */
    static int segments() {
        return VECTORS.get("segments").size();
    }

    /** What upstream recorded about segment {@code index}. */
    static JsonNode segment(int index) {
        return VECTORS.get("segments").get(index);
    }

    /** The recorded header of segment {@code index}. */
    public static SegmentHeader header(int index) {
        return SegmentHeaders.decode(
                HexFormat.of().parseHex(segment(index).get("header").asText()));
    }

    /** The bytes of block {@code number}, 0 to 13. */
    public static byte[] block(int number) {
        int length = VECTORS.get("blocks").get(number).get("length").asInt();
        if (number == 0) {
            byte[] stateRoot = new byte[32];
            for (int i = 0; i < stateRoot.length; i++) {
                stateRoot[i] = (byte) i;
            }
            byte[] block = new byte[100];
            System.arraycopy(stateRoot, 0, block, 33, 32);
            HexFormat hex = HexFormat.of();
            System.arraycopy(
                    hex.parseHex("03170a2e7597b7b7e3d84c05391d139a62b157e78786d8c082f29dcf4c111314"), 0, block, 65, 32);
            return GenesisBlock.encode(block, stateRoot);
        }
        return keyStream(number, length);
    }

    /** The packed bytes of segment {@code index}. */
    static SegmentBytes segmentBytes(int index) {
        SegmentPacker packer = new SegmentPacker();
        int block = 0;
        if (index > 0) {
            SegmentHeader parent = header(index - 1);
            int last = (int) parent.lastArchivedBlock().number();
            packer = new SegmentPacker(parent, block(last));
            block = last + 1;
        }
        while (packer.closedSegment().isEmpty()) {
            packer.add(block(block++));
        }
        return packer.closedSegment().get();
    }

    /**
     * All 256 pieces of segment 0 or 1 in order, from packing and erasure coding with the recorded commitments and
     * witnesses; no KZG is computed.
     */
    public static List<Piece> pieces(int segment) {
        return Arrays.stream(pieceArrays(segment)).map(Piece::wrap).toList();
    }

    /** The 128 source pieces of segment 0 or 1 (positions 0, 2, 4, …), far cheaper than all. */
    public static List<Piece> sourcePieces(int segment) {
        JsonNode records = segment(segment).get("records");
        SegmentBytes bytes = segmentBytes(segment);
        return IntStream.range(0, ProtocolSizes.SOURCE_RECORDS)
                .mapToObj(i -> {
                    byte[] piece = bytes.sourcePiece(i);
                    copyHex(records.get(2 * i).get("commitment"), piece, Piece.COMMITMENT_OFFSET);
                    copyHex(records.get(2 * i).get("witness"), piece, Piece.WITNESS_OFFSET);
                    return Piece.wrap(piece);
                })
                .toList();
    }

    static byte[][] pieceArrays(int segment) {
        JsonNode records = segment(segment).get("records");
        byte[][] pieces = new byte[ProtocolSizes.SEGMENT_PIECES][];
        if (records.size() != pieces.length) {
            throw new IllegalArgumentException("only some commitments of segment " + segment + " are recorded");
        }
        SegmentBytes bytes = segmentBytes(segment);
        for (int position = 0; position < pieces.length; position++) {
            pieces[position] =
                    position % 2 == 0 ? bytes.sourcePiece(position / 2) : new byte[ProtocolSizes.PIECE_BYTES];
            JsonNode record = records.get(position);
            copyHex(record.get("commitment"), pieces[position], Piece.COMMITMENT_OFFSET);
            copyHex(record.get("witness"), pieces[position], Piece.WITNESS_OFFSET);
        }
        ColumnCode.extend(pieces, Parallelism.allCores());
        return pieces;
    }

    private static void copyHex(JsonNode hex, byte[] target, int offset) {
        System.arraycopy(
                HexFormat.of().parseHex(hex.asText()),
                0,
                target,
                offset,
                hex.asText().length() / 2);
    }

    /** {@code length} bytes of the ChaCha8 key stream whose key is 32 times {@code keyByte}. */
    static byte[] keyStream(int keyByte, int length) {
        byte[] key = new byte[32];
        Arrays.fill(key, (byte) keyByte);
        byte[] stream = new byte[length];
        ChaCha8.keyStream(key, stream, 0, length);
        return stream;
    }

    private static JsonNode load() {
        try (InputStream in = GoldenHistory.class.getResourceAsStream("/archiving/archiving.json")) {
            return new ObjectMapper().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
