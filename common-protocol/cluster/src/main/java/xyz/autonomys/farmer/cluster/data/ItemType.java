package xyz.autonomys.farmer.cluster.data;

/**
 * What a cache holds under a piece index: the tag in requests, in the cache map and in the caches' files. A peer of an
 * older version refuses a tag it does not know and names it.
 */
public enum ItemType {
    /** The whole piece. */
    PIECE(1, "piece"),
    /** Fragments of the piece, as {@code cluster.parity.PieceFragment} describes them, one behind the other. */
    SPLIT_PARITY_PIECE(2, "split-parity-piece");

    private final int tag;
    private final String text;

    ItemType(int tag, String text) {
        this.tag = tag;
        this.text = text;
    }

    /** The tag, one unsigned byte. */
    public int tag() {
        return tag;
    }

    /** The name in options, messages and the cache map. */
    public String text() {
        return text;
    }

    /**
     * The type of this tag.
     *
     * @throws IllegalArgumentException naming the tag if there is none
     */
    public static ItemType ofTag(int tag) {
        for (ItemType type : values()) {
            if (type.tag == tag) {
                return type;
            }
        }
        throw new IllegalArgumentException(
                "cache item type " + tag + " is unknown; this version knows 1 (piece) and 2 (split-parity-piece)");
    }

    /**
     * The type of this name.
     *
     * @throws IllegalArgumentException naming the text if there is none
     */
    public static ItemType ofText(String text) {
        for (ItemType type : values()) {
            if (type.text.equals(text)) {
                return type;
            }
        }
        throw new IllegalArgumentException(
                "cache item type \"" + text + "\" is unknown; this version knows \"piece\" and \"split-parity-piece\"");
    }
}
