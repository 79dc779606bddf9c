package xyz.autonomys.farmer.cluster.control;

import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.ErrorListener;
import io.nats.client.JetStream;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.JetStreamStatusException;
import io.nats.client.KeyValue;
import io.nats.client.KeyValueOptions;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.Statistics;
import io.nats.client.api.KeyValueConfiguration;
import io.nats.client.api.StorageType;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import xyz.autonomys.farmer.telemetry.Meters;
import xyz.autonomys.farmer.telemetry.RepeatedLog;
import xyz.autonomys.farmer.telemetry.Wait;
import xyz.autonomys.farmer.telemetry.WaitRegister;

/**
 * One process's connection to NATS. It waits for the servers to come up, reconnects for ever, and hands out streams,
 * buckets and subscriptions with the cluster's names and limits. Owns the connection; everything made from it ends
 * with it.
 */
public final class ControlPlane implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ControlPlane.class);
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration RETRY_DELAY = Duration.ofSeconds(1);
    private static final Duration RECONNECT_PATIENCE = Duration.ofMillis(1500);
    private static final Duration RECONNECT_LOOK = Duration.ofMillis(20);
    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final Duration QUIET = Duration.ofSeconds(30);
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration UTILITY_PATIENCE = Duration.ofMinutes(1);
    private static final Duration FOR_EVER = Duration.ofNanos(Long.MAX_VALUE);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);
    private static final long RECONNECT_BUFFER_BYTES = 1 << 20;

    /** A server whose host is cut off is left after at most 8 s: slots are lost as long as that takes. */
    private static final Duration PING_EVERY = Duration.ofSeconds(2);

    private static final int PINGS_WITHOUT_ANSWER = 2;

    private static final int OUTGOING_MESSAGES = 4096;
    private static final int BUCKET_NOT_FOUND = 10059;
    /** "no suitable peers for placement", nats-server server/errors.json. */
    private static final int TOO_FEW_SERVERS = 10005;

    private static final int REPLICAS_OF_A_CLUSTER = 3;

    private final Connection connection;
    private final Subjects subjects;
    private final WaitRegister waits;
    private final AwayWatch watch;
    private final boolean ownsWaits;
    private final RepeatedLog refusals = new RepeatedLog(LOG, QUIET);
    private final LongAdder refused = new LongAdder();

    private ControlPlane(
            Connection connection, Subjects subjects, WaitRegister waits, AwayWatch watch, boolean ownsWaits) {
        this.connection = connection;
        this.subjects = subjects;
        this.waits = waits;
        this.watch = watch;
        this.ownsWaits = ownsWaits;
    }

    /**
     * Connects, waiting for a server as long as it takes.
     *
     * @param name what the servers show for this connection, for instance the role and the member id
     * @param waits where waits for NATS are registered; somebody else's to close
     * @param refused called once, on a thread of its own, if the servers refuse this process for good later on
     * @throws InterruptedException if the waiting thread is interrupted
     * @throws ControlException if the credentials are refused or cannot be read: waiting would not help
     */
    public static ControlPlane connect(
            NatsSettings settings, Subjects subjects, String name, WaitRegister waits, Runnable refused)
            throws ControlException, InterruptedException {
        AwayWatch watch = new AwayWatch(name, settings, waits, Level.INFO, refused);
        return new ControlPlane(open(settings, name, waits, watch, FOR_EVER), subjects, waits, watch, false);
    }

    /**
     * The same for a utility, which has no register of waits, does not say that it is connected, and gives up after a
     * minute.
     *
     * @throws ControlException also if no server answers
     */
    public static ControlPlane connect(NatsSettings settings, Subjects subjects, String name)
            throws ControlException, InterruptedException {
        WaitRegister waits = new WaitRegister();
        boolean connected = false;
        try {
            AwayWatch watch = new AwayWatch(name, settings, waits, Level.DEBUG, () -> {});
            ControlPlane plane = new ControlPlane(
                    open(settings, name, waits, watch, UTILITY_PATIENCE), subjects, waits, watch, true);
            connected = true;
            return plane;
        } finally {
            if (!connected) {
                waits.close();
            }
        }
    }

    private static Connection open(
            NatsSettings settings, String name, WaitRegister waits, AwayWatch watch, Duration limit)
            throws ControlException, InterruptedException {
        Options.Builder options = new Options.Builder()
                .servers(settings.servers().toArray(new String[0]))
                .connectionName(name)
                .connectionTimeout(CONNECT_TIMEOUT)
                .maxReconnects(-1)
                .reconnectWait(RETRY_DELAY)
                .reconnectBufferSize(RECONNECT_BUFFER_BYTES)
                .maxMessagesInOutgoingQueue(OUTGOING_MESSAGES)
                .discardMessagesWhenOutgoingQueueFull()
                .pingInterval(PING_EVERY)
                .maxPingsOut(PINGS_WITHOUT_ANSWER)
                .reportNoResponders()
                .connectionListener(watch)
                .errorListener(new LoggedErrors());
        settings.credentialsFile().ifPresent(file -> options.credentialPath(file.toString()));
        settings.token().ifPresent(token -> options.token(token.toCharArray()));
        if (settings.tls().isPresent()) {
            options.sslContext(settings.tls().get().open());
        }
        long began = System.nanoTime();
        try (Wait wait = waits.begin(name, "NATS", PATIENCE, "start nats-server or correct --nats-server")
                .from(settings.servers())) {
            while (true) {
                try {
                    Connection connection = Nats.connect(options.build());
                    if (connection.getServerInfo() == null
                            || !connection.getServerInfo().isJetStreamAvailable()) {
                        String url = connection.getConnectedUrl();
                        watch.closing();
                        connection.close();
                        throw new ControlException("the NATS server at " + url
                                + " runs without JetStream; start it with -js or a jetstream block in its"
                                + " configuration");
                    }
                    return connection;
                } catch (io.nats.client.AuthenticationException e) {
                    throw new ControlException(
                            "NATS refused the credentials at " + settings.servers() + " (" + e.getMessage()
                                    + "); correct --nats-credentials or --nats-token",
                            e);
                } catch (IOException e) {
                    wait.cause(e.getMessage());
                    if (System.nanoTime() - began > limit.toNanos()) {
                        throw new ControlException(
                                "no NATS server has answered at " + settings.servers() + " for " + limit.toSeconds()
                                        + " s (" + e.getMessage() + "); start nats-server or correct --nats-server",
                                e);
                    }
                }
                Thread.sleep(RETRY_DELAY.toMillis());
            }
        }
    }

    /** The waits of this process's role. */
    public WaitRegister waits() {
        return waits;
    }

    /** Adds the figures of the connection. */
    public void observe(Meters meters) {
        meters.gauge(
                "autonomys_farmer_nats_connected",
                "1 while the connection with NATS is up.",
                () -> isConnected() ? 1 : 0);
        Statistics statistics = connection.getStatistics();
        meters.count(
                "autonomys_farmer_nats_reconnects", "Times NATS was away and came back.", statistics::getReconnects);
        meters.count(
                "autonomys_farmer_nats_messages_dropped",
                "Messages dropped since the queue towards NATS was full.",
                statistics::getDroppedCount);
        meters.count(
                "autonomys_farmer_nats_messages", "Messages on NATS.", statistics::getInMsgs, "direction", "received");
        meters.count(
                "autonomys_farmer_nats_messages", "Messages on NATS.", statistics::getOutMsgs, "direction", "sent");
        meters.count("autonomys_farmer_nats_bytes", "Bytes on NATS.", statistics::getInBytes, "direction", "received");
        meters.count("autonomys_farmer_nats_bytes", "Bytes on NATS.", statistics::getOutBytes, "direction", "sent");
        meters.count(
                "autonomys_farmer_control_messages_refused",
                "Control messages that could not be understood, those of unknown versions included.",
                refused::sum);
    }

    /** The names of this cluster. */
    public Subjects subjects() {
        return subjects;
    }

    /** Whether the connection is up now. */
    public boolean isConnected() {
        return connection.getStatus() == Connection.Status.CONNECTED;
    }

    /** Publishes a message that is worthless when late; it is dropped while NATS is away. */
    public void publish(String subject, Record message) {
        byte[] bytes = ControlCodec.encode(message);
        try {
            if (isConnected()) {
                connection.publish(subject, bytes);
            }
        } catch (IllegalStateException e) {
            LOG.debug("{} was not published: {}", subject, e.getMessage());
        }
    }

    /**
     * Calls {@code listener} with each message of {@code subject}, one after the other on a thread of its own; messages
     * that cannot be decoded are logged and dropped. Ends when the returned subscription is closed.
     */
    public <T extends Record> Subscription subscribe(String subject, Class<T> type, BiConsumer<Message, T> listener) {
        Dispatcher dispatcher = connection.createDispatcher(message -> {
            try {
                listener.accept(message, ControlCodec.decode(message.getData(), type, message.getSubject()));
            } catch (ControlFormatException e) {
                refused(subject, e);
            } catch (RuntimeException e) {
                LOG.warn("A message on {} could not be handled", message.getSubject(), e);
            }
        });
        dispatcher.subscribe(subject);
        AtomicBoolean ended = new AtomicBoolean();
        return () -> {
            if (ended.compareAndSet(false, true) && isConnected()) {
                connection.closeDispatcher(dispatcher);
            }
        };
    }

    /** A message under this name could not be understood. */
    void refused(String where, ControlFormatException why) {
        refused.increment();
        refusals.warn(where, "Dropped a control message: {}", why.getMessage());
    }

    /** Answers a request received by {@link #subscribe}. */
    public void reply(Message request, Record answer) {
        if (request.getReplyTo() != null) {
            publish(request.getReplyTo(), answer);
        }
    }

    /**
     * Asks and waits for one answer.
     *
     * @throws ControlException if nobody listens, NATS is away, or no answer comes in {@code timeout}
     */
    public <T extends Record> T request(String subject, Record question, Class<T> answerType, Duration timeout)
            throws ControlException, ControlFormatException, InterruptedException {
        if (!isConnected()) {
            throw ControlException.notDelivered("NATS is away, " + subject + " was not asked");
        }
        CompletableFuture<Message> asked =
                connection.requestWithTimeout(subject, ControlCodec.encode(question), timeout);
        try {
            Message answer = asked.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            return ControlCodec.decode(answer.getData(), answerType, subject);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof JetStreamStatusException refused
                    && refused.getStatus().isNoResponders()) {
                throw ControlException.notDelivered("nobody listens on " + subject);
            }
            throw new ControlException("no answer on " + subject, e.getCause());
        } catch (TimeoutException | CancellationException e) {
            asked.cancel(true);
            throw new ControlException("no answer on " + subject + " within " + timeout.toMillis() + " ms");
        }
    }

    /** The handle for publishing to streams. */
    JetStream jetStream() throws ControlException {
        try {
            return connection.jetStream();
        } catch (IOException e) {
            throw new ControlException("JetStream is not reachable", e);
        }
    }

    /** The handle for making streams. */
    JetStreamManagement jetStreamManagement() throws ControlException {
        try {
            return connection.jetStreamManagement();
        } catch (IOException e) {
            throw new ControlException("JetStream is not reachable", e);
        }
    }

    /** The stream context of the named stream. */
    io.nats.client.StreamContext stream(String name) throws ControlException {
        try {
            return connection.getStreamContext(name);
        } catch (IOException | JetStreamApiException e) {
            throw new ControlException("JetStream stream " + name + " is not reachable", e);
        }
    }

    /** The streams of this cluster, those of its buckets included, by name. */
    List<String> streamNames() throws ControlException {
        try {
            return jetStreamManagement().getStreamNames().stream()
                    .filter(subjects::isStream)
                    .sorted()
                    .toList();
        } catch (IOException | JetStreamApiException e) {
            throw new ControlException("JetStream did not tell of its streams", e);
        }
    }

    /** A subject that nobody else uses. */
    String newInbox() {
        return connection.createInbox();
    }

    /** Messages of a subject, for the caller to take and to unsubscribe. */
    io.nats.client.Subscription listen(String subject) {
        return connection.subscribe(subject);
    }

    /** Says that the next message may come. */
    void acknowledge(Message message) {
        if (message.getReplyTo() != null) {
            connection.publish(message.getReplyTo(), new byte[0]);
        }
    }

    /**
     * Asks the servers something in their own format.
     *
     * @return the answer, empty if none comes within {@code patience} or nobody listens
     */
    Optional<byte[]> ask(String subject, byte[] question, Duration patience) throws InterruptedException {
        return Optional.ofNullable(connection.request(subject, question, patience))
                .map(Message::getData);
    }

    /** Copies that JetStream keeps: three when the servers form a cluster of three or more, else one. */
    int replicas() {
        boolean clustered = connection.getServerInfo().getCluster() != null
                && connection.getServers().size() >= REPLICAS_OF_A_CLUSTER;
        return clustered ? REPLICAS_OF_A_CLUSTER : 1;
    }

    /**
     * The key-value bucket {@code name} of this cluster, made if there is none. Waits for JetStream as long as it takes,
     * since buckets are opened when a role starts, which may be before the servers have a quorum.
     *
     * @param timeToLive after which an entry that nobody renews disappears; zero for never
     */
    KeyValue bucket(String name, Duration timeToLive) throws InterruptedException {
        return bucket(name, timeToLive, REQUEST_TIMEOUT);
    }

    /** The same, with the time within which JetStream has to answer. */
    KeyValue bucket(String name, Duration timeToLive, Duration patience) throws InterruptedException {
        String bucket = subjects.bucket(name);
        return patiently("bucket " + bucket, () -> {
            try {
                connection.keyValueManagement().getStatus(bucket);
            } catch (JetStreamApiException e) {
                if (e.getApiErrorCode() != BUCKET_NOT_FOUND) {
                    throw e;
                }
                withCopies(copies -> connection
                        .keyValueManagement()
                        .create(KeyValueConfiguration.builder(bucket)
                                .storageType(StorageType.File)
                                .ttl(timeToLive)
                                .maximumValueSize(ControlCodec.MAX_MESSAGE_BYTES)
                                .replicas(copies)
                                .build()));
            }
            return connection.keyValue(
                    bucket, KeyValueOptions.builder().jsRequestTimeout(patience).build());
        });
    }

    /** Makes something in JetStream with a number of copies. */
    @FunctionalInterface
    interface Making {
        void make(int copies) throws IOException, JetStreamApiException;
    }

    /**
     * Makes something with as many copies as there should be, or with one while there are not enough servers for more:
     * an address and a name of one server count as two, and {@link StreamReplicas} raises it later.
     */
    void withCopies(Making making) throws IOException, JetStreamApiException {
        int wanted = replicas();
        try {
            making.make(wanted);
        } catch (JetStreamApiException e) {
            if (wanted == 1 || e.getApiErrorCode() != TOO_FEW_SERVERS) {
                throw e;
            }
            making.make(1);
        }
    }

    /**
     * Whether JetStream has the bucket {@code name} of this cluster.
     *
     * @throws ControlException if it does not say
     */
    boolean hasBucket(String name) throws ControlException {
        String failure = "JetStream did not tell whether there is bucket " + subjects.bucket(name);
        try {
            return uninterruptedly(failure, REQUEST_TIMEOUT, () -> {
                connection.keyValueManagement().getStatus(subjects.bucket(name));
                return true;
            });
        } catch (JetStreamApiException e) {
            if (e.getApiErrorCode() == BUCKET_NOT_FOUND) {
                return false;
            }
            throw new ControlException(failure, e);
        }
    }

    /** Something that NATS does at once or not at all. */
    @FunctionalInterface
    interface Attempt<T> {
        T run() throws IOException, JetStreamApiException, InterruptedException;
    }

    /**
     * Runs an attempt whose answer is needed now. While NATS is away nothing is sent, since the client would keep it and
     * send it when NATS is back and nobody wants the answer any more.
     *
     * @param patience how long to wait for a connection that is just being made again; at most a moment is waited
     * @throws ControlException with the text {@code failure} if NATS is away or does not answer
     * @throws JetStreamApiException if JetStream refuses
     */
    <T> T now(String failure, Duration patience, Attempt<T> attempt)
            throws ControlException, JetStreamApiException, InterruptedException {
        try {
            awaitConnection(patience);
            return attempt.run();
        } catch (IOException | IllegalStateException e) {
            // An IllegalStateException says that the connection is closed or its queue is full.
            throw new ControlException(failure, e);
        }
    }

    /** The same for a caller that cannot be interrupted: an interrupt counts as no answer and stays set. */
    <T> T uninterruptedly(String failure, Duration patience, Attempt<T> attempt)
            throws ControlException, JetStreamApiException {
        try {
            return now(failure, patience, attempt);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ControlException(failure, e);
        }
    }

    private void awaitConnection(Duration patience) throws IOException, InterruptedException {
        long limit = System.nanoTime() + Math.min(patience.toNanos(), RECONNECT_PATIENCE.toNanos());
        while (!isConnected()) {
            if (connection.getStatus() == Connection.Status.CLOSED || System.nanoTime() - limit > 0) {
                throw new IOException("NATS is away");
            }
            Thread.sleep(RECONNECT_LOOK.toMillis());
        }
    }

    /** Repeats an attempt until it succeeds, registered as a wait. */
    <T> T patiently(String what, Attempt<T> attempt) throws InterruptedException {
        try (Wait wait = waits.begin("JetStream", what, PATIENCE, "check the servers' space and quorum")) {
            while (true) {
                try {
                    return attempt.run();
                } catch (IOException | JetStreamApiException | IllegalStateException e) {
                    wait.cause(e.getMessage());
                }
                Thread.sleep(RETRY_DELAY.toMillis());
            }
        }
    }

    /** The time within which NATS has to answer. */
    static Duration requestTimeout() {
        return REQUEST_TIMEOUT;
    }

    @Override
    public void close() {
        watch.closing();
        if (ownsWaits) {
            waits.close();
        }
        try {
            if (isConnected()) {
                connection.flush(CLOSE_TIMEOUT);
            }
            connection.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException e) {
            LOG.debug("The last messages may not have reached NATS: {}", e.getMessage());
            try {
                connection.close();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** A subscription that can be ended. */
    @FunctionalInterface
    public interface Subscription extends AutoCloseable {
        @Override
        void close();
    }

    private static final class LoggedErrors implements ErrorListener {
        private final RepeatedLog errors = new RepeatedLog(LOG, QUIET);

        @Override
        public void errorOccurred(Connection connection, String error) {
            errors.warn(error, "NATS reports: {}", error);
        }

        @Override
        public void exceptionOccurred(Connection connection, Exception exception) {
            LOG.debug("NATS connection: {}", exception.toString());
        }
    }
}
