package xyz.autonomys.farmer.plotclient;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import xyz.autonomys.farmer.telemetry.Telemetry;

/** A farm's figures have the names that dashboards for upstream's farmer ask for. */
class FarmFiguresTest {
    @Test
    void theNamesAreUpstreams() {
        try (Telemetry telemetry = Telemetry.create("1")) {
            FarmFigures figures = new FarmFigures(telemetry.meters("plot-client", "m"), "f");
            figures.observeSectors(() -> 10, () -> 7, () -> 2, () -> 1);
            figures.audited(Duration.ofMillis(1));
            figures.proved(FarmFigures.Proving.SUCCESS, Duration.ofMillis(300));
            figures.failed(FarmFigures.Fault.IO);
            figures.skippedSlot();
            figures.askedFor();
            figures.writingBegins();
            figures.stored(Duration.ofSeconds(2), Duration.ofSeconds(200));
            figures.askedForAgain();
            String text = telemetry.scrape();
            String own = "farm_id=\"f\",member=\"m\"";
            for (String line : List.of(
                    "auditing_time_seconds_count{" + own + ",role=\"plot-client\"} 1",
                    "proving_time_seconds_count{" + own + ",result=\"Success\",role=\"plot-client\"} 1",
                    "proving_time_seconds_count{" + own + ",result=\"Timeout\",role=\"plot-client\"} 0",
                    "farming_errors_total{error=\"Io\"," + own + ",role=\"plot-client\"} 1.0",
                    "skipped_slots_total{" + own + ",role=\"plot-client\"} 1.0",
                    "sector_writing_time_seconds_sum{" + own + ",role=\"plot-client\"} 2.0",
                    "sector_plotting_time_seconds_sum{" + own + ",role=\"plot-client\"} 200.0",
                    "sector_writing_counter_Sectors_total{" + own + ",role=\"plot-client\"} 1.0",
                    "sector_written_counter_Sectors_total{" + own + ",role=\"plot-client\"} 1.0",
                    "sector_plotting_counter_Sectors_total{" + own + ",role=\"plot-client\"} 1.0",
                    "sector_plotted_counter_Sectors_total{" + own + ",role=\"plot-client\"} 1.0",
                    "sector_plotting_error_counter_Sectors_total{" + own + ",role=\"plot-client\"} 1.0",
                    "sectors_total_Sectors{" + own + ",role=\"plot-client\",state=\"NotPlotted\"} 3.0",
                    "sectors_total_Sectors{" + own + ",role=\"plot-client\",state=\"Plotted\"} 4.0",
                    "sectors_total_Sectors{" + own + ",role=\"plot-client\",state=\"AboutToExpire\"} 2.0",
                    "sectors_total_Sectors{" + own + ",role=\"plot-client\",state=\"Expired\"} 1.0")) {
                assertTrue(text.contains("subspace_farmer_farm_" + line), () -> "no " + line + " in\n" + text);
            }
        }
    }
}
