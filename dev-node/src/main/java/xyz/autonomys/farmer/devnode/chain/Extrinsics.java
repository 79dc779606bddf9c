package xyz.autonomys.farmer.devnode.chain;

import java.util.List;
import xyz.autonomys.farmer.primitives.SegmentHeader;
import xyz.autonomys.farmer.primitives.scale.ScaleWriter;
import xyz.autonomys.farmer.primitives.scale.SegmentHeaders;

/** Extrinsics as they stand in a block: their length, then their bytes (spec 06 §12). */
final class Extrinsics {
    private Extrinsics() {}

    /** What records headers of segments: unsigned, format 4, pallet Subspace, call store_segment_headers. */
    static byte[] storeSegmentHeaders(List<SegmentHeader> headers) {
        ScaleWriter call = new ScaleWriter(8 + headers.size() * SegmentHeaders.PARTIAL_BYTES);
        call.u8(4).u8(2).u8(0).compact(headers.size());
        headers.forEach(header -> SegmentHeaders.write(call, header));
        return opaque(call.toBytes());
    }

    /** A vote. */
    static byte[] vote(Vote.Signed vote) {
        return opaque(vote.encode());
    }

    /** These bytes with their length in front. */
    static byte[] opaque(byte[] extrinsic) {
        return new ScaleWriter(extrinsic.length + 4)
                .compact(extrinsic.length)
                .bytes(extrinsic)
                .toBytes();
    }
}
