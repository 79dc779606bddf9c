package xyz.autonomys.farmer.cluster.pieces;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import xyz.autonomys.farmer.cluster.data.Answer;
import xyz.autonomys.farmer.cluster.data.ClusterCredentials;
import xyz.autonomys.farmer.cluster.data.ClusterId;
import xyz.autonomys.farmer.cluster.data.ClusterSecret;
import xyz.autonomys.farmer.cluster.data.DataClient;
import xyz.autonomys.farmer.cluster.data.DataClientSettings;
import xyz.autonomys.farmer.cluster.data.DataRequest;
import xyz.autonomys.farmer.cluster.data.DataServer;
import xyz.autonomys.farmer.cluster.data.DataServerSettings;
import xyz.autonomys.farmer.cluster.data.PeerAddress;
import xyz.autonomys.farmer.primitives.Piece;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.primitives.hash.Blake3;
import xyz.autonomys.farmer.telemetry.Telemetry;

/**
 * Whole pieces from real servers, some of which stand still. Time-outs are minutes here, so that a piece that came without
 * a refusal came because another source was asked beside the silent one.
 */
class WholePieceGatheringTest {
    private static final Duration PATIENT = Duration.ofMinutes(10);
    private static final ClusterCredentials CREDENTIALS = new ClusterCredentials(
            ClusterId.of(new byte[ClusterId.SIZE]), ClusterSecret.of(filled(ClusterSecret.SIZE, (byte) 7)));

    private final CountDownLatch end = new CountDownLatch(1);
    private final List<AutoCloseable> opened = new ArrayList<>();
    private final Map<Long, PeerAddress> sources = new HashMap<>();
    private final Map<Long, String> refusals = new HashMap<>();

    private static byte[] filled(int size, byte with) {
        byte[] bytes = new byte[size];
        Arrays.fill(bytes, with);
        return bytes;
    }

    private static Piece piece(long index) {
        byte[] bytes = new byte[ProtocolSizes.PIECE_BYTES];
        new Random(index).nextBytes(bytes);
        return Piece.wrap(bytes);
    }

    private static void give(long index, Answer answer) throws IOException, InterruptedException {
        byte[] bytes = piece(index).array();
        answer.item(index, bytes, Blake3.hash(bytes));
    }

    @AfterEach
    void close() throws Exception {
        end.countDown();
        for (AutoCloseable each : opened.reversed()) {
            each.close();
        }
    }

    private DataClient client(Duration timeout) {
        DataClient client = DataClient.open(
                CREDENTIALS, DataClientSettings.defaults().withTimeouts(Duration.ofSeconds(30), timeout, timeout));
        opened.add(client);
        return client;
    }

    private PeerAddress serverWith(Answering answering) throws IOException {
        DataServer server = DataServer.start(CREDENTIALS, DataServerSettings.onPort(0));
        opened.add(server);
        server.register(DataRequest.Pieces.class, (request, answer) -> answering.answer(request.indices(), answer));
        server.register(
                DataRequest.FreshPieces.class, (request, answer) -> answering.answer(request.indices(), answer));
        return new PeerAddress("127.0.0.1", server.port());
    }

    @FunctionalInterface
    private interface Answering {
        void answer(long[] indexes, Answer answer) throws IOException, InterruptedException;
    }

    /** Gives the first pieces of a request, then stands still until the test is over. */
    private PeerAddress stalledAfter(int count, Set<Long> asked) throws IOException {
        return serverWith((indexes, answer) -> {
            Arrays.stream(indexes).forEach(asked::add);
            for (int i = 0; i < Math.min(count, indexes.length); i++) {
                give(indexes[i], answer);
            }
            end.await();
            answer.missing(indexes[0]);
        });
    }

    private PeerAddress good() throws IOException {
        return serverWith((indexes, answer) -> {
            for (long index : indexes) {
                give(index, answer);
            }
        });
    }

    private PeerAddress empty() throws IOException {
        return serverWith((indexes, answer) -> {
            for (long index : indexes) {
                answer.missing(index);
            }
        });
    }

    private static List<WholePieceGathering.Source> cache(PeerAddress peer) {
        return List.of(new WholePieceGathering.Source(peer, false));
    }

    private static List<WholePieceGathering.Source> controller(PeerAddress peer) {
        return List.of(new WholePieceGathering.Source(peer, true));
    }

    private void gather(DataClient client, int pieces, List<List<WholePieceGathering.Source>> steps)
            throws InterruptedException {
        WholePieceGathering gathering =
                new WholePieceGathering(client, false, PATIENT, new HedgeDelay(), new WholePieceGathering.Answers() {
                    @Override
                    public void found(long index, Piece piece, PeerAddress source) {
                        assertEquals(piece(index), piece);
                        assertNull(sources.put(index, source), "piece " + index + " came once");
                    }

                    @Override
                    public void refused(long index, String reason) {
                        refusals.merge(index, reason, (a, b) -> a + "; " + b);
                    }
                });
        for (long index = 0; index < pieces; index++) {
            gathering.want(index, steps);
        }
        gathering.run();
    }

    private static String hedges(DataClient client) {
        try (Telemetry telemetry = Telemetry.unread()) {
            client.observe(telemetry.meters("test", "test"));
            return telemetry
                    .scrape()
                    .lines()
                    .filter(line -> line.startsWith("autonomys_farmer_data_hedges"))
                    .map(line -> line.substring(line.indexOf('}') + 2))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void aSilentHolderIsOvertakenByTheNext() throws Exception {
        DataClient client = client(PATIENT);
        Set<Long> asked = ConcurrentHashMap.newKeySet();
        PeerAddress silent = stalledAfter(0, asked);
        PeerAddress next = good();
        gather(client, 3, List.of(cache(silent), cache(next)));
        assertEquals(Map.of(0L, next, 1L, next, 2L, next), sources);
        assertEquals(Set.of(0L, 1L, 2L), asked, "the holder is asked first");
        assertEquals(Map.of(), refusals);
        assertEquals("1.0", hedges(client), "one second peer for all three pieces");
    }

    @Test
    void aHolderThatStopsHalfWayKeepsWhatItGave() throws Exception {
        DataClient client = client(PATIENT);
        PeerAddress stopping = stalledAfter(2, ConcurrentHashMap.newKeySet());
        PeerAddress next = serverWith((indexes, answer) -> {
            for (long index : indexes) {
                if (index < 2) {
                    answer.missing(index);
                } else {
                    give(index, answer);
                }
            }
        });
        gather(client, 4, List.of(cache(stopping), cache(next)));
        assertEquals(Map.of(0L, stopping, 1L, stopping, 2L, next, 3L, next), sources);
        assertFalse(refusals.containsKey(2L) || refusals.containsKey(3L), refusals.toString());
    }

    @Test
    void whoComesAfterASilentHolderIsAskedInTurnUntilAControllerHasIt() throws Exception {
        DataClient client = client(PATIENT);
        PeerAddress silent = stalledAfter(0, ConcurrentHashMap.newKeySet());
        PeerAddress silentToo = stalledAfter(0, ConcurrentHashMap.newKeySet());
        PeerAddress without = empty();
        PeerAddress controller = good();
        gather(client, 2, List.of(cache(silent), cache(without), cache(silentToo), controller(controller)));
        assertEquals(Map.of(0L, controller, 1L, controller), sources);
        assertTrue(Set.of(without + " does not have it").containsAll(refusals.values()), refusals.toString());
    }

    @Test
    void aSilentControllerIsOvertakenByAnother() throws Exception {
        DataClient client = client(PATIENT);
        PeerAddress silent = stalledAfter(0, ConcurrentHashMap.newKeySet());
        PeerAddress next = good();
        gather(client, 1, List.of(controller(silent), controller(next)));
        assertEquals(Map.of(0L, next), sources);
    }

    @Test
    void whoRefusesIsFollowedByTheNext() throws Exception {
        DataClient client = client(PATIENT);
        PeerAddress first = empty();
        PeerAddress second = good();
        gather(client, 2, List.of(cache(first), cache(second)));
        assertEquals(Map.of(0L, second, 1L, second), sources);
    }

    /** The overtaken one is not given up before its time-out, so that it is known as sick and asked last. */
    @Test
    void aHolderThatIsAlwaysOvertakenBecomesSick() throws Exception {
        DataClient client = client(Duration.ofSeconds(2));
        PeerAddress silent = stalledAfter(0, ConcurrentHashMap.newKeySet());
        gather(client, 1, List.of(cache(silent), cache(good())));
        assertEquals(1, sources.size());
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(5);
        while (client.score(silent) == 1) {
            assertTrue(System.nanoTime() - deadline < 0, "the silent peer still counts as healthy");
            Thread.sleep(20);
        }
    }

    @Test
    void whenNobodyHasAPieceAllAreNamed() throws Exception {
        DataClient client = client(PATIENT);
        PeerAddress first = empty();
        PeerAddress second = empty();
        gather(
                client,
                1,
                List.of(List.of(
                        new WholePieceGathering.Source(first, false), new WholePieceGathering.Source(second, false))));
        assertEquals(Map.of(), sources);
        assertTrue(refusals.get(0L).contains(first.toString()), refusals.toString());
        assertTrue(refusals.get(0L).contains(second.toString()), refusals.toString());
    }
}
