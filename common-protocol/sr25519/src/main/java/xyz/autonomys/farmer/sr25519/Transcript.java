package xyz.autonomys.farmer.sr25519;

import java.nio.charset.StandardCharsets;

/** A Merlin transcript: labelled messages go in, challenges that depend on all of them come out. */
final class Transcript {
    private static final int NONCE_BYTES = 64;

    private final Strobe128 strobe;

    Transcript(String label) {
        this.strobe = new Strobe128("Merlin v1.0");
        append("dom-sep", label.getBytes(StandardCharsets.US_ASCII));
    }

    Transcript append(String label, byte[] message) {
        label(strobe, label, message.length);
        strobe.ad(message);
        return this;
    }

    byte[] challenge(String label, int length) {
        label(strobe, label, length);
        return strobe.prf(length);
    }

    /** 64 secret bytes that depend on the transcript so far, a secret and {@code random}; the transcript stays as is. */
    byte[] witness(byte[] secretNonce, byte[] random) {
        Strobe128 fork = strobe.copy();
        label(fork, "signing", secretNonce.length);
        fork.key(secretNonce);
        fork.metaAd("rng".getBytes(StandardCharsets.US_ASCII), false);
        fork.key(random);
        fork.metaAd(littleEndian(NONCE_BYTES), false);
        return fork.prf(NONCE_BYTES);
    }

    private static void label(Strobe128 strobe, String label, int length) {
        strobe.metaAd(label.getBytes(StandardCharsets.US_ASCII), false);
        strobe.metaAd(littleEndian(length), true);
    }

    private static byte[] littleEndian(int value) {
        return new byte[] {(byte) value, (byte) (value >>> 8), (byte) (value >>> 16), (byte) (value >>> 24)};
    }
}
