package xyz.autonomys.farmer.pos;

import xyz.autonomys.farmer.primitives.PosSeed;

/**
 * Builds proof-of-space tables, one after another, in memory it keeps. A builder is used by one thread at a time; use one
 * per thread.
 */
public interface PosTableBuilder extends AutoCloseable {
    /**
     * Builds the table of {@code seed}. Any table this builder returned before becomes invalid.
     *
     * @throws IllegalStateException if the builder is closed
     */
    PosTable build(PosSeed seed);

    /** Heap bytes this builder keeps between builds, approximately. */
    long bytesPerBuilder();

    /** Ends the threads of this builder, if it has any. Its memory is free once the builder is unreachable. */
    @Override
    void close();
}
