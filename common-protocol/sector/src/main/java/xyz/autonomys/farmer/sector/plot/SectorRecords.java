package xyz.autonomys.farmer.sector.plot;

import java.lang.foreign.MemorySegment;

/** The records of a sector being made, in the order of their offsets. */
public interface SectorRecords {
    /** How many. */
    int pieces();

    /** The mebibyte of the record at an offset, off heap. */
    MemorySegment record(int offset);

    /** Commitment, witness and piece checksum of all records, 128 bytes each; not to be changed. */
    byte[] metadata();

    /** Index of the piece whose record is at an offset. */
    long pieceIndex(int offset);
}
