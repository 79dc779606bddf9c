package xyz.autonomys.farmer.primitives.scale;

import xyz.autonomys.farmer.primitives.ChunkWitness;
import xyz.autonomys.farmer.primitives.PosProof;
import xyz.autonomys.farmer.primitives.PublicKey;
import xyz.autonomys.farmer.primitives.RecordCommitment;
import xyz.autonomys.farmer.primitives.RecordWitness;
import xyz.autonomys.farmer.primitives.ScalarBytes;
import xyz.autonomys.farmer.primitives.Solution;
import xyz.autonomys.farmer.primitives.SolutionResponse;

/**
 * The SCALE form of solutions.
 *
 * <table>
 * <caption>Layout</caption>
 * <tr><th>offset</th><th>size</th><th>field</th></tr>
 * <tr><td>0</td><td>32</td><td>public key</td></tr>
 * <tr><td>32</td><td>32</td><td>reward address</td></tr>
 * <tr><td>64</td><td>2</td><td>sector index</td></tr>
 * <tr><td>66</td><td>8</td><td>history size, not zero</td></tr>
 * <tr><td>74</td><td>2</td><td>piece offset</td></tr>
 * <tr><td>76</td><td>48</td><td>record commitment</td></tr>
 * <tr><td>124</td><td>48</td><td>record witness</td></tr>
 * <tr><td>172</td><td>32</td><td>chunk, a big-endian scalar</td></tr>
 * <tr><td>204</td><td>48</td><td>chunk witness</td></tr>
 * <tr><td>252</td><td>160</td><td>proof of space</td></tr>
 * </table>
 *
 * <p>Source: autonomys/subspace, crates/subspace-core-primitives/src/solutions.rs.
 */
public final class Solutions {
    /** Length of an encoded solution. */
    public static final int SOLUTION_BYTES = 412;

    /** Length of an encoded solution response: slot number and solution. */
    public static final int RESPONSE_BYTES = 8 + SOLUTION_BYTES;

    private Solutions() {}

    /** The {@value #SOLUTION_BYTES} SCALE bytes. */
    public static byte[] encode(Solution solution) {
        ScaleWriter out = new ScaleWriter(SOLUTION_BYTES);
        write(out, solution);
        return out.toBytes();
    }

    /**
     * Decodes exactly one solution.
     *
     * @throws ScaleException if the bytes are anything else
     */
    public static Solution decode(byte[] bytes) {
        ScaleReader in = new ScaleReader(bytes, "solution");
        Solution solution = read(in);
        in.finish();
        return solution;
    }

    /** The {@value #RESPONSE_BYTES} SCALE bytes: slot number, solution. */
    public static byte[] encodeResponse(SolutionResponse response) {
        ScaleWriter out = new ScaleWriter(RESPONSE_BYTES).u64(response.slotNumber());
        write(out, response.solution());
        return out.toBytes();
    }

    /**
     * Decodes exactly one solution response.
     *
     * @throws ScaleException if the bytes are anything else
     */
    public static SolutionResponse decodeResponse(byte[] bytes) {
        ScaleReader in = new ScaleReader(bytes, "solution response");
        long slot = in.u64("slot number");
        SolutionResponse response = new SolutionResponse(slot, read(in));
        in.finish();
        return response;
    }

    /** Appends a solution to {@code out}. */
    public static void write(ScaleWriter out, Solution solution) {
        out.bytes(solution.publicKey())
                .bytes(solution.rewardAddress())
                .u16(solution.sectorIndex())
                .u64(solution.historySize())
                .u16(solution.pieceOffset())
                .bytes(solution.recordCommitment())
                .bytes(solution.recordWitness())
                .bytes(solution.chunk())
                .bytes(solution.chunkWitness())
                .bytes(solution.proofOfSpace());
    }

    /** Reads the next solution of {@code in}. */
    public static Solution read(ScaleReader in) {
        return new Solution(
                PublicKey.of(in.bytes(PublicKey.SIZE, "public key")),
                PublicKey.of(in.bytes(PublicKey.SIZE, "reward address")),
                in.u16("sector index"),
                FarmerMessages.historySize(in),
                in.u16("piece offset"),
                RecordCommitment.of(in.bytes(RecordCommitment.SIZE, "record commitment")),
                RecordWitness.of(in.bytes(RecordWitness.SIZE, "record witness")),
                ScalarBytes.of(in.bytes(ScalarBytes.SIZE, "chunk")),
                ChunkWitness.of(in.bytes(ChunkWitness.SIZE, "chunk witness")),
                PosProof.of(in.bytes(PosProof.SIZE, "proof of space")));
    }
}
