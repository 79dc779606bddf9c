package xyz.autonomys.farmer.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class MetricsServerTest {
    @Test
    void servesTheFiguresOfAllRolesOfAProcess() throws Exception {
        try (Telemetry telemetry = Telemetry.create("1.2.3");
                MetricsServer server = MetricsServer.start(telemetry, "127.0.0.1:0")) {
            AtomicLong sectors = new AtomicLong(3);
            Meters plotting = telemetry.meters("plot-client", "a");
            Meters proving = telemetry.meters("proof-server", "b");
            plotting.gauge("subspace_farmer_farm_sectors_total_Sectors", "Sectors.", sectors::get, "state", "Plotted");
            proving.count("autonomys_farmer_proofs", "Proofs.", () -> 7);
            proving.counter("autonomys_farmer_refusals", "Refusals.").increment();
            plotting.timer("subspace_farmer_farm_auditing_time", "Audits.", Duration.ofNanos(200_000), "farm_id", "f")
                    .record(Duration.ofMillis(1));
            System.gc();
            String text = get(server, "/metrics").body();
            assertHas(
                    text,
                    "subspace_farmer_farm_sectors_total_Sectors{member=\"a\",role=\"plot-client\",state=\"Plotted\"} 3.0");
            assertHas(text, "autonomys_farmer_proofs_total{member=\"b\",role=\"proof-server\"} 7.0");
            assertHas(text, "autonomys_farmer_refusals_total{member=\"b\",role=\"proof-server\"} 1.0");
            assertHas(
                    text,
                    "subspace_farmer_farm_auditing_time_seconds_bucket{farm_id=\"f\",member=\"a\",role=\"plot-client\",le=\"8.0E-4\"} 0");
            assertHas(text, "subspace_farmer_farm_auditing_time_seconds_count{");
            assertHas(text, "autonomys_farmer_build{version=\"1.2.3\"} 1.0");
            assertHas(text, "jvm_memory_used_bytes{area=\"heap\"");
            assertHas(text, "jvm_buffer_memory_used_bytes{id=\"direct\"}");
            assertHas(text, "process_files_open_files ");
            assertHas(text, "jvm_threads_live_threads ");
            assertHas(text, "process_resident_memory_bytes ");

            proving.close();
            assertFalse(get(server, "/metrics").body().contains("proof-server"));
        }
    }

    @Test
    void servesNothingElse() throws Exception {
        try (Telemetry telemetry = Telemetry.create("1");
                MetricsServer server = MetricsServer.start(telemetry, "127.0.0.1:0");
                HttpClient client = HttpClient.newHttpClient()) {
            assertEquals(404, get(server, "/").statusCode());
            HttpRequest post = HttpRequest.newBuilder(uri(server, "/metrics"))
                    .POST(HttpRequest.BodyPublishers.ofString("x"))
                    .build();
            assertEquals(
                    405, client.send(post, HttpResponse.BodyHandlers.ofString()).statusCode());
        }
    }

    @Test
    void anAddressInUseOrUnreadableIsNamed() throws Exception {
        try (Telemetry telemetry = Telemetry.create("1");
                ServerSocket taken = new ServerSocket(0)) {
            String address = "0.0.0.0:" + taken.getLocalPort();
            IOException inUse = assertThrows(IOException.class, () -> MetricsServer.start(telemetry, address));
            assertTrue(inUse.getMessage().contains(address), inUse.getMessage());
            IllegalArgumentException unreadable =
                    assertThrows(IllegalArgumentException.class, () -> MetricsServer.start(telemetry, "127.0.0.1:x"));
            assertTrue(unreadable.getMessage().contains("\"127.0.0.1:x\""), unreadable.getMessage());
        }
    }

    private static void assertHas(String text, String part) {
        assertTrue(text.contains(part), () -> "no " + part + " in\n" + text);
    }

    private static HttpResponse<String> get(MetricsServer server, String path) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(uri(server, path)).build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    private static URI uri(MetricsServer server, String path) {
        return URI.create("http://127.0.0.1:" + server.port() + path);
    }
}
