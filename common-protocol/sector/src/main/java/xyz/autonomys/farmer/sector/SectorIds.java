package xyz.autonomys.farmer.sector;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.PosSeed;
import xyz.autonomys.farmer.primitives.PotOutput;
import xyz.autonomys.farmer.primitives.PublicKey;
import xyz.autonomys.farmer.primitives.SectorId;
import xyz.autonomys.farmer.primitives.hash.Blake3;

/**
 * Identities and challenges derived from hashes (specification 04 §2 and §3). All integers inside the hashes are
 * little-endian.
 *
 * <p>Source: autonomys/subspace, crates/subspace-core-primitives/src/sectors.rs.
 */
public final class SectorIds {
    private SectorIds() {}

    /** The hash of a farm's public key, which keys the ids of its sectors. */
    public static Blake3Hash publicKeyHash(PublicKey publicKey) {
        return Blake3.hash(publicKey.toBytes());
    }

    /**
     * The id of a sector: keyed hash of index and history size.
     *
     * @param sectorIndex unsigned 16 bits
     * @param historySize number of segments when the sector was plotted, unsigned, not zero
     */
    public static SectorId sectorId(Blake3Hash publicKeyHash, int sectorIndex, long historySize) {
        byte[] message = ByteBuffer.allocate(10)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort(u16("sector index", sectorIndex))
                .putLong(historySize)
                .array();
        return SectorId.of(Blake3.keyedHash(publicKeyHash.toBytes(), message).toBytes());
    }

    /** The proof-of-space seed of the record at {@code pieceOffset}: a plain hash, unlike piece selection. */
    public static PosSeed posSeed(SectorId sectorId, int pieceOffset) {
        u16("piece offset", pieceOffset);
        byte[] offset = {(byte) pieceOffset, (byte) (pieceOffset >>> 8)};
        return PosSeed.of(Blake3.hash(sectorId.toBytes(), offset).toBytes());
    }

    /** The global challenge of a slot. Farmers get it from the node; verifiers derive it. */
    public static Blake3Hash globalChallenge(PotOutput proofOfTime, long slot) {
        byte[] slotBytes = ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(slot)
                .array();
        return Blake3.hash(Blake3.hash(proofOfTime.toBytes()).toBytes(), slotBytes);
    }

    /** The challenge of one sector in one slot: id and global challenge, bytewise exclusive or. */
    public static Blake3Hash sectorSlotChallenge(SectorId sectorId, Blake3Hash globalChallenge) {
        byte[] challenge = sectorId.toBytes();
        for (int i = 0; i < challenge.length; i++) {
            challenge[i] ^= globalChallenge.byteAt(i);
        }
        return Blake3Hash.of(challenge);
    }

    /** The s-bucket that a sector slot challenge audits, 0…65535. */
    public static int sBucket(Blake3Hash sectorSlotChallenge) {
        return (sectorSlotChallenge.byteAt(0) & 0xFF) | (sectorSlotChallenge.byteAt(1) & 0xFF) << 8;
    }

    static short u16(String what, int value) {
        if (value < 0 || value > 0xFFFF) {
            throw new IllegalArgumentException(what + " takes 0 to 65535, got " + value);
        }
        return (short) value;
    }
}
