package xyz.autonomys.farmer.farm;

import java.util.List;
import xyz.autonomys.farmer.sector.audit.SectorAudit;

/**
 * What the audit of a farm for one challenge found.
 *
 * @param hits sectors with chunks that may win, the one with the nearest chunk first
 * @param sectorsAudited sectors whose s-bucket was read
 * @param failures sectors that could not be read
 */
public record FarmAudit(List<Hit> hits, int sectorsAudited, List<Failure> failures) {
    /** Takes copies of the lists. */
    public FarmAudit {
        hits = List.copyOf(hits);
        failures = List.copyOf(failures);
    }

    /**
     * A sector with chunks that may win.
     *
     * @param sector the sector as it was when it was read
     * @param audit its candidates, nearest first
     */
    public record Hit(SectorSummary sector, SectorAudit audit) {
        /** Distance of the nearest chunk, unsigned. */
        public long bestDistance() {
            return audit.candidates().getFirst().distance();
        }
    }

    /**
     * A sector that could not be read.
     *
     * @param sectorIndex its index
     * @param reason what the system said
     */
    public record Failure(int sectorIndex, String reason) {}
}
