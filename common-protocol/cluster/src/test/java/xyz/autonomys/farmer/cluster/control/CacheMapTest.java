package xyz.autonomys.farmer.cluster.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class CacheMapTest {
    /** Recorded from the release before epochs had a start. */
    private static final String FORMER = "{\"v\":1,\"epoch\":7,\"itemType\":\"piece\",\"replicas\":2,\"members\":["
            + "{\"id\":\"00000000000000a1\",\"weight\":107374182400},"
            + "{\"id\":\"00000000000000b2\",\"weight\":214748364800}]}";

    private static MemberId id(int number) {
        return new MemberId(String.format("%016x", number));
    }

    private static Map<MemberId, Long> caches(int... numbers) {
        Map<MemberId, Long> weights = new HashMap<>();
        for (int number : numbers) {
            weights.put(id(number), 100L + number);
        }
        return weights;
    }

    private static CacheMap next(CacheMap before, int... numbers) {
        return CacheMap.after(Optional.ofNullable(before), CacheLayout.pieces(1), caches(numbers), 0);
    }

    private static Map<MemberId, Integer> numbers(CacheMap map) {
        return map.members().stream().collect(Collectors.toMap(CacheMap.Holder::id, CacheMap.Holder::number));
    }

    private static CacheMap decode(String text) throws ControlFormatException {
        return ControlCodec.decode(text.getBytes(StandardCharsets.UTF_8), CacheMap.class, "test");
    }

    @Test
    void theMapOfThePreviousReleaseIsRead() throws ControlFormatException {
        CacheMap map = decode(FORMER);
        assertEquals(
                new CacheMap(
                        7,
                        0,
                        CacheLayout.PIECE,
                        2,
                        0,
                        0,
                        List.of(
                                new CacheMap.Holder(id(0xa1), 107_374_182_400L, 0),
                                new CacheMap.Holder(id(0xb2), 214_748_364_800L, 1)),
                        List.of()),
                map);
        assertEquals(map, decode(new String(ControlCodec.encode(map), StandardCharsets.UTF_8)));
        assertThrows(ControlFormatException.class, () -> decode(FORMER.replace("\"piece\"", "\"crumb\"")));
    }

    @Test
    void cachesKeepTheirNumbersAndGetThemBack() {
        CacheMap first = next(null, 10, 20, 30);
        assertEquals(Map.of(id(10), 0, id(20), 1, id(30), 2), numbers(first));
        CacheMap second = next(first, 10, 30, 15);
        assertEquals(2, second.epoch());
        assertEquals(Map.of(id(10), 0, id(30), 2, id(15), 3), numbers(second), "number 1 waits for its cache");
        CacheMap third = next(second, 10, 15, 20, 30);
        assertEquals(Map.of(id(10), 0, id(20), 1, id(30), 2, id(15), 3), numbers(third));
        assertEquals(List.of(), third.departed());
    }

    @Test
    void numbersOfTheDepartedAreTakenWhenThereAreNoOthers() {
        int[] all = new int[CacheMap.MAX_MEMBERS];
        for (int i = 0; i < all.length; i++) {
            all[i] = i;
        }
        CacheMap full = next(null, all);
        all[0] = 1000;
        CacheMap replaced = next(full, all);
        assertEquals(0, numbers(replaced).get(id(1000)));
        assertEquals(List.of(), replaced.departed());
        int[] tooMany = new int[CacheMap.MAX_MEMBERS + 1];
        for (int i = 0; i < tooMany.length; i++) {
            tooMany[i] = i;
        }
        CacheMap largest = next(null, tooMany);
        assertEquals(CacheMap.MAX_MEMBERS, largest.members().size());
        assertTrue(
                largest.members().stream().noneMatch(holder -> holder.id().equals(id(0))), "the smallest is left out");
        assertTrue(ControlCodec.encode(largest).length < ControlCodec.MAX_MESSAGE_BYTES);
    }

    @Test
    void theMapSaysWhatLossItSurvives() {
        assertEquals(0, CacheLayout.pieces(1).survivableLosses(3));
        assertEquals(1, CacheLayout.pieces(2).survivableLosses(3));
        assertEquals(0, CacheLayout.pieces(2).survivableLosses(1));
        CacheLayout split = CacheLayout.splitParity(2, 1);
        assertEquals(1, split.survivableLosses(3));
        assertEquals(1, split.survivableLosses(9));
        assertEquals(0, split.survivableLosses(2), "one of two holds two of three fragments");
        assertEquals(1, CacheLayout.splitParity(4, 2).survivableLosses(3));
        assertEquals(0, CacheLayout.splitParity(4, 2).survivableLosses(2));
        assertTrue(
                next(null, 1, 2).describe().contains("a lost cache costs pieces"),
                next(null, 1, 2).describe());
    }

    @Test
    void layoutsThatCannotWorkAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> CacheLayout.pieces(0));
        assertThrows(IllegalArgumentException.class, () -> CacheLayout.splitParity(1, 1));
        assertThrows(IllegalArgumentException.class, () -> CacheLayout.splitParity(17, 1));
        assertThrows(IllegalArgumentException.class, () -> CacheLayout.splitParity(2, 0));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> new CacheLayout("crumb", 1, 0, 0))
                .getMessage()
                .contains("crumb"));
    }
}
