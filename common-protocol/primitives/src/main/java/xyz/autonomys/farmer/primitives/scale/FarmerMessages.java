package xyz.autonomys.farmer.primitives.scale;

import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.FarmerProtocolInfo;
import xyz.autonomys.farmer.primitives.PublicKey;
import xyz.autonomys.farmer.primitives.RewardHash;
import xyz.autonomys.farmer.primitives.RewardSignature;
import xyz.autonomys.farmer.primitives.RewardSignatureResponse;
import xyz.autonomys.farmer.primitives.RewardSigningInfo;
import xyz.autonomys.farmer.primitives.SlotInfo;

/**
 * The SCALE forms of the small messages between node and farmer: protocol parameters, slots, reward signing. Each
 * {@code decode…} takes exactly one value and throws {@link ScaleException} otherwise.
 *
 * <p>Source: autonomys/subspace, crates/subspace-rpc-primitives/src/lib.rs and
 * crates/subspace-farmer-components/src/lib.rs.
 */
public final class FarmerMessages {
    /** Length of encoded protocol parameters. */
    public static final int PROTOCOL_INFO_BYTES = 42;

    /** Length of an encoded slot. */
    public static final int SLOT_INFO_BYTES = 56;

    private FarmerMessages() {}

    /** Protocol parameters, {@value #PROTOCOL_INFO_BYTES} bytes. */
    public static byte[] encode(FarmerProtocolInfo info) {
        ScaleWriter out = new ScaleWriter(PROTOCOL_INFO_BYTES);
        write(out, info);
        return out.toBytes();
    }

    /** Decodes protocol parameters. */
    public static FarmerProtocolInfo decodeProtocolInfo(byte[] bytes) {
        ScaleReader in = new ScaleReader(bytes, "farmer protocol info");
        FarmerProtocolInfo info = readProtocolInfo(in);
        in.finish();
        return info;
    }

    /** Appends protocol parameters to {@code out}. */
    public static void write(ScaleWriter out, FarmerProtocolInfo info) {
        out.u64(info.historySize())
                .u16(info.maxPiecesInSector())
                .u64(info.recentSegments())
                .u64(info.recentHistoryNumerator())
                .u64(info.recentHistoryDenominator())
                .u64(info.minSectorLifetime());
    }

    /** Reads the next protocol parameters of {@code in}. */
    public static FarmerProtocolInfo readProtocolInfo(ScaleReader in) {
        return new FarmerProtocolInfo(
                historySize(in),
                in.u16("max pieces in sector"),
                in.u64("recent segments"),
                in.u64("recent history numerator"),
                in.u64("recent history denominator"),
                historyLength(in, "min sector lifetime"));
    }

    /** A slot, {@value #SLOT_INFO_BYTES} bytes. */
    public static byte[] encode(SlotInfo slot) {
        return new ScaleWriter(SLOT_INFO_BYTES)
                .u64(slot.slotNumber())
                .bytes(slot.globalChallenge())
                .u64(slot.solutionRange())
                .u64(slot.votingSolutionRange())
                .toBytes();
    }

    /** Decodes a slot. */
    public static SlotInfo decodeSlotInfo(byte[] bytes) {
        ScaleReader in = new ScaleReader(bytes, "slot info");
        SlotInfo slot = new SlotInfo(
                in.u64("slot number"),
                Blake3Hash.of(in.bytes(Blake3Hash.SIZE, "global challenge")),
                in.u64("solution range"),
                in.u64("voting solution range"));
        in.finish();
        return slot;
    }

    /** A signing request, 64 bytes. */
    public static byte[] encode(RewardSigningInfo info) {
        return new ScaleWriter(64).bytes(info.hash()).bytes(info.publicKey()).toBytes();
    }

    /** Decodes a signing request. */
    public static RewardSigningInfo decodeRewardSigningInfo(byte[] bytes) {
        ScaleReader in = new ScaleReader(bytes, "reward signing info");
        RewardSigningInfo info = new RewardSigningInfo(
                RewardHash.of(in.bytes(RewardHash.SIZE, "hash")), PublicKey.of(in.bytes(PublicKey.SIZE, "public key")));
        in.finish();
        return info;
    }

    /** A signature, 97 bytes: hash, the tag of "some", signature. */
    public static byte[] encode(RewardSignatureResponse response) {
        return new ScaleWriter(97)
                .bytes(response.hash())
                .flag(true)
                .bytes(response.signature())
                .toBytes();
    }

    /** Decodes a signature. A response without a signature is refused: this project never sends one. */
    public static RewardSignatureResponse decodeRewardSignatureResponse(byte[] bytes) {
        ScaleReader in = new ScaleReader(bytes, "reward signature response");
        RewardHash hash = RewardHash.of(in.bytes(RewardHash.SIZE, "hash"));
        int at = in.position();
        if (!in.flag("signature")) {
            throw in.error(at, "expected a signature, found none");
        }
        RewardSignature signature = RewardSignature.of(in.bytes(RewardSignature.SIZE, "signature"));
        in.finish();
        return new RewardSignatureResponse(hash, signature);
    }

    static long historySize(ScaleReader in) {
        return historyLength(in, "history size");
    }

    /** A number of segments is a non-zero integer upstream; decoding zero fails there as well. */
    private static long historyLength(ScaleReader in, String field) {
        int at = in.position();
        long value = in.u64(field);
        if (value == 0) {
            throw in.error(at, field + " must not be zero");
        }
        return value;
    }
}
