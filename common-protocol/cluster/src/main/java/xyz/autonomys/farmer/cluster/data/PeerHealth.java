package xyz.autonomys.farmer.cluster.data;

import java.util.EnumMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * How well a peer did lately. Each failure adds a penalty that halves every 30 s; the score is 2 to the minus penalty,
 * so 1 is a peer without recent failures. Counters by kind never decay.
 */
public final class PeerHealth {
    private static final double HALF_LIFE_NANOS = 30e9;

    private final LongSupplier nanoTime;
    private final ClientFigures all;
    private final Map<FailureKind, Long> failures = new EnumMap<>(FailureKind.class);
    private double penalty;
    private long penaltyAt;
    private long successes;
    private long bytesReceived;

    PeerHealth(LongSupplier nanoTime, ClientFigures all) {
        this.nanoTime = nanoTime;
        this.all = all;
        this.penaltyAt = nanoTime.getAsLong();
    }

    /**
     * A copy of the counters.
     *
     * @param score 0 to 1, see {@link PeerHealth}
     * @param successes requests answered to the end
     * @param bytesReceived bytes of items received
     * @param failures how often each kind of failure came
     */
    public record Snapshot(double score, long successes, long bytesReceived, Map<FailureKind, Long> failures) {
        /** Copies the map. */
        public Snapshot {
            failures = Map.copyOf(failures);
        }
    }

    synchronized void succeeded() {
        successes++;
    }

    synchronized void received(long bytes) {
        bytesReceived += bytes;
        all.received(bytes);
    }

    synchronized void failed(FailureKind kind) {
        failures.merge(kind, 1L, Long::sum);
        all.failed(kind);
        double weight =
                switch (kind) {
                    case CHECKSUM, PROTOCOL, HANDSHAKE -> 4;
                    case CONNECT, FIRST_BYTE, STALLED, DISCONNECTED -> 1;
                    case REMOTE, DEADLINE -> 0.5;
                    case BUSY -> 0.25;
                    case NOT_SERVED, MISSING, LOCAL_BUDGET -> 0;
                };
        decay();
        penalty += weight;
    }

    synchronized double score() {
        decay();
        return Math.pow(2, -penalty);
    }

    synchronized Snapshot snapshot() {
        return new Snapshot(score(), successes, bytesReceived, failures);
    }

    private void decay() {
        long now = nanoTime.getAsLong();
        penalty *= Math.pow(2, -(now - penaltyAt) / HALF_LIFE_NANOS);
        penaltyAt = now;
    }
}
