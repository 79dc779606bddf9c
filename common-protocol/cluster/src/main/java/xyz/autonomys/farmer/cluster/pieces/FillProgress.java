package xyz.autonomys.farmer.cluster.pieces;

/**
 * How far a cache is.
 *
 * @param stored pieces it holds of those it should
 * @param wanted pieces it should hold
 * @param piecesPerSecond pieces stored per second of late
 * @param rejected pieces refused since the start because they were not what they should be
 * @param waitingFor what it waits for, in words; empty if nothing
 */
public record FillProgress(long stored, long wanted, double piecesPerSecond, long rejected, String waitingFor) {
    /** Whether everything is there. */
    public boolean isComplete() {
        return stored >= wanted;
    }

    /** The progress in words, with the time left at the present rate. */
    public String describe() {
        StringBuilder text = new StringBuilder();
        text.append(stored).append(" of ").append(wanted).append(" pieces");
        if (wanted > 0) {
            text.append(" (").append(100 * stored / wanted).append(" %)");
        }
        if (!isComplete() && piecesPerSecond > 0) {
            text.append(String.format(", %.1f/s, ", piecesPerSecond))
                    .append(Math.round((wanted - stored) / piecesPerSecond))
                    .append(" s left");
        }
        if (!waitingFor.isEmpty()) {
            text.append("; waits for ").append(waitingFor);
        }
        return text.toString();
    }
}
