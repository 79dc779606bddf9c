package xyz.autonomys.farmer.pos;

/** The 160 bytes of a proof: 64 values of 20 bits, most significant bit first (specification 01 §9). */
final class ProofBytes {
    private ProofBytes() {}

    /** Packs 64 values. */
    static byte[] pack(int[] x) {
        byte[] proof = new byte[PosRules.PROOF_VALUES * PosRules.K / 8];
        for (int j = 0; j < PosRules.PROOF_VALUES / 2; j++) {
            int even = x[2 * j];
            int odd = x[2 * j + 1];
            proof[5 * j] = (byte) (even >>> 12);
            proof[5 * j + 1] = (byte) (even >>> 4);
            proof[5 * j + 2] = (byte) (even << 4 | odd >>> 16);
            proof[5 * j + 3] = (byte) (odd >>> 8);
            proof[5 * j + 4] = (byte) odd;
        }
        return proof;
    }

    /** Unpacks 160 bytes. */
    static int[] unpack(byte[] proof) {
        int[] x = new int[PosRules.PROOF_VALUES];
        for (int j = 0; j < PosRules.PROOF_VALUES / 2; j++) {
            int middle = proof[5 * j + 2] & 0xFF;
            x[2 * j] = (proof[5 * j] & 0xFF) << 12 | (proof[5 * j + 1] & 0xFF) << 4 | middle >>> 4;
            x[2 * j + 1] = (middle & 0xF) << 16 | (proof[5 * j + 3] & 0xFF) << 8 | proof[5 * j + 4] & 0xFF;
        }
        return x;
    }
}
