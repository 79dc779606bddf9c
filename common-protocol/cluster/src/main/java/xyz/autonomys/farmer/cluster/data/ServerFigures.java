package xyz.autonomys.farmer.cluster.data;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import xyz.autonomys.farmer.telemetry.Meters;

/** What a {@link DataServer} has done since it started. Counting costs next to nothing and never blocks. */
final class ServerFigures {
    private final Map<RequestKind, LongAdder> requests = new EnumMap<>(RequestKind.class);
    private final Map<RequestKind, LongAdder> items = new EnumMap<>(RequestKind.class);
    private final Map<RequestKind, LongAdder> bytes = new EnumMap<>(RequestKind.class);
    private final Map<EndStatus, LongAdder> ends = new EnumMap<>(EndStatus.class);
    private final LongAdder strangers = new LongAdder();

    ServerFigures() {
        for (RequestKind kind : RequestKind.values()) {
            requests.put(kind, new LongAdder());
            items.put(kind, new LongAdder());
            bytes.put(kind, new LongAdder());
        }
        for (EndStatus status : EndStatus.values()) {
            ends.put(status, new LongAdder());
        }
    }

    void requested(RequestKind kind) {
        requests.get(kind).increment();
    }

    void ended(EndStatus status) {
        ends.get(status).increment();
    }

    void sent(RequestKind kind, long count) {
        items.get(kind).increment();
        bytes.get(kind).add(count);
    }

    void stranger() {
        strangers.increment();
    }

    long strangers() {
        return strangers.sum();
    }

    long served() {
        return ends.get(EndStatus.COMPLETE).sum();
    }

    long bytesSent() {
        return bytes.values().stream().mapToLong(LongAdder::sum).sum();
    }

    void observe(Meters meters) {
        for (RequestKind kind : RequestKind.values()) {
            meters.count(
                    "autonomys_farmer_data_requests_received",
                    "Requests of peers.",
                    requests.get(kind)::sum,
                    "kind",
                    kind.text);
            meters.count(
                    "autonomys_farmer_data_items_sent",
                    "Items sent to peers.",
                    items.get(kind)::sum,
                    "kind",
                    kind.text);
            meters.count(
                    "autonomys_farmer_data_bytes_sent",
                    "Bytes of items sent to peers.",
                    bytes.get(kind)::sum,
                    "kind",
                    kind.text);
        }
        for (EndStatus status : EndStatus.values()) {
            meters.count(
                    "autonomys_farmer_data_answers_ended",
                    "Answers to peers by how they ended.",
                    ends.get(status)::sum,
                    "status",
                    status.name().toLowerCase(java.util.Locale.ROOT));
        }
        meters.count(
                "autonomys_farmer_data_strangers_cut",
                "Connections that were cut because they could not prove membership, or were too many.",
                strangers::sum);
    }
}
