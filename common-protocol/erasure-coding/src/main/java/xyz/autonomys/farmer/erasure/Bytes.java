package xyz.autonomys.farmer.erasure;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Views of byte arrays as big-endian integers, the byte order of scalars. */
final class Bytes {
    /** A {@code long} of eight bytes. */
    static final VarHandle BIG_ENDIAN = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private Bytes() {}
}
