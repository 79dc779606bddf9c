package xyz.autonomys.farmer.cluster.data;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import xyz.autonomys.farmer.telemetry.Meters;

/** What a {@link DataClient} has done since it started, all peers together. */
final class ClientFigures {
    private final Map<RequestKind, LongAdder> requests = new EnumMap<>(RequestKind.class);
    private final Map<FailureKind, LongAdder> failures = new EnumMap<>(FailureKind.class);
    private final LongAdder items = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final LongAdder hedges = new LongAdder();

    ClientFigures() {
        for (RequestKind kind : RequestKind.values()) {
            requests.put(kind, new LongAdder());
        }
        for (FailureKind kind : FailureKind.values()) {
            failures.put(kind, new LongAdder());
        }
    }

    void requested(RequestKind kind) {
        requests.get(kind).increment();
    }

    void failed(FailureKind kind) {
        failures.get(kind).increment();
    }

    void item() {
        items.increment();
    }

    void received(long count) {
        bytes.add(count);
    }

    /** So many second peers were asked for what the first ones were slow to give. */
    void hedged(int peers) {
        hedges.add(peers);
    }

    void observe(Meters meters) {
        for (RequestKind kind : RequestKind.values()) {
            meters.count(
                    "autonomys_farmer_data_requests_sent",
                    "Requests to peers.",
                    requests.get(kind)::sum,
                    "kind",
                    kind.text);
        }
        for (FailureKind kind : FailureKind.values()) {
            meters.count(
                    "autonomys_farmer_data_failures",
                    "What peers did wrong, and requests that had no room here.",
                    failures.get(kind)::sum,
                    "kind",
                    kind.name().toLowerCase(Locale.ROOT));
        }
        meters.count("autonomys_farmer_data_items_received", "Items received from peers.", items::sum);
        meters.count("autonomys_farmer_data_bytes_received", "Bytes of items received from peers.", bytes::sum);
        meters.count(
                "autonomys_farmer_data_hedges",
                "Second peers asked because the first was slower than usual.",
                hedges::sum);
    }
}
