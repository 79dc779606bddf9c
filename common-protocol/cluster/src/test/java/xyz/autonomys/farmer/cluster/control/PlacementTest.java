package xyz.autonomys.farmer.cluster.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class PlacementTest {
    private static final int ITEMS = 50_000;

    private static CacheMap.Holder holder(int number, long weight) {
        return new CacheMap.Holder(new MemberId(String.format("%016x", number)), weight, number);
    }

    private static Placement of(int replicas, CacheMap.Holder... holders) {
        return of(CacheLayout.pieces(replicas), List.of(holders));
    }

    private static Placement of(CacheLayout layout, List<CacheMap.Holder> holders) {
        return new Placement(new CacheMap(
                1,
                0,
                layout.itemType(),
                layout.replicas(),
                layout.dataFragments(),
                layout.parityFragments(),
                holders,
                List.of()));
    }

    @Test
    void sharesFollowWeights() {
        Placement placement = of(1, holder(1, 1000), holder(2, 2000), holder(3, 5000));
        Map<MemberId, Integer> counts = new HashMap<>();
        for (long item = 0; item < ITEMS; item++) {
            counts.merge(placement.holders(item).getFirst(), 1, Integer::sum);
        }
        assertEquals(ITEMS / 8.0, counts.get(holder(1, 1).id()), ITEMS * 0.01);
        assertEquals(ITEMS / 4.0, counts.get(holder(2, 1).id()), ITEMS * 0.01);
        assertEquals(ITEMS * 5 / 8.0, counts.get(holder(3, 1).id()), ITEMS * 0.01);
    }

    @Test
    void aNewCacheTakesItsShareAndNothingElseMoves() {
        List<CacheMap.Holder> holders = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            holders.add(holder(i, 100));
        }
        Placement before = of(CacheLayout.pieces(1), holders);
        CacheMap.Holder added = holder(99, 100);
        holders.add(added);
        Placement after = of(CacheLayout.pieces(1), holders);
        int moved = 0;
        for (long item = 0; item < ITEMS; item++) {
            if (!before.holders(item).equals(after.holders(item))) {
                assertEquals(List.of(added.id()), after.holders(item));
                moved++;
            }
        }
        assertTrue(moved > 0 && moved <= 1.05 * ITEMS / 10, moved + " of " + ITEMS + " moved");
    }

    @Test
    void replicasLieOnDifferentCachesAndAsManyAsThereAre() {
        Placement three = of(2, holder(1, 10), holder(2, 10), holder(3, 10));
        Placement one = of(2, holder(1, 10));
        for (long item = -100; item < 100; item++) {
            assertEquals(2, new HashSet<>(three.holders(item)).size());
            assertEquals(1, one.holders(item).size());
        }
        assertEquals(List.of(), of(1).holders(7));
    }

    @Test
    void placementIsPartOfTheProtocol() {
        Placement placement = of(3, holder(1, 10), holder(2, 20), holder(3, 30), holder(4, 40));
        List<List<MemberId>> golden = new ArrayList<>();
        for (long item = 0; item < 4; item++) {
            golden.add(placement.holders(item));
        }
        assertEquals(
                "[[4, 2, 3], [3, 4, 2], [4, 3, 1], [2, 4, 1]]",
                golden.toString().replaceAll("MemberId\\[value=(\\w+)]", "$1").replaceAll("0{15}", ""));
    }

    /** For any cluster, layout and weights: what moves is what the new cache takes, and it takes no more than its part. */
    @Test
    void anAddedCacheMovesNoMoreThanItsPartOfTheData() {
        Random random = new Random(20_261);
        for (int round = 0; round < 60; round++) {
            int before = 3 + random.nextInt(round % 10 == 0 ? 100 : 12);
            CacheLayout layout = randomLayout(random, before);
            boolean equal = random.nextBoolean();
            Map<MemberId, Long> weights = new HashMap<>();
            for (int i = 0; i < before; i++) {
                weights.put(MemberId.random(), equal ? 1L << 40 : 1 + random.nextInt(1000));
            }
            long newWeight = equal
                    ? 1L << 40
                    : weights.values().stream().mapToLong(w -> w).sum() / before;
            CacheMap oldMap = CacheMap.after(Optional.empty(), layout, weights, 0);
            MemberId added = MemberId.random();
            weights.put(added, newWeight);
            CacheMap newMap = CacheMap.after(Optional.of(oldMap), layout, weights, 0);
            Placement from = new Placement(oldMap);
            Placement to = new Placement(newMap);
            int items = 0;
            int moved = 0;
            for (long piece = 0; piece < 20_000; piece++) {
                Set<Placement.Share> old = new HashSet<>(from.shares(piece));
                List<Placement.Share> now = to.shares(piece);
                items += now.size();
                for (Placement.Share share : now) {
                    if (!old.contains(share)) {
                        assertEquals(added, share.holder(), layout + ", " + before + " caches: nothing else moves");
                        moved++;
                    }
                }
            }
            // 20,000 draws are exact to a few permille of the whole only.
            double most = 1.05 * items / (before + 1) + 4 * Math.sqrt(items / (before + 1.0));
            assertTrue(
                    moved > 0 && (!equal || moved <= most),
                    layout + ": " + moved + " of " + items + " moved from " + before + " caches to one more");
        }
    }

    private static CacheLayout randomLayout(Random random, int caches) {
        if (random.nextInt(3) == 0) {
            return CacheLayout.pieces(1 + random.nextInt(2));
        }
        int data = 2 + random.nextInt(Math.min(caches - 2, 6));
        return CacheLayout.splitParity(data, 1 + random.nextInt(Math.min(caches - data, 10)));
    }

    @Test
    void everyPieceHasAllItsFragmentsSpreadAsFarAsPossible() {
        Random random = new Random(4);
        for (int caches = 1; caches <= 9; caches++) {
            for (int data = 2; data <= 6; data++) {
                CacheLayout layout = CacheLayout.splitParity(data, 1 + random.nextInt(3));
                List<CacheMap.Holder> holders = new ArrayList<>();
                // Numbers with gaps, as after caches have gone.
                int number = 0;
                for (int i = 0; i < caches; i++) {
                    holders.add(holder(number, 100));
                    number += 1 + random.nextInt(3);
                }
                Placement placement = of(layout, holders);
                int survivable = layout.survivableLosses(caches);
                for (long piece = 0; piece < 500; piece++) {
                    List<Placement.Share> shares = placement.shares(piece);
                    Map<MemberId, Set<Integer>> byHolder = new HashMap<>();
                    Set<Integer> fragments = new HashSet<>();
                    for (Placement.Share share : shares) {
                        assertTrue(fragments.add(share.fragment()), "each fragment once");
                        byHolder.computeIfAbsent(share.holder(), _ -> new HashSet<>())
                                .add(share.fragment());
                    }
                    assertEquals(layout.copies(), fragments.size());
                    assertEquals(Math.min(caches, layout.copies()), byHolder.size(), "on as many caches as possible");
                    int[] sizes = byHolder.values().stream()
                            .mapToInt(Set::size)
                            .sorted()
                            .toArray();
                    assertTrue(sizes[sizes.length - 1] - sizes[0] <= 1, "evenly");
                    int left = layout.copies();
                    for (int lost = 0; lost < survivable; lost++) {
                        left -= sizes[sizes.length - 1 - lost];
                    }
                    assertTrue(left >= data, layout + " on " + caches + " caches survives " + survivable);
                    for (CacheMap.Holder holder : holders) {
                        Set<Integer> own = byHolder.getOrDefault(holder.id(), Set.of());
                        assertEquals(own.size() > 0, placement.isHolder(holder.id(), piece));
                        assertEquals(
                                own,
                                Arrays.stream(placement.fragments(holder.id(), piece))
                                        .boxed()
                                        .collect(Collectors.toSet()));
                    }
                }
            }
        }
    }

    @Test
    void aClusterOfAsManyCachesAsFragmentsReadsDataFromAllOfThem() {
        Placement placement = of(CacheLayout.splitParity(2, 1), List.of(holder(0, 9), holder(1, 9), holder(2, 9)));
        Map<MemberId, Integer> data = new HashMap<>();
        for (long piece = 0; piece < 3000; piece++) {
            placement.shares(piece).stream()
                    .filter(share -> share.fragment() < 2)
                    .forEach(share -> data.merge(share.holder(), 1, Integer::sum));
        }
        assertEquals(3, data.size());
        data.values().forEach(count -> assertEquals(2000, count, 150));
    }

    /** The filter that saves logarithms changes nothing. */
    @Test
    void holdersAreThoseWithTheSmallestDraws() {
        Random random = new Random(7);
        for (int round = 0; round < 20; round++) {
            List<CacheMap.Holder> holders = new ArrayList<>();
            for (int i = 0; i < 1 + random.nextInt(100); i++) {
                holders.add(new CacheMap.Holder(MemberId.random(), 1 + random.nextLong(1L << (1 + i % 50)), i));
            }
            int replicas = 1 + random.nextInt(5);
            Placement placement = of(CacheLayout.pieces(replicas), holders);
            for (int i = 0; i < 500; i++) {
                long piece = random.nextLong();
                List<MemberId> expected = holders.stream()
                        .sorted(Comparator.comparingDouble(holder -> draw(holder, piece)))
                        .limit(replicas)
                        .map(CacheMap.Holder::id)
                        .toList();
                assertEquals(expected, placement.holders(piece));
                for (CacheMap.Holder holder : holders) {
                    assertEquals(expected.contains(holder.id()), placement.isHolder(holder.id(), piece));
                }
            }
        }
    }

    private static double draw(CacheMap.Holder holder, long piece) {
        long seed = mix(Long.parseUnsignedLong(holder.id().value(), 16));
        double uniform = ((mix(seed ^ mix(piece + 0x9E3779B97F4A7C15L)) >>> 11) + 0.5) * 0x1.0p-53;
        return -StrictMath.log(uniform) / holder.weight();
    }

    private static long mix(long value) {
        long z = value;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
