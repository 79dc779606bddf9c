package xyz.autonomys.farmer.cluster.data;

import io.netty.buffer.ByteBuf;
import xyz.autonomys.farmer.primitives.Blake3Hash;

/**
 * What precedes the bytes of one item. Big-endian, {@value #BYTES} bytes: key u64, status u8 (0 found, 1 missing), total
 * length u64, offset u64, length u64, checksum (32).
 *
 * @param key which item, in the meaning of the request
 * @param found false: the peer does not have it, everything else is zero
 * @param totalLength bytes of the whole item
 * @param offset where the bytes that follow begin in the item
 * @param length how many bytes follow
 * @param checksum BLAKE3 of the whole item
 */
record ItemHeader(long key, boolean found, long totalLength, long offset, long length, Blake3Hash checksum) {
    static final int BYTES = 65;
    static final Blake3Hash NO_CHECKSUM = Blake3Hash.of(new byte[Blake3Hash.SIZE]);

    static ItemHeader missing(long key) {
        return new ItemHeader(key, false, 0, 0, 0, NO_CHECKSUM);
    }

    void encode(ByteBuf out) {
        out.writeLong(key)
                .writeByte(found ? 0 : 1)
                .writeLong(totalLength)
                .writeLong(offset)
                .writeLong(length)
                .writeBytes(checksum.toBytes());
    }

    static ItemHeader decode(ByteBuf in) {
        long key = in.readLong();
        int status = in.readUnsignedByte();
        long total = in.readLong();
        long offset = in.readLong();
        long length = in.readLong();
        byte[] checksum = new byte[Blake3Hash.SIZE];
        in.readBytes(checksum);
        if (status > 1) {
            throw new ProtocolViolationException("item status " + status + " is unknown");
        }
        if (total < 0 || offset < 0 || length < 0 || offset > total || length > total - offset) {
            throw new ProtocolViolationException(
                    "an item of " + total + " bytes cannot send " + length + " bytes from offset " + offset);
        }
        if (status == 1 && total != 0) {
            throw new ProtocolViolationException("a missing item announces " + total + " bytes");
        }
        return new ItemHeader(key, status == 0, total, offset, length, Blake3Hash.of(checksum));
    }
}
