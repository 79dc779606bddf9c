package xyz.autonomys.farmer.primitives.scale;

import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.LastArchivedBlock;
import xyz.autonomys.farmer.primitives.SegmentCommitment;
import xyz.autonomys.farmer.primitives.SegmentHeader;
import xyz.autonomys.farmer.primitives.hash.Blake3;

/**
 * The SCALE form and the hash of segment headers.
 *
 * <table>
 * <caption>Layout of variant V0</caption>
 * <tr><th>offset</th><th>size</th><th>field</th></tr>
 * <tr><td>0</td><td>1</td><td>00, the variant</td></tr>
 * <tr><td>1</td><td>8</td><td>segment index</td></tr>
 * <tr><td>9</td><td>48</td><td>segment commitment</td></tr>
 * <tr><td>57</td><td>32</td><td>hash of the previous header, zero for segment 0</td></tr>
 * <tr><td>89</td><td>4</td><td>number of the last archived block</td></tr>
 * <tr><td>93</td><td>1</td><td>00 complete, 01 partial</td></tr>
 * <tr><td>94</td><td>4</td><td>only if partial: archived bytes of that block</td></tr>
 * </table>
 *
 * <p>Source: autonomys/subspace, crates/subspace-core-primitives/src/segments.rs.
 */
public final class SegmentHeaders {
    /** Length of a header whose last block is complete. */
    public static final int COMPLETE_BYTES = 94;

    /** Length of a header whose last block goes on in the next segment. */
    public static final int PARTIAL_BYTES = 98;

    private SegmentHeaders() {}

    /** The SCALE bytes, {@value #COMPLETE_BYTES} or {@value #PARTIAL_BYTES} of them. */
    public static byte[] encode(SegmentHeader header) {
        ScaleWriter out = new ScaleWriter(PARTIAL_BYTES);
        write(out, header);
        return out.toBytes();
    }

    /**
     * Decodes exactly one header.
     *
     * @throws ScaleException if the bytes are anything else
     */
    public static SegmentHeader decode(byte[] bytes) {
        ScaleReader in = new ScaleReader(bytes, "segment header");
        SegmentHeader header = read(in);
        in.finish();
        return header;
    }

    /** BLAKE3 of the SCALE bytes, the link of the chain of headers. */
    public static Blake3Hash hash(SegmentHeader header) {
        return Blake3.hash(encode(header));
    }

    /** Appends a header to {@code out}. */
    public static void write(ScaleWriter out, SegmentHeader header) {
        LastArchivedBlock last = header.lastArchivedBlock();
        boolean partial = last.partialBytes() >= 0;
        out.u8(0)
                .u64(header.segmentIndex())
                .bytes(header.segmentCommitment())
                .bytes(header.prevSegmentHeaderHash())
                .u32(last.number())
                .flag(partial);
        if (partial) {
            out.u32(last.partialBytes());
        }
    }

    /** Reads the next header of {@code in}. */
    public static SegmentHeader read(ScaleReader in) {
        int at = in.position();
        int version = in.u8("version");
        if (version != 0) {
            throw in.error(at, "expected segment header version 0, found " + version);
        }
        long index = in.u64("segment index");
        SegmentCommitment commitment = SegmentCommitment.of(in.bytes(SegmentCommitment.SIZE, "segment commitment"));
        Blake3Hash previous = Blake3Hash.of(in.bytes(Blake3Hash.SIZE, "hash of the previous header"));
        long block = in.u32("last archived block");
        long partialBytes = in.flag("archived progress") ? in.u32("archived bytes of the last block") : -1;
        return new SegmentHeader(index, commitment, previous, new LastArchivedBlock(block, partialBytes));
    }
}
