package xyz.autonomys.farmer.cache.sharded;

import java.util.BitSet;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which cells of a store are taken. A slot is one cell for a whole piece or as many cells for fragments as there are data
 * fragments of a piece; while a cell of it is taken the slot stays as it is. Cells of one kind are numbered through all
 * slots. Not thread-safe.
 */
final class CellMap {
    private final int slots;
    /** Into how many parts each slot is divided, 0 if it is free. */
    private final byte[] partsOf;

    private final Map<Integer, BitSet> taken = new TreeMap<>();
    /** Slots of a kind with free cells. */
    private final Map<Integer, BitSet> open = new TreeMap<>();

    private final Map<Integer, Long> openCells = new TreeMap<>();
    private final BitSet usedSlots = new BitSet();

    CellMap(int slots) {
        this.slots = slots;
        this.partsOf = new byte[slots];
    }

    private BitSet taken(int parts) {
        return taken.computeIfAbsent(parts, _ -> new BitSet());
    }

    private BitSet open(int parts) {
        return open.computeIfAbsent(parts, _ -> new BitSet());
    }

    /** Takes this cell unless it is taken or its slot is of another kind, and says whether it did. */
    boolean take(int parts, int cell) {
        int slot = cell / parts;
        if ((partsOf[slot] != 0 && partsOf[slot] != parts) || taken(parts).get(cell)) {
            return false;
        }
        if (partsOf[slot] == 0) {
            partsOf[slot] = (byte) parts;
            usedSlots.set(slot);
            openCells.merge(parts, (long) parts, Long::sum);
        }
        taken(parts).set(cell);
        openCells.merge(parts, -1L, Long::sum);
        open(parts).set(slot, hasFreeCell(parts, slot));
        return true;
    }

    /** A cell that can be taken, -1 if there is none. */
    int free(int parts) {
        int slot = open(parts).nextSetBit(0);
        if (slot < 0) {
            slot = usedSlots.nextClearBit(0);
        }
        return slot >= slots ? -1 : taken(parts).nextClearBit(slot * parts);
    }

    /** Gives a cell back. */
    void release(int parts, int cell) {
        int slot = cell / parts;
        taken(parts).clear(cell);
        int next = taken(parts).nextSetBit(slot * parts);
        if (next < 0 || next >= (slot + 1) * parts) {
            partsOf[slot] = 0;
            usedSlots.clear(slot);
            open(parts).clear(slot);
            openCells.merge(parts, -(parts - 1L), Long::sum);
        } else {
            openCells.merge(parts, 1L, Long::sum);
            open(parts).set(slot);
        }
    }

    private boolean hasFreeCell(int parts, int slot) {
        return taken(parts).nextClearBit(slot * parts) < (slot + 1) * parts;
    }

    /** Cells of a kind that can be taken. */
    long room(int parts) {
        return (slots - usedSlots.cardinality()) * (long) parts + openCells.getOrDefault(parts, 0L);
    }
}
