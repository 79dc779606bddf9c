package xyz.autonomys.farmer.cluster.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import xyz.autonomys.farmer.primitives.Blake3Hash;

/** The bytes on the wire; frames are those of version 1. A change here is a new version. */
class GoldenBytesTest {
    private static final HexFormat HEX = HexFormat.of();

    private static final Map<String, DataRequest> REQUESTS = Map.of(
            "1:0101000200000000000001ff0000000000000003",
            new DataRequest.Pieces(ItemType.PIECE, true, 511, 3),
            "2:0001ffffffffffffffff",
            new DataRequest.FreshPieces(-1),
            "3:00000000000010000000000000100000612f37",
            new DataRequest.FileRange("a/7", 4096, 1 << 20),
            "4:0102",
            new DataRequest.Proof(new byte[] {1, 2}),
            "5:",
            new DataRequest.Health(),
            "6:ff",
            new DataRequest.Echo(new byte[] {-1}),
            "7:000000000000000300020000000000000005ffffffffffffffff",
            new DataRequest.Holdings(3, 5, -1));

    @Test
    void requests() {
        REQUESTS.forEach((golden, request) -> {
            assertEquals(golden, RequestKind.of(request).code + ":" + HEX.formatHex(DataRequestCodec.encode(request)));
            assertEquals(
                    request,
                    DataRequestCodec.decode(
                            RequestKind.of(request).code, HEX.parseHex(golden.substring(golden.indexOf(':') + 1))));
        });
    }

    @Test
    void frames() {
        var allocator = UnpooledByteBufAllocator.DEFAULT;
        assertFrame(
                "0000000e00010000000000000000000500030100000100000000000261" + "62",
                Frame.open(allocator, 5, 3, true, 65536, 2, new byte[] {'a', 'b'}));
        assertFrame("000000020002000000000000000000060708", Frame.data(allocator, 6, new byte[] {6, 7, 8}, 1, 2));
        assertFrame("0000000400030000000000000000000700000400", Frame.credit(allocator, 7, 1024));
        assertFrame("00000000000400000000000000000008", Frame.cancel(allocator, 8));
        assertFrame(
                "00000005000600000000000000000009" + "0001" + "6e6f21", Frame.end(allocator, 9, EndStatus.BUSY, "no!"));
        ItemHeader item = new ItemHeader(17, true, 100, 60, 40, Blake3Hash.fromHex("ab".repeat(32)));
        assertFrame(
                "0000004100050000000000000000000a" + "0000000000000011" + "00" + "0000000000000064" + "000000000000003c"
                        + "0000000000000028" + "ab".repeat(32),
                Frame.item(allocator, 10, item));
    }

    private static void assertFrame(String golden, ByteBuf frame) {
        byte[] bytes = new byte[frame.readableBytes()];
        frame.readBytes(bytes);
        frame.release();
        assertEquals(golden, HEX.formatHex(bytes));
    }

    @Test
    void handshakeOfVersion1() {
        ClusterCredentials credentials = TestCluster.CREDENTIALS;
        byte[] client = Handshake.clientHello(1, false, credentials.clusterId(), new byte[32]);
        assertEquals("41464450" + "0001" + "0000" + "01".repeat(16) + "00".repeat(32), HEX.formatHex(client));
        byte[] server = Handshake.serverHello(1, Handshake.GO_ON, new byte[32]);
        assertEquals("41464450" + "0001" + "0000" + "00".repeat(32), HEX.formatHex(server));
        assertEquals(
                "d6e66c6fb0d2a0bd4c5c402dc4d0ba7f7491e0bfb5afe8f1bfd38c6c5afdfbb5",
                HEX.formatHex(Handshake.clientProof(credentials.secret(), client, server)));
        assertEquals(
                "63b64ccbaf805590ee21c25ab643504d00e20a17a21344d2e46c3672743a9235",
                HEX.formatHex(Handshake.serverProof(credentials.secret(), client, server)));
    }

    @Test
    void handshakeOfVersion2() {
        ClusterId id = TestCluster.CREDENTIALS.clusterId();
        assertEquals(
                "41464450" + "0002" + "0001" + "01".repeat(16) + "00".repeat(32),
                HEX.formatHex(Handshake.clientHello(2, true, id, new byte[32])));
        assertEquals(
                "41464450" + "0002" + "0000" + "01".repeat(16) + "00".repeat(32),
                HEX.formatHex(Handshake.clientHello(2, false, id, new byte[32])));
        assertEquals(
                "41464450" + "0002" + "0002" + "00".repeat(32),
                HEX.formatHex(Handshake.serverHello(2, Handshake.GO_ON_WITH_TLS, new byte[32])));
    }

    @Test
    void refusalsNameWhatIsWrong() {
        assertEquals(
                "request of kind 9: known are 1 to 7",
                assertThrows(ProtocolViolationException.class, () -> DataRequestCodec.decode(9, new byte[0]))
                        .getMessage());
        assertEquals(
                "request of kind 1: cache item type 3 is unknown; this version knows 1 (piece) and 2"
                        + " (split-parity-piece)",
                assertThrows(
                                ProtocolViolationException.class,
                                () -> DataRequestCodec.decode(1, new byte[] {3, 0, 0, 0}))
                        .getMessage());
        assertThrows(ProtocolViolationException.class, () -> FrameType.of(2, (1 << 20) + 1));
    }

    @Test
    @Tag("long")
    void mutatedRequestsAndItemsAreDecodedOrRefused() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        DataRequest[] requests = REQUESTS.values().toArray(DataRequest[]::new);
        for (int i = 0; i < 200_000; i++) {
            DataRequest request = requests[random.nextInt(requests.length)];
            byte[] bytes = DataRequestCodec.encode(request);
            byte[] mutated = java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length + 3));
            for (int flips = random.nextInt(4); flips > 0 && mutated.length > 0; flips--) {
                mutated[random.nextInt(mutated.length)] ^= (byte) (1 << random.nextInt(8));
            }
            try {
                int kind = random.nextInt(8);
                DataRequest decoded = DataRequestCodec.decode(kind, mutated);
                assertEquals(HEX.formatHex(mutated), HEX.formatHex(DataRequestCodec.encode(decoded)), "seed " + seed);
            } catch (ProtocolViolationException _) {
                // refused with a reason
            }
            byte[] item = TestCluster.bytes(random.nextLong(), ItemHeader.BYTES);
            item[8] &= 3;
            for (int at : new int[] {9, 17, 25}) {
                item[at] = 0;
            }
            try {
                ItemHeader header = ItemHeader.decode(Unpooled.wrappedBuffer(item));
                assertEquals(true, header.length() <= header.totalLength() - header.offset(), "seed " + seed);
            } catch (ProtocolViolationException _) {
                // refused with a reason
            }
        }
    }
}
