package xyz.autonomys.farmer.pos;

/**
 * The state words of a node hash after the steps of the first round that no message word reaches: with at most six message
 * words that is its fourth column, with at most four also the third. They depend on the message length only.
 */
final class HashConstants {
    private static final int FLAGS = Blake3Block.CHUNK_START | Blake3Block.CHUNK_END | Blake3Block.ROOT;

    final int length;
    final int v2;
    final int v6;
    final int v10;
    final int v14;
    final int v3;
    final int v7;
    final int v11;
    final int v15;

    HashConstants(int length) {
        this.length = length;
        int[] third = column(2, length);
        v2 = third[0];
        v6 = third[1];
        v10 = third[2];
        v14 = third[3];
        int[] fourth = column(3, FLAGS);
        v3 = fourth[0];
        v7 = fourth[1];
        v11 = fourth[2];
        v15 = fourth[3];
    }

    private static int[] column(int index, int last) {
        int a = Blake3Block.iv(index) + Blake3Block.iv(index + 4);
        int d = Integer.rotateRight(last ^ a, 16);
        int c = Blake3Block.iv(index) + d;
        int b = Integer.rotateRight(Blake3Block.iv(index + 4) ^ c, 12);
        a += b;
        d = Integer.rotateRight(d ^ a, 8);
        c += d;
        b = Integer.rotateRight(b ^ c, 7);
        return new int[] {a, b, c, d};
    }
}
