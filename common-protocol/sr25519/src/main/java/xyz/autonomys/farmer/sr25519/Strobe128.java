package xyz.autonomys.farmer.sr25519;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** The part of STROBE-128 that Merlin transcripts use: a sponge over Keccak-f[1600] with a rate of 166 bytes. */
final class Strobe128 {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int RATE = 166;
    private static final int META_AD = 0x12;
    private static final int AD = 0x02;
    private static final int KEY = 0x06;
    private static final int PRF = 0x07;
    private static final int CIPHER_OR_KEY = 0x24;

    private final byte[] state = new byte[200];
    private int position;
    private int begin;
    private int flags;

    Strobe128(String protocol) {
        byte[] start = {1, (byte) (RATE + 2), 1, 0, 1, 96};
        System.arraycopy(start, 0, state, 0, start.length);
        byte[] name = "STROBEv1.0.2".getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(name, 0, state, start.length, name.length);
        permute();
        metaAd(protocol.getBytes(StandardCharsets.US_ASCII), false);
    }

    private Strobe128(Strobe128 other) {
        System.arraycopy(other.state, 0, state, 0, state.length);
        position = other.position;
        begin = other.begin;
        flags = other.flags;
    }

    Strobe128 copy() {
        return new Strobe128(this);
    }

    void metaAd(byte[] data, boolean more) {
        operation(META_AD, more);
        absorb(data);
    }

    void ad(byte[] data) {
        operation(AD, false);
        absorb(data);
    }

    void key(byte[] data) {
        operation(KEY, false);
        for (byte b : data) {
            state[position] = b;
            advance();
        }
    }

    byte[] prf(int length) {
        operation(PRF, false);
        byte[] out = new byte[length];
        for (int i = 0; i < length; i++) {
            out[i] = state[position];
            state[position] = 0;
            advance();
        }
        return out;
    }

    private void operation(int newFlags, boolean more) {
        if (more) {
            if (newFlags != flags) {
                throw new IllegalStateException("cannot continue operation " + flags + " as " + newFlags);
            }
            return;
        }
        int previousBegin = begin;
        begin = position + 1;
        flags = newFlags;
        absorb(new byte[] {(byte) previousBegin, (byte) newFlags});
        if ((newFlags & CIPHER_OR_KEY) != 0 && position != 0) {
            runF();
        }
    }

    private void absorb(byte[] data) {
        for (byte b : data) {
            state[position] ^= b;
            advance();
        }
    }

    private void advance() {
        position++;
        if (position == RATE) {
            runF();
        }
    }

    private void runF() {
        state[position] ^= (byte) begin;
        state[position + 1] ^= 0x04;
        state[RATE + 1] ^= (byte) 0x80;
        permute();
        position = 0;
        begin = 0;
    }

    private void permute() {
        long[] lanes = new long[25];
        for (int i = 0; i < 25; i++) {
            lanes[i] = (long) LONG.get(state, 8 * i);
        }
        Keccak.permute(lanes);
        for (int i = 0; i < 25; i++) {
            LONG.set(state, 8 * i, lanes[i]);
        }
    }
}
