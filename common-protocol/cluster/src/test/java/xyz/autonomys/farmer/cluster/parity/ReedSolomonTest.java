package xyz.autonomys.farmer.cluster.parity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.Piece;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.primitives.hash.Blake3;

class ReedSolomonTest {
    private static byte[] bytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static Piece piece(long seed) {
        return Piece.wrap(bytes(new Random(seed), ProtocolSizes.PIECE_BYTES));
    }

    @Test
    void theFieldIsAField() {
        for (int a = 1; a < 256; a++) {
            assertEquals(1, Gf256.multiply(a, Gf256.inverse(a)));
            assertEquals(0, Gf256.multiply(a, 0));
            for (int b = 1; b < 256; b += 7) {
                int product = 0;
                for (int bit = 0; bit < 8; bit++) {
                    product ^= (b >> bit & 1) * a << bit;
                }
                for (int bit = 15; bit >= 8; bit--) {
                    product ^= (product >> bit & 1) * (0x11D << (bit - 8));
                }
                assertEquals(product, Gf256.multiply(a, b));
            }
        }
        assertThrows(ArithmeticException.class, () -> Gf256.inverse(0));
    }

    @Test
    void vectorsGiveTheBytesOfPlainJava() {
        Random random = new Random(5);
        RowArithmetic plain = new PlainRows();
        RowArithmetic lanes = new LaneRows();
        for (int round = 0; round < 600; round++) {
            int length = random.nextInt(300);
            int sourceOffset = random.nextInt(40);
            int targetOffset = random.nextInt(40);
            byte[] source = bytes(random, sourceOffset + length + random.nextInt(9));
            byte[] expected = bytes(random, targetOffset + length + random.nextInt(9));
            byte[] actual = expected.clone();
            int factor = round % 256;
            plain.multiplyAdd(factor, source, sourceOffset, expected, targetOffset, length);
            lanes.multiplyAdd(factor, source, sourceOffset, actual, targetOffset, length);
            assertArrayEquals(expected, actual, "round " + round);
        }
    }

    /** Any sufficient set of fragments, whatever their numbers, gives the data back. */
    @Test
    void anySufficientSetOfFragmentsRebuildsTheData() {
        Random random = new Random(11);
        for (int round = 0; round < 300; round++) {
            int k = 1 + random.nextInt(16);
            ReedSolomon code = new ReedSolomon(k, round % 2 == 0 ? new PlainRows() : new LaneRows());
            byte[] data = bytes(random, 1 + random.nextInt(round % 50 == 0 ? 300_000 : 2000));
            int row = code.fragmentBytes(data.length);
            List<Integer> all = new ArrayList<>();
            for (int i = 0; i < 256; i++) {
                all.add(i);
            }
            Collections.shuffle(round % 3 == 0 ? all : all.subList(0, Math.min(256, 2 * k)), random);
            int[] numbers = new int[k];
            byte[][] fragments = new byte[k][];
            for (int i = 0; i < k; i++) {
                numbers[i] = all.get(i);
                fragments[i] = bytes(random, 5 + row);
                code.encode(numbers[i], data, fragments[i], 5);
            }
            byte[] rebuilt = bytes(random, data.length);
            code.decode(numbers, fragments, 5, rebuilt);
            assertArrayEquals(data, rebuilt, "round " + round);
        }
    }

    /** Fragments lie on disks and travel between releases. */
    @Test
    void fragmentsHaveTheseBytes() {
        byte[] data = HexFormat.of().parseHex("000102030405060708090a0b0c0d0e");
        List<String> fragments = new ArrayList<>();
        ReedSolomon code = new ReedSolomon(2, new PlainRows());
        for (int number : new int[] {0, 1, 2, 3, 255}) {
            byte[] fragment = new byte[8];
            code.encode(number, data, fragment, 0);
            fragments.add(HexFormat.of().formatHex(fragment));
            for (int i = 0; i < 8; i++) {
                int low = Gf256.multiply(data[i], number < 2 ? 1 - number : Gf256.inverse(number));
                int high = i == 7 ? 0 : Gf256.multiply(data[8 + i], number < 2 ? number : Gf256.inverse(number ^ 1));
                assertEquals((byte) (low ^ high), fragment[i], "fragment " + number);
            }
        }
        assertEquals("0001020304050607", fragments.get(0));
        assertEquals("08090a0b0c0d0e00", fragments.get(1));
    }

    @Test
    void fewerOrEqualFragmentsAreRefused() {
        ReedSolomon code = new ReedSolomon(2, new PlainRows());
        byte[][] two = {new byte[4], new byte[4]};
        assertThrows(IllegalArgumentException.class, () -> code.decode(new int[] {1}, two, 0, new byte[8]));
        assertThrows(IllegalArgumentException.class, () -> code.decode(new int[] {3, 3}, two, 0, new byte[8]));
        assertThrows(IllegalArgumentException.class, () -> new ReedSolomon(0));
    }

    @Test
    void aPieceComesBackFromItsFragmentsAndTheirBytes() {
        Piece piece = piece(1);
        Blake3Hash checksum = Blake3.hash(piece.array());
        for (int k = 2; k <= PieceFragment.MAX_DATA_FRAGMENTS; k += 7) {
            FragmentSet set = new FragmentSet();
            Optional<Piece> rebuilt = Optional.empty();
            for (int i = 0; i < k; i++) {
                assertTrue(rebuilt.isEmpty());
                PieceFragment fragment = PieceFragment.cut(piece, checksum, k, 3 * i + 1);
                assertEquals(PieceFragment.bytesOf(k), fragment.bytes().length);
                PieceFragment decoded = PieceFragment.decode(fragment.bytes());
                assertEquals(fragment, decoded);
                assertEquals(checksum, decoded.pieceChecksum());
                assertEquals(3 * i + 1, decoded.number());
                set.add(decoded);
                rebuilt = set.add(decoded);
                assertTrue(rebuilt.isEmpty(), "the same fragment twice is no help");
                if (i == k - 1) {
                    FragmentSet again = new FragmentSet();
                    for (int j = 0; j < k; j++) {
                        rebuilt = again.add(PieceFragment.cut(piece, checksum, k, 3 * j + 1));
                    }
                }
            }
            assertEquals(piece, rebuilt.orElseThrow());
        }
    }

    @Test
    void aWrongFragmentOnlyCostsAnother() {
        Piece piece = piece(2);
        Blake3Hash checksum = Blake3.hash(piece.array());
        byte[] wrong = PieceFragment.cut(piece, checksum, 2, 0).bytes().clone();
        wrong[1000] ^= 1;
        FragmentSet set = new FragmentSet();
        assertTrue(set.add(PieceFragment.decode(wrong)).isEmpty());
        assertTrue(set.add(PieceFragment.cut(piece, checksum, 2, 7)).isEmpty());
        Piece other = piece(3);
        assertTrue(set.add(PieceFragment.cut(other, Blake3.hash(other.array()), 2, 9))
                .isEmpty());
        assertEquals(piece, set.add(PieceFragment.cut(piece, checksum, 2, 4)).orElseThrow());
    }

    @Test
    void otherBytesAreNoFragment() {
        byte[] good =
                PieceFragment.cut(piece(4), Blake3.hash(new byte[1]), 16, 200).bytes();
        for (int at : new int[] {0, 1, 3}) {
            byte[] bad = good.clone();
            bad[at] = 77;
            assertThrows(IllegalArgumentException.class, () -> PieceFragment.decode(bad));
        }
        assertThrows(
                IllegalArgumentException.class,
                () -> PieceFragment.decode(java.util.Arrays.copyOf(good, good.length - 1)));
        assertThrows(IllegalArgumentException.class, () -> PieceFragment.decode(new byte[0]));
    }
}
