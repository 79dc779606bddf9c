package xyz.autonomys.farmer.gpu;

import java.util.Map;

/** A program that looks for a driver, opens what it finds, and says it in one line. */
final class DriverProbe {
    private DriverProbe() {}

    public static void main(String[] args) throws Exception {
        switch (CudaDriver.find()) {
            case CudaDriver.Result.Absent(String reason) -> {
                try (Gpus gpus = Gpus.open(Map.of(Gpus.CONCURRENCY, "1"))) {
                    System.out.println((gpus.isEmpty() ? "absent: " : "WRONG: ") + reason);
                }
            }
            case CudaDriver.Result.Ready(CudaDriver driver) ->
                System.out.println("ready: " + driver.version() + ", devices "
                        + driver.devices().size());
        }
    }
}
