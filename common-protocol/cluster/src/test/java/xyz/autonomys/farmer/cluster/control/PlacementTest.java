package xyz.autonomys.farmer.cluster.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PlacementTest {
    private static final int ITEMS = 50_000;

    private static CacheMap.Holder holder(int number, long weight) {
        return new CacheMap.Holder(new MemberId(String.format("%016x", number)), weight);
    }

    private static Placement of(int replicas, CacheMap.Holder... holders) {
        return new Placement(new CacheMap(1, CacheMap.PIECE, replicas, List.of(holders)));
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
        Placement before = new Placement(new CacheMap(1, CacheMap.PIECE, 1, holders));
        CacheMap.Holder added = holder(99, 100);
        holders.add(added);
        Placement after = new Placement(new CacheMap(2, CacheMap.PIECE, 1, holders));
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
}
