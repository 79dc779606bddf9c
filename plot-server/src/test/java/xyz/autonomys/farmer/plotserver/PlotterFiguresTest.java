package xyz.autonomys.farmer.plotserver;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import xyz.autonomys.farmer.telemetry.Meters;
import xyz.autonomys.farmer.telemetry.Telemetry;

/** A plotter's figures have the names that dashboards for upstream's farmer ask for. */
class PlotterFiguresTest {
    @Test
    void theNamesAreUpstreams() {
        try (Telemetry telemetry = Telemetry.create("1")) {
            Meters meters = telemetry.meters("plot-server", "m");
            PlotterFigures figures = new PlotterFigures(meters, "gpu-cuda");
            PlotterFigures.observeCapacity(meters, "gpu-cuda", 3, () -> 2);
            PlotterFigures.Sector made = figures.begin();
            made.gathered();
            made.gathered();
            made.encoded();
            made.plotted();
            figures.begin().failed();
            String text = telemetry.scrape();
            String labels = "{kind=\"gpu-cuda\",member=\"m\",role=\"plot-server\"} ";
            for (String line : List.of(
                    "sector_downloading_time_seconds_count" + labels + "1",
                    "sector_encoding_time_seconds_count" + labels + "1",
                    "sector_plotting_time_seconds_count" + labels + "1",
                    "sector_downloading_counter_Sectors_total" + labels + "2.0",
                    "sector_downloaded_counter_Sectors_total" + labels + "1.0",
                    "sector_encoding_counter_Sectors_total" + labels + "1.0",
                    "sector_encoded_counter_Sectors_total" + labels + "1.0",
                    "sector_plotting_counter_Sectors_total" + labels + "2.0",
                    "sector_plotted_counter_Sectors_total" + labels + "1.0",
                    "sector_plotting_error_counter_Sectors_total" + labels + "1.0",
                    "plotting_capacity_total_Sectors" + labels + "3.0",
                    "plotting_capacity_used_Sectors" + labels + "2.0")) {
                assertTrue(text.contains("subspace_farmer_plotter_" + line), () -> "no " + line + " in\n" + text);
            }
        }
    }
}
