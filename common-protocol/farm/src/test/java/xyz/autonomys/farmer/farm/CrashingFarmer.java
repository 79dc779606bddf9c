package xyz.autonomys.farmer.farm;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.primitives.GenesisHash;

/**
 * A process of its own that works on a farm, says when it has come to a step and stands still there, to be killed. The
 * steps are the debug lines of the farm; {@code half of the bytes} is one more.
 */
final class CrashingFarmer {
    static final int PIECES = 2;
    static final GenesisHash CHAIN = GenesisHash.of(new byte[32]);
    static final String HALF = "half of the bytes";

    private CrashingFarmer() {}

    static FarmOptions options(int sectors) {
        return FarmOptions.of(CHAIN, PIECES).withSectors(sectors);
    }

    /** The sector written at {@code index} with this history size. */
    static TestSectors sector(int index, long historySize) {
        return TestSectors.make(index, PIECES, historySize, 1000 * historySize + index);
    }

    /**
     * Arguments: directory, step, then {@code open SECTORS} or {@code write INDEX HISTORY_SIZE} or {@code writeAll}.
     */
    public static void main(String[] args) throws Exception {
        Path directory = Path.of(args[0]);
        String step = args[1];
        standStillAt(step);
        switch (args[2]) {
            case "open" ->
                Farm.openOrCreate(directory, options(Integer.parseInt(args[3]))).close();
            case "write" -> {
                try (Farm farm = Farm.open(directory, FarmOptions.existing())) {
                    int index = Integer.parseInt(args[3]);
                    TestSectors sector = sector(index, Long.parseLong(args[4]));
                    byte[] staged = sector.staged();
                    try (IncomingSector incoming = farm.beginSector(index)) {
                        if (step.equals(HALF)) {
                            TestSectors.append(incoming, staged, staged.length / 2);
                            incoming.checkpoint();
                            standStill(HALF);
                        }
                        TestSectors.append(incoming, staged, staged.length);
                        incoming.finish();
                    }
                }
            }
            case "writeAll" -> writeAll(directory);
            default -> throw new IllegalArgumentException(args[2]);
        }
        System.out.println("done");
    }

    /** Replaces the oldest sector over and over, saying what is acknowledged. */
    private static void writeAll(Path directory) throws IOException {
        try (Farm farm = Farm.open(directory, FarmOptions.existing())) {
            while (true) {
                int oldest = 0;
                for (int index = 1; index < farm.sectorsTotal(); index++) {
                    oldest = historySize(farm, index) < historySize(farm, oldest) ? index : oldest;
                }
                TestSectors sector = sector(oldest, historySize(farm, oldest) + 1);
                String what = oldest + " " + sector.metadata().historySize();
                System.out.println("begin " + what);
                sector.storeIn(farm);
                System.out.println("stored " + what);
            }
        }
    }

    private static long historySize(Farm farm, int index) {
        return farm.sector(index).map(SectorSummary::historySize).orElse(0L);
    }

    private static void standStillAt(String step) {
        Logger logger = (Logger) LoggerFactory.getLogger("xyz.autonomys.farmer.farm");
        logger.setLevel(Level.DEBUG);
        logger.setAdditive(false);
        AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                if (event.getFormattedMessage().endsWith(step)) {
                    standStill(step);
                }
            }
        };
        appender.setContext(logger.getLoggerContext());
        appender.start();
        logger.addAppender(appender);
    }

    private static void standStill(String step) {
        System.out.println("at " + step);
        while (true) {
            LockSupport.park();
        }
    }
}
