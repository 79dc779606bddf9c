package xyz.autonomys.farmer.sector.plot;

/** One of the devices of a {@link SectorEncoder}, as seen by whoever gives them work. Thread-safe. */
public interface EncodingDevice {
    /** What a device does. */
    enum Activity {
        /** It encodes records. */
        ENCODING,
        /** Encoded sectors are being written. */
        WRITING,
        /** It has no sector. */
        NOTHING
    }

    /** Its name among the devices of its encoder, such as {@code GPU 0}. */
    String name();

    /** What it does now; of two sectors in work, the one that keeps it busier counts. */
    Activity activity();
}
