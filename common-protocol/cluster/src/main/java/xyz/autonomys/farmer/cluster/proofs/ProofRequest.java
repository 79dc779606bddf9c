package xyz.autonomys.farmer.cluster.proofs;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Arrays;
import xyz.autonomys.farmer.sector.read.StoredRecord;

/**
 * A chunk to be proven.
 *
 * <table>
 * <caption>Encoding, little-endian</caption>
 * <tr><th>offset</th><th>size</th><th>field</th></tr>
 * <tr><td>0</td><td>1</td><td>version, 1</td></tr>
 * <tr><td>1</td><td>4</td><td>milliseconds left</td></tr>
 * <tr><td>5</td><td>4</td><td>s-bucket</td></tr>
 * <tr><td>9</td><td></td><td>the record, see {@link StoredRecord}</td></tr>
 * </table>
 *
 * @param remaining time in which the answer is of use, counted from when the request is read
 * @param sBucket the s-bucket of the chunk, 0 to 65,535
 * @param record the record that has it
 */
public record ProofRequest(Duration remaining, int sBucket, StoredRecord record) {
    private static final byte VERSION = 1;
    private static final int HEAD_BYTES = 9;

    /** The bytes. */
    public byte[] encode() {
        byte[] stored = record.encode();
        return ByteBuffer.allocate(HEAD_BYTES + stored.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(VERSION)
                .putInt((int) Math.clamp(remaining.toMillis(), 0, Integer.MAX_VALUE))
                .putInt(sBucket)
                .put(stored)
                .array();
    }

    /**
     * Reads an encoding.
     *
     * @throws IllegalArgumentException saying what is wrong with it
     */
    public static ProofRequest decode(byte[] bytes) {
        if (bytes.length < HEAD_BYTES || bytes[0] != VERSION) {
            throw new IllegalArgumentException("a proof request has version " + VERSION + ", got "
                    + (bytes.length == 0 ? "no bytes" : Integer.toString(bytes[0] & 0xff)));
        }
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int millis = in.getInt(1);
        int sBucket = in.getInt(5);
        if (millis < 0 || sBucket < 0 || sBucket > 0xffff) {
            throw new IllegalArgumentException(
                    "a proof request has 0 ms or more left for an s-bucket of 0 to 65535, got " + millis + " and "
                            + sBucket);
        }
        return new ProofRequest(
                Duration.ofMillis(millis),
                sBucket,
                StoredRecord.decode(Arrays.copyOfRange(bytes, HEAD_BYTES, bytes.length)));
    }
}
