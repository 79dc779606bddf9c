package xyz.autonomys.farmer.sector.plot;

/** Follows and slows the plotting of one sector. Methods are called from several threads and should return soon. */
public interface PlotListener {
    /** Does nothing. */
    PlotListener NONE = new PlotListener() {};

    /** Pieces that are in place, of all. */
    default void piecesArrived(int arrived, int all) {}

    /** An attempt at the pieces ended with some missing; {@code reason} is the last one heard. */
    default void piecesMissing(int missing, int attempt, String reason) {}

    /**
     * Called before each record on the thread that encodes it; may wait, so that proving has priority. Interrupted when
     * plotting is cancelled.
     */
    default void beforeRecord() throws InterruptedException {}

    /** Records that have been encoded, of all. */
    default void recordsEncoded(int encoded, int all) {}
}
