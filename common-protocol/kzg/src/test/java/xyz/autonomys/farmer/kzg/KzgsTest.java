package xyz.autonomys.farmer.kzg;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import xyz.autonomys.farmer.kzg.blst.BlstCurve;
import xyz.autonomys.farmer.kzg.java.JavaCurve;

class KzgsTest {
    @Test
    void usesTheBackEndThatIsAskedFor() {
        assertInstanceOf(JavaCurve.class, Kzgs.choose("java"));
        assertInstanceOf(BlstCurve.class, Kzgs.choose("blst"));
        assertInstanceOf(BlstCurve.class, Kzgs.choose(""));
        assertTrue(assertThrows(IllegalStateException.class, () -> Kzgs.choose("cuda"))
                .getMessage()
                .contains("farmer.kzg is java or blst or not set, not \"cuda\""));
    }
}
