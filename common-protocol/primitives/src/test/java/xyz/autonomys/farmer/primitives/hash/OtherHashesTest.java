package xyz.autonomys.farmer.primitives.hash;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class OtherHashesTest {
    @Test
    void blake2bOfTheEmptyInput() {
        assertEquals(
                "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8",
                HexFormat.of().formatHex(Blake2b256.hash()));
    }

    @Test
    void xxHash64HasItsPublishedValues() {
        assertEquals(0xEF46DB3751D8E999L, XxHash64.hash(new byte[0], 0));
        assertEquals(0x44BC2CF5AD770999L, XxHash64.hash("abc".getBytes(StandardCharsets.US_ASCII), 0));
        assertEquals(
                0x0B242D361FDA71BCL,
                XxHash64.hash("The quick brown fox jumps over the lazy dog".getBytes(StandardCharsets.US_ASCII), 0));
    }

    @Test
    void storagePrefixesAreTwox128OfTheirNames() {
        assertEquals("26aa394eea5630e07c48ae0c9558cef7", HexFormat.of().formatHex(XxHash64.twox128("System")));
        assertEquals("b99d880ec681799c0cf30e8886371da9", HexFormat.of().formatHex(XxHash64.twox128("Account")));
    }
}
