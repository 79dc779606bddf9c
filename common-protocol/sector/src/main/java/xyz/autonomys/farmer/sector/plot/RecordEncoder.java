package xyz.autonomys.farmer.sector.plot;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import xyz.autonomys.farmer.erasure.ErasureCoding;
import xyz.autonomys.farmer.erasure.InvalidScalarException;
import xyz.autonomys.farmer.pos.PosTable;
import xyz.autonomys.farmer.pos.PosTableBuilder;
import xyz.autonomys.farmer.primitives.PosSeed;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.sector.SectorContentsMap;

/**
 * Turns the source chunks of a record into what a sector stores of it (specification 04 §6). One per thread; owns its
 * table builder and about 3 MiB of buffers.
 *
 * <p>The chunks of the first 32,768 s-buckets with a proof come first, each masked with the hash of its proof; where there
 * are fewer, unmasked chunks of the lowest remaining s-buckets follow.
 *
 * <p>Source: autonomys/subspace, crates/subspace-farmer-components/src/plotting.rs ({@code record_encoding}).
 */
public final class RecordEncoder implements AutoCloseable {
    private static final int CHUNK = ProtocolSizes.CHUNK_BYTES;
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private final PosTableBuilder tables;
    private final ErasureCoding erasureCoding;
    private final byte[] source = new byte[ProtocolSizes.RECORD_BYTES];
    private final byte[] parity = new byte[ProtocolSizes.RECORD_BYTES];
    private final byte[] masks = new byte[ProtocolSizes.RECORD_BYTES];

    /**
     * An encoder.
     *
     * @param tables builder for this encoder alone, which closes it
     * @param erasureCoding the code for 32,768 source chunks, which encoders share
     */
    public RecordEncoder(PosTableBuilder tables, ErasureCoding erasureCoding) {
        this.tables = tables;
        this.erasureCoding = erasureCoding;
    }

    /**
     * Encodes the record in {@code record} in place.
     *
     * @param record 1 MiB: 32,768 big-endian canonical scalars on entry, 32,768 stored chunks on return
     * @param bitmap 1,024 words, overwritten: which s-buckets have an encoded chunk
     * @return the number of encoded chunks; the others, up to 32,768, are unencoded
     * @throws InvalidScalarException naming the first chunk that is no canonical scalar; the record is unchanged
     */
    public int encode(PosSeed seed, MemorySegment record, long[] bitmap) throws InvalidScalarException {
        MemorySegment.copy(record, ValueLayout.JAVA_BYTE, 0, source, 0, source.length);
        erasureCoding.extend(source, 0, parity, 0);
        PosTable table = tables.build(seed);
        int encoded = table.masks(bitmap, masks);
        int target = 0;
        for (int word = 0; word < SectorContentsMap.WORDS; word++) {
            for (long bits = bitmap[word]; bits != 0; bits &= bits - 1) {
                mask(word << 6 | Long.numberOfTrailingZeros(bits), target);
                target += CHUNK;
            }
        }
        // The masks have become encoded chunks; what is behind them is free for the filling.
        for (int sBucket = 0; target < masks.length; sBucket++) {
            if ((bitmap[sBucket >>> 6] >>> sBucket & 1) == 0) {
                System.arraycopy(chunksOf(sBucket), (sBucket >>> 1) * CHUNK, masks, target, CHUNK);
                target += CHUNK;
            }
        }
        MemorySegment.copy(masks, 0, record, ValueLayout.JAVA_BYTE, 0, masks.length);
        return encoded;
    }

    private byte[] chunksOf(int sBucket) {
        return (sBucket & 1) == 0 ? source : parity;
    }

    private void mask(int sBucket, int target) {
        byte[] chunks = chunksOf(sBucket);
        int from = (sBucket >>> 1) * CHUNK;
        for (int i = 0; i < CHUNK; i += Long.BYTES) {
            LONG.set(masks, target + i, (long) LONG.get(masks, target + i) ^ (long) LONG.get(chunks, from + i));
        }
    }

    @Override
    public void close() {
        tables.close();
    }
}
