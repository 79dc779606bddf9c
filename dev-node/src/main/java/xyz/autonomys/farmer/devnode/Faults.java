package xyz.autonomys.farmer.devnode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Optional;
import xyz.autonomys.farmer.primitives.GenesisHash;
import xyz.autonomys.farmer.primitives.ProtocolSizes;

/** Everything one simulated node does wrong on purpose, by what it concerns (spec 06 §12 S11, S12). Thread-safe. */
final class Faults {
    private final SlotFaults slots = new SlotFaults();
    private final HeaderFaults headers = new HeaderFaults();
    private final AnswerFaults answers = new AnswerFaults();
    private BadPiece badPiece = BadPiece.MISSING;
    private int badPieces;
    private volatile boolean syncing;
    private volatile boolean behind;
    private volatile long historyAhead;
    private volatile long delayMillis;
    private volatile Optional<GenesisHash> genesisHash = Optional.empty();

    /** What can be wrong with a piece. */
    enum BadPiece {
        /** There is none. */
        MISSING,
        /** It is too short. */
        SHORT,
        /** Its bytes are others. */
        WRONG
    }

    SlotFaults slots() {
        return slots;
    }

    HeaderFaults headers() {
        return headers;
    }

    AnswerFaults answers() {
        return answers;
    }

    /** Says that the node syncs; no slots while it does. */
    void syncing(boolean value) {
        syncing = value;
    }

    boolean isSyncing() {
        return syncing;
    }

    /** Whether the node builds on the parent of the best block. */
    void behind(boolean value) {
        behind = value;
    }

    boolean isBehind() {
        return behind;
    }

    /** How many segments more than the chain has the node says there are, as while it syncs. */
    void historyAhead(long segments) {
        historyAhead = segments;
    }

    long historyAhead() {
        return historyAhead;
    }

    /** How much later than the chain's everything is announced. */
    void delay(long millis) {
        if (millis < 0) {
            throw new IllegalArgumentException("a delay is at least 0 ms, got " + millis);
        }
        delayMillis = millis;
    }

    long delayMillis() {
        return delayMillis;
    }

    /** Says that the chain is another one; empty ends that. */
    void genesisHash(Optional<GenesisHash> hash) {
        genesisHash = hash;
    }

    Optional<GenesisHash> genesisHash() {
        return genesisHash;
    }

    /** Spoils the next pieces. */
    synchronized void badPieces(BadPiece kind, int count) {
        badPiece = kind;
        badPieces = count;
    }

    /** The answer for a piece, spoiled if that is wanted. */
    synchronized JsonNode piece(JsonNode answer) {
        if (badPieces == 0 || answer.isNull()) {
            return answer;
        }
        badPieces--;
        String hex = answer.asText();
        return switch (badPiece) {
            case MISSING -> NullNode.getInstance();
            case SHORT -> TextNode.valueOf(hex.substring(0, 2 * (ProtocolSizes.PIECE_BYTES - 1)));
            case WRONG -> TextNode.valueOf(hex.substring(0, hex.length() - 1) + (hex.endsWith("0") ? '1' : '0'));
        };
    }
}
