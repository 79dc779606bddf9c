package xyz.autonomys.farmer.kzg.curve;

/**
 * Mutable points of the curve y² = x³ + 4 over the base field, addressed by index. Operations on different indices
 * may run in different threads at the same time.
 */
public interface G1Vector {
    /** Bytes of a compressed point. */
    int COMPRESSED_BYTES = 48;

    /** How many points. */
    int size();

    /**
     * Sets point {@code index} from 48 compressed bytes; infinity is accepted and the subgroup is not checked (spec
     * 02 §4.1).
     *
     * @return false, leaving the point undefined, if the bytes encode no point
     */
    boolean decode(int index, byte[] source, int offset);

    /** Writes {@code count} points from {@code from} on as 48 compressed bytes each. */
    void encode(int from, int count, byte[] target, int offset);

    /** Sets point {@code index} to infinity. */
    void setInfinity(int index);

    /** Copies point {@code sourceIndex} of a vector made by the same back end. */
    void set(int index, G1Vector source, int sourceIndex);

    /** Exchanges two points. */
    void swap(int a, int b);

    /** {@code this[target] = a[i] + b[j]}; the points may coincide. */
    void add(int target, G1Vector a, int i, G1Vector b, int j);

    /** {@code target = −target}. */
    void negate(int target);

    /** Replaces points a and b by a + b and a − b. */
    void butterfly(int a, int b);

    /**
     * {@code this[target] = k · a[i]}, where k are the lowest {@code bits} (128 or 255) bits of the four canonical limbs at
     * {@code offset}. For points outside the subgroup
     * of order r the component of other order is some other element of that component, which no pairing notices.
     */
    void multiply(int target, G1Vector a, int i, long[] scalars, int offset, int bits);

    /** Whether the point belongs to the subgroup of order r; infinity does. */
    boolean inSubgroup(int index);
}
