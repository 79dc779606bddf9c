package xyz.autonomys.farmer.plotclient;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.ToLongFunction;
import xyz.autonomys.farmer.cluster.control.SlotAnnouncement;
import xyz.autonomys.farmer.farm.Farm;
import xyz.autonomys.farmer.telemetry.Meters;

/** What is done with a slot: every farm audits it and proves what it wins, each on its own. */
final class Farming implements AutoCloseable {
    private final FarmingTimes times;
    private final FarmWorker.FarmingRules rules;
    private final ProofClient proofs;
    private final SolutionSubmitter submitter;
    private final List<FarmWorker> workers = new CopyOnWriteArrayList<>();

    Farming(FarmWorker.FarmingRules rules, ProofClient proofs, SolutionSubmitter submitter, Meters meters) {
        this.rules = rules;
        this.proofs = proofs;
        this.submitter = submitter;
        this.times = new FarmingTimes(meters);
    }

    /** One more farm, from the next slot on. */
    void add(Farm farm, FarmFigures figures) {
        workers.add(new FarmWorker(farm, figures, rules, proofs, submitter, times));
    }

    /** Slots audited, of the farm that has audited most. */
    long audits() {
        return most(FarmWorker::audits);
    }

    /** Slots that were dropped since audits of slots before them took too long, of the farm that has dropped most. */
    long missed() {
        return most(FarmWorker::missed);
    }

    private long most(ToLongFunction<FarmWorker> figure) {
        return workers.stream().mapToLong(figure).max().orElse(0);
    }

    FarmingTimes times() {
        return times;
    }

    /** A new slot. Returns at once. */
    void slot(SlotAnnouncement announcement) {
        FarmingSlot slot = new FarmingSlot(announcement);
        workers.forEach(worker -> worker.slot(slot));
    }

    @Override
    public void close() {
        workers.forEach(FarmWorker::closing);
        workers.forEach(FarmWorker::close);
    }
}
