package xyz.autonomys.farmer.cluster.data;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * The messages that open a connection. Integers are big-endian.
 *
 * <table>
 * <caption>Messages in order</caption>
 * <tr><th>from</th><th>bytes</th><th>content</th></tr>
 * <tr><td>client</td><td>56</td><td>magic {@code AFDP}, version u16, wishes u16 (bit 0: TLS; zero in version 1), cluster id
 * (16), nonce (32)</td></tr>
 * <tr><td>server</td><td>40</td><td>magic, version u16, verdict u16 (0 go on, 1 version refused, 2 go on and then TLS), nonce
 * (32)</td></tr>
 * <tr><td>client</td><td>32</td><td>BLAKE3 keyed with the secret over a label and both messages above</td></tr>
 * <tr><td>server</td><td>32</td><td>the same with another label</td></tr>
 * </table>
 *
 * <p>The client proves itself first: whoever lacks the secret never receives anything made from it. Whoever does not
 * even name the right cluster receives no byte at all. The first two messages keep their form in all versions, so that
 * two versions can name each other.
 *
 * <p>A server accepts its own version and the one before, and answers in the client's. A client that is refused by a server
 * of the version before connects again in that version, unless it wants TLS, which version 1 does not have.
 */
final class Handshake {
    static final int VERSION = 2;

    /** The oldest version that is still spoken. */
    static final int OLDEST = VERSION - 1;

    static final int CLIENT_HELLO_BYTES = 56;
    static final int SERVER_HELLO_BYTES = 40;
    static final int PROOF_BYTES = 32;
    static final int NONCE_BYTES = 32;
    static final int GO_ON = 0;
    static final int VERSION_REFUSED = 1;
    static final int GO_ON_WITH_TLS = 2;
    private static final int WISH_TLS = 1;
    private static final int TLS_SINCE = 2;

    private static final byte[] MAGIC = "AFDP".getBytes(StandardCharsets.US_ASCII);
    private static final int VERSION_OFFSET = 4;
    private static final int VERDICT_OFFSET = 6;
    private static final int CLUSTER_OFFSET = 8;
    private static final byte[] CLIENT_LABEL =
            "autonomys-farmer data plane, client proof".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SERVER_LABEL =
            "autonomys-farmer data plane, server proof".getBytes(StandardCharsets.US_ASCII);

    private Handshake() {}

    static byte[] clientHello(int version, boolean tls, ClusterId clusterId, byte[] nonce) {
        return ByteBuffer.allocate(CLIENT_HELLO_BYTES)
                .put(MAGIC)
                .putShort((short) version)
                .putShort((short) (tls ? WISH_TLS : 0))
                .put(clusterId.toBytes())
                .put(nonce)
                .array();
    }

    static byte[] serverHello(int version, int verdict, byte[] nonce) {
        return ByteBuffer.allocate(SERVER_HELLO_BYTES)
                .put(MAGIC)
                .putShort((short) version)
                .putShort((short) verdict)
                .put(nonce)
                .array();
    }

    static boolean hasMagic(byte[] hello) {
        return Arrays.equals(hello, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
    }

    static int version(byte[] hello) {
        return ByteBuffer.wrap(hello).getShort(VERSION_OFFSET) & 0xffff;
    }

    static boolean isSpoken(int version) {
        return version >= OLDEST && version <= VERSION;
    }

    static boolean hasTls(int version) {
        return version >= TLS_SINCE;
    }

    static boolean wishesTls(byte[] clientHello) {
        return hasTls(version(clientHello)) && (ByteBuffer.wrap(clientHello).getShort(VERDICT_OFFSET) & WISH_TLS) != 0;
    }

    static int verdict(byte[] serverHello) {
        return ByteBuffer.wrap(serverHello).getShort(VERDICT_OFFSET) & 0xffff;
    }

    static boolean names(byte[] clientHello, ClusterId clusterId) {
        return MessageDigest.isEqual(
                Arrays.copyOfRange(clientHello, CLUSTER_OFFSET, CLUSTER_OFFSET + ClusterId.SIZE), clusterId.toBytes());
    }

    static byte[] clientProof(ClusterSecret secret, byte[] clientHello, byte[] serverHello) {
        return secret.authenticate(CLIENT_LABEL, clientHello, serverHello).toBytes();
    }

    static byte[] serverProof(ClusterSecret secret, byte[] clientHello, byte[] serverHello) {
        return secret.authenticate(SERVER_LABEL, clientHello, serverHello).toBytes();
    }
}
