package xyz.autonomys.farmer.node;

import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import xyz.autonomys.farmer.primitives.hash.XxHash64;
import xyz.autonomys.farmer.primitives.scale.ScaleReader;
import xyz.autonomys.farmer.primitives.scale.ScaleWriter;

/**
 * Keys of the chain's state, as {@code state_getStorage} takes them: {@code 0x} and lower-case hex.
 *
 * <p>Source: autonomys/subspace, crates/pallet-subspace, crates/pallet-runtime-configs (spec 03 §16.3, §16.4).
 */
public final class StateKeys {
    /** RuntimeConfigs.ConfirmationDepthK, a u32: blocks after which a block is archived. */
    public static final String CONFIRMATION_DEPTH =
            "0x7396903df85f816e40b96a10626866ace61eaec3ce42854f2a62e7b6487718e2";

    private static final String SEGMENT_COMMITMENT =
            "0x3e1e8e35b440038ed6e6cf14c413a10219bc26fe1255be792ad20be7dcf78a12";
    private static final int HASH_DIGITS = 16;
    private static final HexFormat HEX = HexFormat.of();

    private StateKeys() {}

    /** Subspace.SegmentCommitment of a segment (u64): 48 bytes. */
    public static String segmentCommitment(long segmentIndex) {
        byte[] index = new ScaleWriter(8).u64(segmentIndex).toBytes();
        byte[] hash = new ScaleWriter(8).u64(XxHash64.hash(index, 0)).toBytes();
        return SEGMENT_COMMITMENT + HEX.formatHex(hash) + HEX.formatHex(index);
    }

    /** The segment whose commitment lies at a key, if it is such a key. */
    public static Optional<Long> segmentOf(String key) {
        String lower = key.toLowerCase(Locale.ROOT);
        int end = SEGMENT_COMMITMENT.length() + HASH_DIGITS;
        if (!lower.startsWith(SEGMENT_COMMITMENT)
                || !lower.substring(2).matches("[0-9a-f]*")
                || lower.length() != end + 16) {
            return Optional.empty();
        }
        ScaleReader in = new ScaleReader(HEX.parseHex(lower, end, lower.length()), "key");
        long segment = in.u64("segment index");
        return segmentCommitment(segment).equals(lower) ? Optional.of(segment) : Optional.empty();
    }
}
