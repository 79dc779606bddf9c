package xyz.autonomys.farmer.node;

import java.util.Random;

/** Texts with a few characters removed, added or changed, for decoders that must take anything. */
public final class MutatedText {
    private static final String INSERTED = "0123456789abcdef{}[],:\"-.eE \\u";

    private MutatedText() {}

    /** {@code text} with one to four changes. */
    public static String of(String text, Random random) {
        StringBuilder changed = new StringBuilder(text);
        for (int i = random.nextInt(4); i >= 0 && !changed.isEmpty(); i--) {
            int at = random.nextInt(changed.length());
            switch (random.nextInt(5)) {
                case 0 -> changed.deleteCharAt(at);
                case 1 -> changed.insert(at, INSERTED.charAt(random.nextInt(INSERTED.length())));
                case 2 -> changed.setCharAt(at, (char) (32 + random.nextInt(95)));
                case 3 -> changed.setLength(at);
                default -> {
                    int end = Math.min(changed.length(), at + random.nextInt(40));
                    changed.insert(at, changed.substring(at, end));
                }
            }
        }
        return changed.toString();
    }
}
