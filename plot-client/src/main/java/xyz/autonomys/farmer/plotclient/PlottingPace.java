package xyz.autonomys.farmer.plotclient;

/** How fast a farm is plotted and history grows, from what was seen lately. Thread-safe. */
final class PlottingPace {
    private static final double WEIGHT_OF_THE_NEWEST = 0.2;
    /** A pause longer than this between two sectors is no work on the second. */
    private static final double LONGEST_SECTOR_SECONDS = 3600;

    private double sectorSeconds;
    private double segmentSeconds;
    private long storedAt;
    private long historySize;
    private long grewAt;

    /** A sector was stored. */
    synchronized void stored(long nanoTime) {
        if (storedAt != 0) {
            double seconds = (nanoTime - storedAt) / 1e9;
            if (seconds < LONGEST_SECTOR_SECONDS) {
                sectorSeconds = mean(sectorSeconds, seconds);
            }
        }
        storedAt = nanoTime;
    }

    /** History has this size now. */
    synchronized void history(long size, long nanoTime) {
        if (size > historySize) {
            if (historySize != 0) {
                segmentSeconds = mean(segmentSeconds, (nanoTime - grewAt) / 1e9 / (size - historySize));
            }
            historySize = size;
            grewAt = nanoTime;
        }
    }

    /** Sectors that can be plotted while history grows by a segment; plenty as long as nothing was measured. */
    synchronized double sectorsPerSegment() {
        return sectorSeconds == 0 || segmentSeconds == 0 ? Double.MAX_VALUE : segmentSeconds / sectorSeconds;
    }

    private static double mean(double before, double newest) {
        double value = Math.max(1e-6, newest);
        return before == 0 ? value : before + WEIGHT_OF_THE_NEWEST * (value - before);
    }
}
