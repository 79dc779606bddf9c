package xyz.autonomys.farmer.archiving;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class ChaCha8Test {
    @Test
    void keyStreamOfTheZeroKey() {
        byte[] stream = GoldenHistory.keyStream(0, 64);
        assertEquals(
                "3e00ef2f895f40d67f5bb8e81f09a5a12c840ec3ce9a7f3b181be188ef711a1e"
                        + "984ce172b9216f419f445367456d5619314a42a3da86b001387bfdb80e0cfe42",
                HexFormat.of().formatHex(stream));
    }

    @Test
    void aShorterStreamIsAPrefix() {
        byte[] stream = GoldenHistory.keyStream(7, 1000);
        for (int length : new int[] {0, 1, 63, 64, 65, 200}) {
            assertArrayEquals(Arrays.copyOf(stream, length), GoldenHistory.keyStream(7, length));
        }
    }
}
