package xyz.autonomys.farmer.plotclient;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.cluster.control.StagedSector;
import xyz.autonomys.farmer.cluster.data.DataClient;
import xyz.autonomys.farmer.cluster.data.FileDownload;
import xyz.autonomys.farmer.cluster.data.PeerAddress;
import xyz.autonomys.farmer.farm.Farm;
import xyz.autonomys.farmer.farm.FarmException;
import xyz.autonomys.farmer.farm.IncomingSector;

/**
 * One staged sector on its way from a plot-server straight into its place in the plot. Outlives broken connections, and
 * with its note the process. Used by one thread.
 */
final class SectorTransfer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SectorTransfer.class);
    /** Bytes between two notes: what a crash costs at most. */
    private static final long NOTE_EVERY = 64L << 20;

    private final String taskId;
    private final DataClient client;
    private final IncomingNote note;
    private final IncomingSector incoming;
    private final LongConsumer progress;
    private final FileDownload download;
    private long noted;
    private long writingNanos;
    private boolean stored;
    private boolean broken;

    /**
     * Begins a transfer, at the byte at which an earlier one was cut.
     *
     * @param progress called with the number of bytes that are there by now
     * @throws IOException if what came before cannot be read; a new transfer then begins at the first byte
     */
    SectorTransfer(Farm farm, StagedSector sector, DataClient client, IncomingNote note, LongConsumer progress)
            throws IOException {
        this.taskId = sector.task().taskId();
        this.client = client;
        this.note = note;
        this.progress = progress;
        int index = sector.task().sectorIndex();
        this.incoming = farm.beginSector(index);
        this.download = new FileDownload(client, sector.fileId(), sector.length(), this::take);
        boolean ready = false;
        try {
            long had = note.bytesOf(taskId);
            if (had > 0 && farm.sector(index).isEmpty()) {
                download.adopt(incoming::readBack, Math.min(had, farm.layout().sectorBytes()));
                noted = incoming.position();
                LOG.info("Sector {} goes on at byte {} of {}", taskId, noted, sector.length());
            }
            ready = true;
        } finally {
            if (!ready) {
                note.clear();
                close();
            }
        }
    }

    private void take(ByteBuffer bytes, long offset) throws IOException {
        long start = System.nanoTime();
        incoming.append(bytes, offset);
        if (offset < noted) {
            noted = 0;
        }
        if (incoming.position() - noted >= NOTE_EVERY) {
            keep();
        }
        writingNanos += System.nanoTime() - start;
        progress.accept(incoming.position());
    }

    private void keep() throws IOException {
        noted = incoming.checkpoint();
        try {
            note.write(taskId, noted);
        } catch (IOException e) {
            LOG.warn("How far sector {} came could not be noted: {}", taskId, e.toString());
        }
    }

    /**
     * Receives what is missing and makes the sector the farm's.
     *
     * @throws IOException if peer or disk failed; may be called again
     */
    void continueFrom(PeerAddress peer) throws IOException, InterruptedException {
        download.continueFrom(peer, client.defaultOptions());
        if (!download.isComplete()) {
            throw new IOException(
                    "the transfer from " + peer + " ended at byte " + download.position() + " of " + incoming.length());
        }
        long start = System.nanoTime();
        try {
            incoming.finish();
        } catch (FarmException e) {
            // All bytes came as they are staged, so they will be wrong again.
            noted = 0;
            note.clear();
            throw e;
        } catch (IOException e) {
            // What the system could not write it may forget, and say so only once.
            broken = true;
            note.clear();
            throw e;
        }
        writingNanos += System.nanoTime() - start;
        stored = true;
        note.clear();
    }

    /** Whether nothing that came can be relied on: a new transfer is needed. */
    boolean isBroken() {
        return broken;
    }

    /** Time spent on writing so far. */
    Duration writing() {
        return Duration.ofNanos(writingNanos);
    }

    /**
     * Notes how far it came, unless it is stored. An interrupt, which may come at any moment while a plot-client closes,
     * does not keep it from that.
     */
    @Override
    public void close() {
        try {
            if (!stored && !broken && incoming.position() > noted) {
                keepInSpiteOfInterrupts();
            }
        } catch (IOException e) {
            LOG.warn("How far sector {} came could not be noted, it comes anew: {}", taskId, e.getMessage());
        } finally {
            download.close();
            incoming.close();
        }
    }

    /** Java ends what an interrupted thread writes; then it is written again, and the thread stays interrupted. */
    private void keepInSpiteOfInterrupts() throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            boolean kept = false;
            while (!kept) {
                try {
                    keep();
                    kept = true;
                } catch (InterruptedIOException | ClosedByInterruptException e) {
                    LOG.debug("Interrupted while noting how far sector {} came", taskId, e);
                    interrupted = true;
                    Thread.interrupted();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
