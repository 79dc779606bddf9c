package xyz.autonomys.farmer.sector.read;

import java.io.IOException;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.Piece;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.primitives.SectorId;
import xyz.autonomys.farmer.primitives.hash.Blake3;
import xyz.autonomys.farmer.sector.ReadAt;
import xyz.autonomys.farmer.sector.SectorContentsMap;
import xyz.autonomys.farmer.sector.SectorMetadata;

/** Reads pieces back from sectors, one at a time, each checked against the checksum kept with it. For one thread. */
public final class PieceReader {
    private final RecordReader reader;
    private final RecordDecoder decoder;

    /** A piece reader; reader and decoder stay the caller's to close. */
    public PieceReader(RecordReader reader, RecordDecoder decoder) {
        this.reader = reader;
        this.decoder = decoder;
    }

    /**
     * The piece at an offset of a sector.
     *
     * @throws IOException if the disk fails
     * @throws ReadingException if the sector is damaged where this piece is
     * @throws InterruptedException if the calling thread is interrupted
     */
    public Piece read(ReadAt sector, SectorId sectorId, SectorMetadata metadata, int pieceOffset)
            throws IOException, ReadingException, InterruptedException {
        SectorContentsMap map = RecordReader.contentsMap(sector, metadata.piecesInSector());
        StoredRecord record = reader.read(sector, sectorId, metadata, map, pieceOffset);
        byte[] piece = new byte[ProtocolSizes.PIECE_BYTES];
        byte[] source = new byte[ProtocolSizes.RECORD_BYTES];
        decoder.recoverSource(decoder.unmask(record), source);
        System.arraycopy(source, 0, piece, 0, source.length);
        record.commitment().copyTo(piece, Piece.COMMITMENT_OFFSET);
        record.witness().copyTo(piece, Piece.WITNESS_OFFSET);
        Blake3Hash found = Blake3.hash(piece);
        if (!found.equals(record.pieceChecksum())) {
            throw new ReadingException(
                    ReadingException.Kind.CHECKSUM_MISMATCH,
                    "the piece at offset " + pieceOffset + " of " + metadata + " has the hash " + found
                            + ", its checksum is " + record.pieceChecksum());
        }
        return Piece.wrap(piece);
    }
}
