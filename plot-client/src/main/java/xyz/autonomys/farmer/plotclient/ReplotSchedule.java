package xyz.autonomys.farmer.plotclient;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * When which sectors are plotted again, so that all are done before they expire although a farm plots only one sector in
 * so many seconds. Ordered by their expiry, the k-th sector has to be begun k sector times before it expires; a sector is
 * due when it, or one that expires after it, has to be begun. So replotting is spread over the time there is, and begins no
 * earlier than it must. Not thread-safe.
 */
final class ReplotSchedule {
    /** A sector is never given up with more than this part of its life before it: one over this number. */
    private static final int EARLIEST_PART = 4;

    private List<Integer> due = List.of();

    /**
     * A sector that will expire.
     *
     * @param index which
     * @param historySize history size it was plotted at (u64)
     * @param expires history size from which on it is worthless (u64)
     */
    record Expiring(int index, long historySize, long expires) {}

    /**
     * Computes anew which sectors are due.
     *
     * @param sectors those whose expiry is known
     * @param current history size now
     * @param sectorsPerSegment sectors that the farm can plot while history grows by a segment
     */
    void update(List<Expiring> sectors, long current, double sectorsPerSegment) {
        List<Expiring> sorted = new ArrayList<>(sectors);
        sorted.sort(Comparator.comparingLong(Expiring::expires).thenComparingInt(Expiring::index));
        int begun = 0;
        for (int i = 0; i < sorted.size(); i++) {
            Expiring sector = sorted.get(i);
            long lead = 1 + (long) Math.min(1e15, Math.ceil((i + 1) / Math.max(1e-9, sectorsPerSegment)));
            long longest = Math.max(1, (sector.expires() - sector.historySize()) / EARLIEST_PART);
            if (sector.expires() - Math.min(lead, longest) <= current) {
                begun = i + 1;
            }
        }
        List<Integer> indexes = new ArrayList<>();
        for (Expiring sector : sorted.subList(0, begun)) {
            // Plotted at the same history size, it would be the same sector.
            if (sector.historySize() < current) {
                indexes.add(sector.index());
            }
        }
        due = indexes;
    }

    /** The sector to be plotted again first, of those that are due and {@code free}; -1 if there is none. */
    int next(IntPredicate free) {
        for (int index : due) {
            if (free.test(index)) {
                return index;
            }
        }
        return -1;
    }

    /** Sectors that are due. */
    int due() {
        return due.size();
    }
}
