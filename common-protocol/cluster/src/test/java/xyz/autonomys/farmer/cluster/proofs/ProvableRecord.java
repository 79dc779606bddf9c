package xyz.autonomys.farmer.cluster.proofs;

import java.io.ByteArrayOutputStream;
import java.nio.channels.Channels;
import java.util.Set;
import xyz.autonomys.farmer.cluster.pieces.TestHistory;
import xyz.autonomys.farmer.kzg.KzgCommitment;
import xyz.autonomys.farmer.kzg.KzgWitness;
import xyz.autonomys.farmer.pos.PosTables;
import xyz.autonomys.farmer.pos.PosVerifier;
import xyz.autonomys.farmer.primitives.FarmerProtocolInfo;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.primitives.PublicKey;
import xyz.autonomys.farmer.sector.ReadAt;
import xyz.autonomys.farmer.sector.plot.PieceCheck;
import xyz.autonomys.farmer.sector.plot.PieceGetter;
import xyz.autonomys.farmer.sector.plot.PieceRetries;
import xyz.autonomys.farmer.sector.plot.PlotListener;
import xyz.autonomys.farmer.sector.plot.PlotRequest;
import xyz.autonomys.farmer.sector.plot.PlottedSector;
import xyz.autonomys.farmer.sector.plot.SectorPlotter;
import xyz.autonomys.farmer.sector.prove.ChunkProof;
import xyz.autonomys.farmer.sector.read.ReadMode;
import xyz.autonomys.farmer.sector.read.RecordReader;
import xyz.autonomys.farmer.sector.read.StoredRecord;

/** A record of a plotted sector of {@link TestHistory}, to be proven for real. */
public final class ProvableRecord {
    private static final StoredRecord RECORD = plot();

    private ProvableRecord() {}

    /** The record. */
    public static StoredRecord record() {
        return RECORD;
    }

    /** The n-th s-bucket of the record that has an encoded chunk. */
    public static int sBucket(int n) {
        int left = n;
        for (int sBucket = 0; ; sBucket++) {
            if (RECORD.isEncoded(sBucket) && left-- == 0) {
                return sBucket;
            }
        }
    }

    /** Whether the network would accept the proof. */
    public static boolean isRight(int sBucket, ChunkProof proof) {
        return PosVerifier.isValid(RECORD.posSeed(), sBucket, proof.proofOfSpace())
                && TestHistory.kzg()
                        .verify(
                                KzgCommitment.of(RECORD.commitment()),
                                ProtocolSizes.S_BUCKETS,
                                sBucket,
                                proof.chunk(),
                                KzgWitness.of(proof.witness()));
    }

    private static StoredRecord plot() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PieceGetter history = new PieceGetter() {
            @Override
            public void get(Set<Long> pieceIndexes, Receiver receiver) {
                pieceIndexes.forEach(index -> receiver.found(index, TestHistory.piece(index)));
            }
        };
        try (SectorPlotter plotter = new SectorPlotter(1, PosTables::newBuilder, PieceRetries.DEFAULT);
                RecordReader reader = new RecordReader(ReadMode.WHOLE_SECTOR, 1)) {
            PlottedSector plotted = plotter.plot(
                    new PlotRequest(
                            PublicKey.fromHex("4a".repeat(32)), 0, new FarmerProtocolInfo(1, 1000, 5, 1, 10, 4), 1),
                    history,
                    PieceCheck.SOURCE_HAS_VERIFIED,
                    Channels.newChannel(bytes),
                    PlotListener.NONE);
            byte[] sector = bytes.toByteArray();
            ReadAt read =
                    (offset, into, at, length) -> System.arraycopy(sector, Math.toIntExact(offset), into, at, length);
            return reader.read(read, plotted.sectorId(), plotted.metadata(), RecordReader.contentsMap(read, 1), 0);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
