package xyz.autonomys.farmer.primitives.scale;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HexFormat;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScaleTest {
    @ParameterizedTest
    @CsvSource({
        "0, 00",
        "6, 18",
        "57, e4",
        "63, fc",
        "64, 0101",
        "786, 490c",
        "16383, fdff",
        "16384, 02000100",
        "130023418, eaffff1e",
        "1048672, 82014000",
        "1073741823, feffffff",
        "1073741824, 0300000040",
        "4294967296, 070000000001"
    })
    void compactIntegersHaveTheirShortestForm(long value, String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        assertArrayEquals(bytes, new ScaleWriter(8).compact(value).toBytes());
        assertEquals(value, new ScaleReader(bytes, "test").compact("value"));
    }

    @ParameterizedTest
    @CsvSource({"0100", "02000000", "03ffffff3f", "0700000040", "13000000000000000000", "01", "0b0000"})
    void otherFormsOfCompactIntegersAreRefused(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        assertThrows(ScaleException.class, () -> new ScaleReader(bytes, "test").compact("value"));
    }

    @Property
    void everyUnsignedLongSurvives(@ForAll long value) {
        byte[] bytes = new ScaleWriter(16).compact(value).u64(value).toBytes();
        ScaleReader in = new ScaleReader(bytes, "test");
        assertEquals(value, in.compact("compact"));
        assertEquals(value, in.u64("fixed"));
        in.finish();
    }

    @Test
    void errorsNameValueOffsetAndExpectation() {
        ScaleReader in = new ScaleReader(new byte[] {1, 2, 3}, "thing");
        in.u16("first");
        ScaleException e = assertThrows(ScaleException.class, () -> in.u64("second"));
        assertEquals("SCALE thing, offset 2: second takes 8 bytes, only 1 are left", e.getMessage());
        assertEquals(2, e.offset());
    }

    @Test
    void aForgedVectorLengthIsRefusedBeforeMemoryIsReserved() {
        byte[] bytes = new ScaleWriter(8).compact(1L << 40).toBytes();
        ScaleException e =
                assertThrows(ScaleException.class, () -> new ScaleReader(bytes, "list").vectorLength(8, "items"));
        assertTrue(e.getMessage().contains("1099511627776 elements"), e.getMessage());
    }

    @Test
    void integersThatDoNotFitAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new ScaleWriter(4).u16(65_536));
        assertThrows(IllegalArgumentException.class, () -> new ScaleWriter(4).u32(-1));
    }
}
