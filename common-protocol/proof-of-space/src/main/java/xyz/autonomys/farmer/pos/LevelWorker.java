package xyz.autonomys.farmer.pos;

import static jdk.incubator.vector.VectorOperators.EQ;
import static xyz.autonomys.farmer.pos.Lanes.INTS;
import static xyz.autonomys.farmer.pos.Lanes.INT_LANES;

import jdk.incubator.vector.IntVector;

/**
 * What one thread does for levels two to seven: takes neighbouring buckets of the level below pair by pair, puts them into
 * order, finds the matches, hashes them a vector at a time and hands the new entries to their buckets. Matches that do not
 * fill a vector wait for those of the next pair.
 *
 * <p>Everything has a fixed size. Whatever does not fit, which no random seed brings about, makes {@link #build} return
 * false; the table is then built by {@link PlainTableBuilder}, which has no limits.
 */
final class LevelWorker {
    /** Most matches of one pair of buckets; they average 236, and 388 is the most ever seen. */
    private static final int MAX_MATCHES = 512;

    /** Distance of planes: room for the matches of a pair, and not a power of two, so that planes share no cache set. */
    private static final int STRIDE = 560;

    /** y of an entry of level seven belongs to an s-bucket if these bits of its first hash word are zero. */
    private static final int NO_S_BUCKET = 0xF << 2 * EntryLayout.Y_SHIFT;

    private static final HashConstants[] LENGTHS = {
        null,
        null,
        new HashConstants(9),
        new HashConstants(14),
        new HashConstants(24),
        new HashConstants(24),
        new HashConstants(19),
        new HashConstants(14)
    };

    private final TableMemory memory;
    private final Slots slots;
    private final boolean shared;
    private final PairMatcher matcher;
    private OrderedBucket left;
    private OrderedBucket right;

    /** The matched pairs, as planes on level two, else as entries. */
    private final int[] leftY = new int[STRIDE];

    private final int[] leftOperands = new int[EntryLayout.INTS * STRIDE];
    private final int[] rightOperands = new int[EntryLayout.INTS * STRIDE];
    private final int[] message = new int[WideNodeHash.MESSAGE_WORDS * STRIDE];
    private final int[] hash = new int[WideNodeHash.HASH_WORDS * STRIDE];
    private final int[] created = new int[EntryLayout.INTS * STRIDE];
    private final int[] leftParents = new int[STRIDE];
    private final int[] rightParents = new int[STRIDE];

    /**
     * A worker.
     *
     * @param slots what level seven is for
     * @param shared whether other threads fill the same buckets
     */
    LevelWorker(TableMemory memory, Slots slots, boolean shared) {
        this.memory = memory;
        this.slots = slots;
        this.shared = shared;
        matcher = new PairMatcher(memory.bucketCapacity, MAX_MATCHES);
        left = new OrderedBucket(memory.bucketCapacity, !shared);
        right = new OrderedBucket(memory.bucketCapacity, !shared);
    }

    /** The slots this worker fills. */
    Slots slots() {
        return slots;
    }

    /**
     * Creates the entries that pairs of buckets have on a level.
     *
     * @param level two to seven
     * @param firstPair bucket on the left of the first pair
     * @param endPair bucket on the left of the first pair that is not meant
     * @param firstIndex generation index of the first entry, a multiple of the lanes
     * @param endIndex the first one that may not be used
     * @return false if something did not fit
     */
    boolean build(int level, int firstPair, int endPair, int firstIndex, int endIndex) {
        int index = firstIndex;
        int pending = 0;
        if (!order(level - 1, firstPair, left)) {
            return false;
        }
        for (int pair = firstPair; pair < endPair; pair++) {
            if (!order(level - 1, pair + 1, right)) {
                return false;
            }
            int matches = matcher.match(left, right, pair & 1);
            if (matches < 0) {
                return false;
            }
            collect(level, pending, matches);
            pending += matches;
            int whole = pending & -INT_LANES;
            if (index + whole > endIndex || !create(level, index, whole)) {
                return false;
            }
            index += whole;
            pending -= whole;
            keep(level, whole, pending);
            OrderedBucket swap = left;
            left = right;
            right = swap;
        }
        // What the last vector has behind the last pair is computed from leftovers and used by nobody.
        return index + INT_LANES <= endIndex && create(level, index, pending);
    }

    private boolean order(int level, int bucket, OrderedBucket into) {
        int n = memory.counts(level)[bucket];
        if (level == 1) {
            return into.orderLevelOne(memory.entries(level), bucket * memory.bucketCapacity, n, bucket);
        }
        int from = bucket * memory.bucketCapacity * EntryLayout.INTS;
        return into.orderHigherLevel(memory.entries(level), from, n, bucket);
    }

    private void collect(int level, int at, int matches) {
        int[] entries = memory.entries(level - 1);
        if (level == 2) {
            collectValues(matcher.matches, matches, entries, left, right, at, leftY, leftOperands, rightOperands);
        } else {
            collectEntries(matcher.matches, matches, entries, left.from, right.from, at, leftOperands, rightOperands);
        }
    }

    private static void collectValues(
            int[] matches,
            int count,
            int[] entries,
            OrderedBucket left,
            OrderedBucket right,
            int at,
            int[] leftY,
            int[] leftX,
            int[] rightX) {
        for (int i = 0; i < count; i++) {
            int match = matches[i];
            int leftEntry = entries[left.from + (match >>> PairMatcher.SLOT_BITS)];
            int rightEntry = entries[right.from + (match & PairMatcher.SLOT_MASK)];
            int y = VectorLevelOne.y(leftEntry, left.firstY);
            leftY[at + i] = y;
            leftX[at + i] = VectorLevelOne.x(leftEntry, y);
            rightX[at + i] = VectorLevelOne.x(rightEntry, VectorLevelOne.y(rightEntry, right.firstY));
        }
    }

    private static void collectEntries(
            int[] matches,
            int count,
            int[] entries,
            int leftFrom,
            int rightFrom,
            int at,
            int[] leftEntries,
            int[] rightEntries) {
        for (int i = 0; i < count; i++) {
            int match = matches[i];
            int leftAt = leftFrom + EntryLayout.INTS * (match >>> PairMatcher.SLOT_BITS);
            int rightAt = rightFrom + EntryLayout.INTS * (match & PairMatcher.SLOT_MASK);
            int to = EntryLayout.INTS * (at + i);
            IntVector.fromArray(Lanes.ENTRY, entries, leftAt).intoArray(leftEntries, to);
            IntVector.fromArray(Lanes.ENTRY, entries, rightAt).intoArray(rightEntries, to);
        }
    }

    /** Moves the pairs behind the first {@code done} to the front. */
    private void keep(int level, int done, int pending) {
        if (level == 2) {
            System.arraycopy(leftY, done, leftY, 0, pending);
        }
        int ints = level == 2 ? 1 : EntryLayout.INTS;
        System.arraycopy(leftOperands, ints * done, leftOperands, 0, ints * pending);
        System.arraycopy(rightOperands, ints * done, rightOperands, 0, ints * pending);
    }

    /** Hashes the first {@code n} pairs and places the new entries. */
    private boolean create(int level, int index, int n) {
        return switch (level) {
            case 2 -> createLevelTwo(index, n);
            case 3 -> createLevelThree(index, n);
            case 4 -> createFrom80Bits(4, index, n, -1, ~EntryLayout.INDEX_MASK);
            case 5 -> createFrom80Bits(5, index, n, -1 << 10, 0);
            case 6 -> createLevelSix(index, n);
            case 7 -> createLevelSeven(index, n);
            default -> throw new IllegalArgumentException("Level " + level + " has no parents");
        };
    }

    private boolean createLevelTwo(int index, int n) {
        NodeMessages.ofLevelTwo(leftY, leftOperands, rightOperands, message, STRIDE, n);
        NarrowNodeHash.hash(message, hash, STRIDE, n, LENGTHS[2]);
        NodeMessages.entriesFromMessage(message, hash, STRIDE, n, index, created, 0);
        return scatter(2, created, 0, n);
    }

    private boolean createLevelThree(int index, int n) {
        NodeMessages.of40Bits(leftOperands, rightOperands, message, STRIDE, n, leftParents, rightParents);
        NarrowNodeHash.hash(message, hash, STRIDE, n, LENGTHS[3]);
        int at = EntryLayout.INTS * index;
        NodeMessages.entriesFromMessage(message, hash, STRIDE, n, index, memory.levelThree(), at);
        return scatter(3, memory.levelThree(), at, n);
    }

    private boolean createFrom80Bits(int level, int index, int n, int mask2, int mask3) {
        NodeMessages.of80Bits(leftOperands, rightOperands, message, STRIDE, n, memory.parents(level), index);
        WideNodeHash.hash(message, hash, STRIDE, n, LENGTHS[level]);
        NodeMessages.entriesFromHash(hash, STRIDE, n, mask2, mask3, index, created, 0);
        return scatter(level, created, 0, n);
    }

    private boolean createLevelSix(int index, int n) {
        NodeMessages.of60Bits(leftOperands, rightOperands, message, STRIDE, n, memory.parents(6), index);
        WideNodeHash.hash(message, hash, STRIDE, n, LENGTHS[6]);
        NodeMessages.entriesFromHash(hash, STRIDE, n, -1 << 30, 0, index, created, 0);
        return scatter(6, created, 0, n);
    }

    private boolean createLevelSeven(int index, int n) {
        NodeMessages.of40Bits(leftOperands, rightOperands, message, STRIDE, n, leftParents, rightParents);
        NarrowNodeHash.hash(message, hash, STRIDE, n, LENGTHS[7]);
        for (int i = 0; i < n; i += INT_LANES) {
            long wanted = IntVector.fromArray(INTS, hash, i)
                    .and(NO_S_BUCKET)
                    .compare(EQ, 0)
                    .toLong();
            while (wanted != 0) {
                int j = i + Long.numberOfTrailingZeros(wanted);
                wanted &= wanted - 1;
                if (j < n) {
                    slots.offer(hash[j] >>> EntryLayout.Y_SHIFT, index + j, leftParents[j], rightParents[j]);
                }
            }
        }
        return true;
    }

    private boolean scatter(int level, int[] from, int at, int n) {
        int[] entries = memory.entries(level);
        int[] counts = memory.counts(level);
        return shared
                ? Scatter.shared(from, at, n, entries, counts, memory.bucketCapacity)
                : Scatter.alone(from, at, n, entries, counts, memory.bucketCapacity);
    }
}
