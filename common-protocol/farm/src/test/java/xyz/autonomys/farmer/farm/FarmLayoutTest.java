package xyz.autonomys.farmer.farm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import xyz.autonomys.farmer.farm.FarmException.Reason;

/** From allocated size to sectors: specification 05 section 3 with what upstream's farmer did with the limits. */
class FarmLayoutTest {
    private static void assertLayout(long allocated, int sectors, long plot, long metadata, long capacity, long cache)
            throws FarmException {
        FarmLayout layout = FarmLayout.of(allocated, 1000, 1);
        assertEquals(sectors, layout.sectorCount());
        assertEquals(plot, layout.plotFileBytes());
        assertEquals(metadata, layout.metadataFileBytes());
        assertEquals(capacity, layout.cacheCapacity());
        assertEquals(cache, layout.cacheFileBytes());
    }

    @Test
    void upstreamsSizes() throws Exception {
        assertLayout(2_000_000_000L, 1, 1_056_899_072L, 1_183_744, 896, 939_646_976L);
        assertLayout(10_000_000_000L, 9, 9_512_067_072L, 2_232_320, 461, 483_459_072L);
        assertLayout(100_000_000_000L, 93, 98_291_335_168L, 13_242_368, 1_614, 1_692_622_848L);
        assertLayout(1_000_000_000_000L, 936, 989_254_717_440L, 123_777_024, 10_126, 10_619_260_928L);
        assertLayout(5_000_000_000_000L, 4_682, 4_948_387_373_056L, 614_936_576, 48_626, 50_994_671_616L);
        assertLayout(10L << 40, 10_297, 10_882_858_774_528L, 1_351_151_616, 105_752, 110_903_394_304L);
        assertLayout(1_070_766_869L, 1, 1_056_899_072L, 1_183_744, 10, 10_489_856);
    }

    @Test
    void theSampleFarmHasOneSectorAndNoCache() throws Exception {
        FarmLayout layout = FarmLayout.of(5_400_000, 2, 1);
        assertEquals(1, layout.sectorCount());
        assertEquals(2_117_632, layout.plotFileBytes());
        assertEquals(1_183_744, layout.metadataFileBytes());
        assertEquals(0, layout.cacheCapacity());
    }

    @Test
    void sectorSizesAreUpstreams() throws Exception {
        for (JsonNode golden : SampleFarm.golden().get("sector_sizes")) {
            assertEquals(
                    golden.get("sector").asLong(),
                    FarmLayout.sectorBytes(golden.get("pieces").asInt()));
        }
    }

    @Test
    void theMinimumIsTheTrueOne() {
        assertEquals(1_070_766_869L, FarmLayout.minimumBytes(1000, 1));
        assertEquals(1_081_661_869L, FarmLayout.minimumBytes(1000, 2));
        assertEquals(2_117_121_069L, FarmLayout.minimumBytes(1000, 50));
        assertEquals(105_706_186_069L, FarmLayout.minimumBytes(1000, 99));
        for (long tooSmall : new long[] {0, 1, 3_058_469, 1_070_762_769, 1_070_766_868}) {
            FarmException e = assertThrows(FarmException.class, () -> FarmLayout.of(tooSmall, 1000, 1));
            assertEquals(Reason.BAD_SIZE, e.reason());
            assertTrue(e.getMessage().contains("at least 1070766869 bytes"), e.getMessage());
        }
    }

    @Test
    void aFarmOfMoreThan65534SectorsIsRefused() {
        FarmException e = assertThrows(FarmException.class, () -> FarmLayout.of(70_000_000_000_000L, 1000, 1));
        assertEquals(Reason.BAD_SIZE, e.reason());
        assertTrue(e.getMessage().contains("65561 sectors"), e.getMessage());
    }

    @Property(tries = 300)
    void allocationForSomeSectorsHoldsExactlyThese(
            @ForAll @IntRange(min = 1, max = 65_534) int sectors,
            @ForAll @IntRange(min = 1, max = 1000) int pieces,
            @ForAll @IntRange(max = 99) int cache)
            throws FarmException {
        long bytes = FarmLayout.allocationFor(sectors, pieces, cache);
        assertEquals(sectors, FarmLayout.of(bytes, pieces, cache).sectorCount());
        if (sectors > 1) {
            assertEquals(sectors - 1, FarmLayout.of(bytes - 1, pieces, cache).sectorCount());
        }
    }
}
