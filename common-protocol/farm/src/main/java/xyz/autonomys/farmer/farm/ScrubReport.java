package xyz.autonomys.farmer.farm;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

/**
 * What the check of a farm found.
 *
 * @param sectors sectors that were checked
 * @param notPlotted sectors among them that have to be plotted: placeholders, those of this check included
 * @param cacheElements elements of the piece cache that were checked
 * @param findings faults in the order of files and places; empty if the farm is clean
 */
public record ScrubReport(int sectors, int notPlotted, long cacheElements, List<Finding> findings) {
    /** Takes a copy of the list. */
    public ScrubReport {
        findings = List.copyOf(findings);
    }

    /** Whether nothing is wrong. */
    public boolean isClean() {
        return findings.isEmpty();
    }

    /** Whether everything that was wrong has been repaired. */
    public boolean isRepaired() {
        return findings.stream().allMatch(Finding::repaired);
    }

    /**
     * A fault.
     *
     * @param file where it is
     * @param offset first byte of the faulty part
     * @param sector sector it belongs to
     * @param fault what was expected and what was found
     * @param repair what mends it
     * @param repaired whether that was done
     */
    public record Finding(Path file, long offset, OptionalInt sector, String fault, String repair, boolean repaired) {
        @Override
        public String toString() {
            return file + ", byte " + offset + (sector.isPresent() ? ", sector " + sector.getAsInt() : "") + ": "
                    + fault + "; " + (repaired ? "repaired: " : "remedy: ") + repair;
        }
    }
}
