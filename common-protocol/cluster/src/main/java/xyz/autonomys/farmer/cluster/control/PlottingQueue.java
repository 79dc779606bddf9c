package xyz.autonomys.farmer.cluster.control;

import io.nats.client.ConsumerContext;
import io.nats.client.JetStream;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.JetStreamStatusCheckedException;
import io.nats.client.Message;
import io.nats.client.PublishOptions;
import io.nats.client.api.AckPolicy;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.DiscardPolicy;
import io.nats.client.api.RetentionPolicy;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sectors to be made: a work-queue stream in JetStream. A plot-client posts a task once; a plot-server pulls one
 * when it has room, says every few seconds that it is still at it, and acknowledges when the sector is staged durably.
 * The task of a server that dies or falls silent is handed to another. That one also takes over the claim on the task, so a
 * silent server that comes back learns that the task is no longer its own.
 */
public final class PlottingQueue {
    /** How long a server may be silent about its task before another gets it. */
    public static final Duration SILENCE = Duration.ofSeconds(30);

    private static final Logger LOG = LoggerFactory.getLogger(PlottingQueue.class);
    private static final Duration DUPLICATE_WINDOW = Duration.ofMinutes(10);
    private static final Duration CLAIM_KEPT = Duration.ofMinutes(10);
    private static final String CONSUMER = "plot-servers";
    private static final int MAX_UNACKNOWLEDGED = 4096;
    private static final long MAX_STREAM_BYTES = 256L << 20;
    private static final int STREAM_NOT_FOUND = 10059;
    private static final int NO_MESSAGE_FOUND = 10037;

    private final ControlPlane plane;

    /** Opens the queue, made if there is none. */
    public PlottingQueue(ControlPlane plane) throws ControlException {
        this.plane = plane;
        String name = plane.subjects().plotTaskStream();
        try {
            try {
                plane.jetStreamManagement().getStreamInfo(name);
            } catch (JetStreamApiException e) {
                if (e.getApiErrorCode() != STREAM_NOT_FOUND) {
                    throw e;
                }
                JetStreamManagement management = plane.jetStreamManagement();
                plane.withCopies(copies -> management.addStream(StreamConfiguration.builder()
                        .name(name)
                        .subjects(plane.subjects().allPlotTasks())
                        .retentionPolicy(RetentionPolicy.WorkQueue)
                        .storageType(StorageType.File)
                        .discardPolicy(DiscardPolicy.New)
                        .maxBytes(MAX_STREAM_BYTES)
                        .maximumMessageSize(ControlCodec.MAX_MESSAGE_BYTES)
                        .duplicateWindow(DUPLICATE_WINDOW)
                        .replicas(copies)
                        .build()));
            }
        } catch (IOException | JetStreamApiException e) {
            throw new ControlException("the stream of plotting tasks " + name + " could not be opened", e);
        }
    }

    /** Posts a task and waits until JetStream has it durably; a task of the same id collapses into the first. */
    public void post(PlotTask task) throws ControlException {
        String failure = "plotting task " + task.taskId() + " was not accepted by JetStream";
        JetStream stream = plane.jetStream();
        try {
            plane.uninterruptedly(
                    failure,
                    ControlPlane.requestTimeout(),
                    () -> stream.publish(
                            plane.subjects().plotTasks(task.taskId()),
                            ControlCodec.encode(task),
                            PublishOptions.builder().messageId(task.taskId()).build()));
        } catch (JetStreamApiException e) {
            throw new ControlException(failure, e);
        }
    }

    /** Whether JetStream still has the task: it waits for a plot-server, or one is at it. */
    public boolean has(String taskId) throws ControlException {
        String failure = "JetStream does not tell of task " + taskId;
        JetStreamManagement streams = plane.jetStreamManagement();
        try {
            plane.uninterruptedly(
                    failure,
                    ControlPlane.requestTimeout(),
                    () -> streams.getLastMessage(
                            plane.subjects().plotTaskStream(), plane.subjects().plotTasks(taskId)));
            return true;
        } catch (JetStreamApiException e) {
            if (e.getApiErrorCode() == NO_MESSAGE_FOUND) {
                return false;
            }
            throw new ControlException(failure, e);
        }
    }

    /** The end of the queue of the plot-server {@code self}. */
    public Puller puller(MemberId self) throws ControlException, InterruptedException {
        WatchedBucket<Owner> owners = WatchedBucket.open(plane, "plot-owners", CLAIM_KEPT, Owner.class);
        try {
            return new Puller(
                    plane,
                    owners,
                    self,
                    plane.stream(plane.subjects().plotTaskStream())
                            .createOrUpdateConsumer(ConsumerConfiguration.builder()
                                    .durable(CONSUMER)
                                    .ackPolicy(AckPolicy.Explicit)
                                    .ackWait(SILENCE)
                                    .maxDeliver(-1)
                                    .maxAckPending(MAX_UNACKNOWLEDGED)
                                    .build()));
        } catch (IOException | JetStreamApiException e) {
            throw new ControlException("plotting tasks cannot be pulled", e);
        }
    }

    /** Who makes a sector; the number tells one attempt of a server from its next one. */
    record Owner(MemberId server, long attempt) {}

    /** Pulls tasks one by one. */
    public static final class Puller {
        private final ControlPlane plane;
        private final WatchedBucket<Owner> owners;
        private final MemberId self;
        private final ConsumerContext consumer;

        private Puller(ControlPlane plane, WatchedBucket<Owner> owners, MemberId self, ConsumerContext consumer) {
            this.plane = plane;
            this.owners = owners;
            this.self = self;
            this.consumer = consumer;
        }

        /** The next task, or nothing if none comes within {@code patience} (at least a second). */
        public Optional<Pulled> next(Duration patience) throws ControlException, InterruptedException {
            Message message = pull(patience);
            if (message == null) {
                return Optional.empty();
            }
            try {
                PlotTask task = ControlCodec.decode(message.getData(), PlotTask.class, message.getSubject());
                Owner owner = new Owner(self, message.metaData().deliveredCount());
                return Optional.of(new Pulled(task, message, Claim.takeOver(owners, task.taskId(), owner)));
            } catch (ControlException e) {
                handBack(message, Duration.ZERO);
                throw e;
            } catch (ControlFormatException e) {
                LOG.error("Removed a plotting task that nobody can understand: {}", e.getMessage());
                message.term();
                return Optional.empty();
            }
        }

        private Message pull(Duration patience) throws ControlException, InterruptedException {
            String failure = "no plotting task could be pulled";
            long began = System.nanoTime();
            try {
                Message message = plane.now(failure, patience, () -> {
                    try {
                        return consumer.next(patience);
                    } catch (JetStreamStatusCheckedException e) {
                        throw new IOException(e);
                    }
                });
                if (message == null && System.nanoTime() - began < patience.toNanos() / 2) {
                    // A server that has a leader for the queue answers at the end of the time; without one it refuses.
                    throw new ControlException("JetStream has no leader for plotting tasks, or lost them");
                }
                return message;
            } catch (JetStreamApiException e) {
                throw new ControlException(failure, e);
            }
        }
    }

    private static void handBack(Message message, Duration delay) {
        try {
            if (delay.isZero()) {
                message.nak();
            } else {
                message.nakWithDelay(delay);
            }
        } catch (IllegalStateException e) {
            LOG.debug("Task {} is handed out again after {}: {}", message.getSubject(), SILENCE, e.getMessage());
        }
    }

    /** A task in the hands of this plot-server. */
    public static final class Pulled {
        private final PlotTask task;
        private final Message message;
        private final Claim<Owner> claim;

        private Pulled(PlotTask task, Message message, Claim<Owner> claim) {
            this.task = task;
            this.message = message;
            this.claim = claim;
        }

        /** What is to be made. */
        public PlotTask task() {
            return task;
        }

        /** How often the task was handed out, this time included. */
        public long deliveries() {
            return message.metaData().deliveredCount();
        }

        /**
         * Says that the work goes on; to be called well within {@link #SILENCE}.
         *
         * @return false if another server has the task by now: the work is of no use any more
         * @throws ControlException if that cannot be known now; the work may go on, but not end
         */
        public boolean stillAtIt() throws ControlException {
            if (!claim.renew()) {
                return false;
            }
            try {
                message.inProgress();
            } catch (IllegalStateException e) {
                throw new ControlException("JetStream does not hear that task " + task.taskId() + " is in work", e);
            }
            return true;
        }

        /** The sector is staged: the task leaves the queue. Waits until JetStream knows. */
        public void done() throws ControlException, InterruptedException {
            try {
                message.ackSync(ControlPlane.requestTimeout());
            } catch (TimeoutException | IllegalStateException e) {
                throw new ControlException("JetStream did not confirm the end of task " + task.taskId(), e);
            }
        }

        /** Gives the task back, to be handed out again after {@code delay}. */
        public void giveBack(Duration delay) {
            handBack(message, delay);
        }
    }
}
