package xyz.autonomys.farmer.kzg.curve;

/** The powers of a setup in a back end's own form. Immutable and thread-safe. */
public interface PreparedSetup {
    /** How many G1 powers there are. */
    int size();

    /** {@code target[index] = [τ^power]G}. */
    void power(int power, G1Vector target, int index);

    /**
     * {@code target[index] = Σ scalars[i]·[τ^i]G} for i below {@code count}.
     *
     * @param scalars canonical limbs, four per scalar
     */
    void multiExponentiate(long[] scalars, int count, G1Vector target, int index, WorkCrew crew);

    /** {@code target[index] = [k]G}, by a fixed table. */
    void generatorMultiple(long[] scalars, int offset, G1Vector target, int index);

    /** Whether e(left, G₂) = e(right, [τ]G₂); infinity counts as the factor one (spec 02 §8.5). */
    boolean pairingsEqual(G1Vector points, int left, int right);
}
