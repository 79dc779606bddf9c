package xyz.autonomys.farmer.pos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Ordering and matching of single buckets, against definitions that a reader can check by eye. */
final class PairMatcherTest {
    private static final int CAPACITY = 388;
    private static final int FROM = 12;

    private record Entry(int residue, int index) {}

    @Test
    void bucketsAreInRankOrder() {
        Random random = new Random(1);
        OrderedBucket bucket = new OrderedBucket(CAPACITY, true);
        for (int round = 0; round < 400; round++) {
            int number = random.nextInt(PosRules.BUCKETS);
            List<Entry> entries = randomEntries(random, round);
            int[] memory = higherLevel(entries, number);
            assertTrue(bucket.orderHigherLevel(memory, FROM, entries.size(), number));
            assertOrdered(entries, bucket, "round " + round);
        }
    }

    @Test
    void slotsThatThreadsHaveTakenInAnyOrderAreInRankOrder() {
        Random random = new Random(2);
        OrderedBucket bucket = new OrderedBucket(CAPACITY, false);
        for (int round = 0; round < 400; round++) {
            int number = random.nextInt(PosRules.BUCKETS);
            List<Entry> entries = randomEntries(random, round);
            Collections.shuffle(entries, random);
            assertTrue(bucket.orderHigherLevel(higherLevel(entries, number), FROM, entries.size(), number));
            assertOrdered(entries, bucket, "round " + round);
            assertTrue(bucket.orderLevelOne(levelOne(entries), FROM, entries.size(), number));
            assertOrdered(entries, bucket, "level one, round " + round);
        }
    }

    @Test
    void aRowWithTooManyEntriesIsRefused() {
        OrderedBucket bucket = new OrderedBucket(CAPACITY, true);
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i <= OrderedBucket.MAX_ROW; i++) {
            entries.add(new Entry(5 * PosRules.COLUMNS + i, i));
        }
        assertFalse(bucket.orderHigherLevel(higherLevel(entries, 3), FROM, entries.size(), 3));
        entries.removeLast();
        assertTrue(bucket.orderHigherLevel(higherLevel(entries, 3), FROM, entries.size(), 3));
        assertOrdered(entries, bucket, "a full row");
    }

    @Test
    void matchesAreThoseOfTheRuleInOrder() {
        Random random = new Random(3);
        OrderedBucket left = new OrderedBucket(CAPACITY, true);
        OrderedBucket right = new OrderedBucket(CAPACITY, true);
        PairMatcher matcher = new PairMatcher(CAPACITY, 2000);
        for (int round = 0; round < 300; round++) {
            int number = random.nextInt(PosRules.BUCKETS - 1);
            List<Entry> leftEntries = randomEntries(random, round);
            List<Entry> rightEntries = randomEntries(random, round + 1);
            assertTrue(left.orderHigherLevel(higherLevel(leftEntries, number), FROM, leftEntries.size(), number));
            assertTrue(right.orderHigherLevel(
                    higherLevel(rightEntries, number + 1), FROM, rightEntries.size(), number + 1));
            List<Integer> expected = expectedMatches(leftEntries, rightEntries, number & 1);
            int count = matcher.match(left, right, number & 1);
            assertEquals(expected.size(), count, "round " + round);
            for (int i = 0; i < count; i++) {
                assertEquals(expected.get(i), matcher.matches[i], "round " + round);
            }
        }
    }

    @Test
    void moreMatchesThanTheLimitAreReported() {
        OrderedBucket left = new OrderedBucket(CAPACITY, true);
        OrderedBucket right = new OrderedBucket(CAPACITY, true);
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            // An entry of even parity matches the same residue.
            entries.add(new Entry(1000, i));
        }
        assertTrue(left.orderHigherLevel(higherLevel(entries, 0), FROM, entries.size(), 0));
        assertTrue(right.orderHigherLevel(higherLevel(entries, 1), FROM, entries.size(), 1));
        assertEquals(400, new PairMatcher(CAPACITY, 400).match(left, right, 0));
        assertEquals(-1, new PairMatcher(CAPACITY, 399).match(left, right, 0));
        assertEquals(-1, new PairMatcher(CAPACITY, 10).match(left, right, 0));
    }

    /** Buckets of all sizes; every third one has many equal residues and crowded rows. */
    private static List<Entry> randomEntries(Random random, int round) {
        int count = random.nextInt(round % 5 == 0 ? 20 : CAPACITY);
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int residue = random.nextInt(PosRules.BUCKET_WIDTH);
            if (round % 3 == 0 && random.nextInt(4) == 0) {
                residue = random.nextInt(9) * PosRules.COLUMNS + random.nextInt(PosRules.COLUMNS);
            }
            if (round % 3 == 0 && i > 0 && random.nextInt(10) == 0) {
                residue = entries.get(random.nextInt(i)).residue();
            }
            entries.add(new Entry(residue, i));
        }
        return fewerThanRowsHold(entries);
    }

    private static List<Entry> fewerThanRowsHold(List<Entry> entries) {
        int[] counts = new int[PosRules.ROWS];
        List<Entry> kept = new ArrayList<>();
        for (Entry entry : entries) {
            if (counts[entry.residue() / PosRules.COLUMNS]++ < OrderedBucket.MAX_ROW) {
                kept.add(entry);
            }
        }
        return kept;
    }

    private static int[] higherLevel(List<Entry> entries, int bucket) {
        int[] memory = new int[FROM + EntryLayout.INTS * (CAPACITY + Lanes.INT_LANES)];
        for (int i = 0; i < entries.size(); i++) {
            int y = bucket * PosRules.BUCKET_WIDTH + entries.get(i).residue();
            memory[FROM + 4 * i] = y << EntryLayout.Y_SHIFT | 0x2A;
            memory[FROM + 4 * i + 3] = 0xABC << 22 | entries.get(i).index();
        }
        return memory;
    }

    private static int[] levelOne(List<Entry> entries) {
        int[] memory = new int[FROM + CAPACITY];
        for (int i = 0; i < entries.size(); i++) {
            memory[FROM + i] = entries.get(i).residue() << 14 | entries.get(i).index();
        }
        return memory;
    }

    private static List<Entry> sorted(List<Entry> entries) {
        return entries.stream()
                .sorted(Comparator.comparingInt(Entry::residue).thenComparingInt(Entry::index))
                .toList();
    }

    private static void assertOrdered(List<Entry> entries, OrderedBucket bucket, String message) {
        List<Entry> expected = sorted(entries);
        assertEquals(entries.size(), bucket.count, message);
        for (int rank = 0; rank < entries.size(); rank++) {
            Entry entry = expected.get(rank);
            int row = entry.residue() / PosRules.COLUMNS;
            int column = entry.residue() % PosRules.COLUMNS;
            int slot = entries.indexOf(entry);
            int wrapped = row > 55 ? 119 - row : 0;
            assertEquals(wrapped << 23 | row << 16 | column << 9 | slot, bucket.keys[rank], message);
            List<Integer> same = expected.stream()
                    .filter(other -> other.residue() == entry.residue())
                    .map(entries::indexOf)
                    .toList();
            int[] found = new int[CAPACITY + 1];
            assertEquals(same.size(), bucket.find(row, column, found, 1), message);
            assertEquals(same, Arrays.stream(found, 1, 1 + same.size()).boxed().toList(), message);
        }
    }

    /** Left slot and right slot of all matches, in rank order. */
    private static List<Integer> expectedMatches(List<Entry> left, List<Entry> right, int parity) {
        List<Integer> matches = new ArrayList<>();
        for (Entry l : sorted(left)) {
            boolean[] targets = new boolean[PosRules.BUCKET_WIDTH];
            for (int m = 0; m < PosRules.TARGETS; m++) {
                targets[PosRules.target(parity, l.residue(), m)] = true;
            }
            for (Entry r : sorted(right)) {
                if (targets[r.residue()]) {
                    matches.add(left.indexOf(l) << 16 | right.indexOf(r));
                }
            }
        }
        return matches;
    }
}
