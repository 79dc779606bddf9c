package xyz.autonomys.farmer.devnode.chain;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import xyz.autonomys.farmer.node.SignedBlock;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.PotOutput;
import xyz.autonomys.farmer.primitives.Solution;
import xyz.autonomys.farmer.primitives.hash.Blake3;
import xyz.autonomys.farmer.primitives.scale.ScaleWriter;

/**
 * The proof of time of a chain: the proofs of slots that a later block still has to carry, and the entropy that blocks
 * contribute to slots after them (spec 06 §12, S3). Not thread-safe.
 */
final class ProvenSlots {
    private static final int ENTROPY_INTERVAL = 50;
    private static final long ENTROPY_DELAY_BLOCKS = 2L * ENTROPY_INTERVAL;
    private static final int INJECTION_DELAY_SLOTS = 15;

    private final int iterations;
    private final ProofOfTime time;
    private final TreeMap<Long, SlotProof> proofs = new TreeMap<>();
    private final Map<Long, Blake3Hash> entropies = new HashMap<>();
    private final TreeMap<Long, Blake3Hash> injections = new TreeMap<>();
    private long lastSlot;

    /**
     * Entropy that takes effect.
     *
     * @param slot the slot after which it does
     * @param source number of the block that contributed it
     * @param value the entropy
     */
    record Injection(long slot, long source, Blake3Hash value) {}

    /** The slots of a new chain. */
    ProvenSlots(ProofOfTime time, int iterations) {
        this.time = time;
        this.iterations = iterations;
    }

    /**
     * Goes on after a restart.
     *
     * @param time what proves the slot after {@code provenSlot}
     * @param provenSlot the last slot that the best block has proven
     * @param state what was saved; slots that were announced before the restart are proven again
     */
    ProvenSlots(ProofOfTime time, int iterations, long provenSlot, ChainState state) {
        this(time, iterations);
        entropies.putAll(state.entropies());
        injections.putAll(state.injections());
        lastSlot = provenSlot;
        Blake3Hash entropy = injections.get(provenSlot);
        if (entropy != null) {
            time.inject(entropy.toBytes());
        }
        while (lastSlot < state.lastSlot()) {
            next();
        }
    }

    /** Proves the next slot. */
    SlotProof next() {
        PotOutput seed = time.seed();
        SlotProof proof = new SlotProof(++lastSlot, seed, time.next());
        proofs.put(proof.slot(), proof);
        Blake3Hash entropy = injections.remove(proof.slot());
        if (entropy != null) {
            time.inject(entropy.toBytes());
        }
        return proof;
    }

    /** The last slot that was proven, 0 if none was. */
    long last() {
        return lastSlot;
    }

    /** Whether the proof of a slot is known and not forgotten. */
    boolean contains(long slot) {
        return proofs.containsKey(slot);
    }

    /** The proof of a slot that {@link #contains}. */
    SlotProof get(long slot) {
        return proofs.get(slot);
    }

    /** Forgets the proofs of earlier slots. */
    void forgetBefore(long slot) {
        proofs.headMap(slot, false).clear();
    }

    /** The entropy that takes effect through a block. */
    Optional<Injection> injectionBy(long number, long slot) {
        if (number % ENTROPY_INTERVAL != 0) {
            return Optional.empty();
        }
        long source = number - ENTROPY_DELAY_BLOCKS;
        return Optional.ofNullable(entropies.get(source))
                .map(value -> new Injection(slot + INJECTION_DELAY_SLOTS, source, value));
    }

    /** Takes over what a new block injects and contributes. */
    void add(long number, Solution solution, PotOutput output, Optional<Injection> injection) {
        injection.filter(due -> due.slot() > lastSlot).ifPresent(due -> {
            injections.put(due.slot(), due.value());
            entropies.remove(due.source());
        });
        if (number % ENTROPY_INTERVAL == 0) {
            entropies.put(number, Blake3.hash(solution.chunk().toBytes(), output.toBytes()));
        }
    }

    /** The digest log of an injection. */
    byte[] log(Injection injection) {
        return DigestLogs.potChange(
                injection.slot(), iterations, injection.value().toBytes());
    }

    /** Checkpoints of all slots from one to another, both included. */
    SignedBlock.Justification justification(long from, long to) {
        ScaleWriter out = new ScaleWriter((int) (32 + 128 * (to - from + 1)));
        out.u8(0).bytes(proofs.get(from).seed()).compact(to - from + 1);
        for (long slot = from; slot <= to; slot++) {
            proofs.get(slot).checkpoints().forEach(out::bytes);
        }
        return new SignedBlock.Justification(DigestLogs.ENGINE, out.toBytes());
    }

    /** Entropy that waits for its block, by the block that contributed it. */
    Map<Long, Blake3Hash> entropies() {
        return Map.copyOf(entropies);
    }

    /** Entropy that waits for its slot. */
    Map<Long, Blake3Hash> injections() {
        return Map.copyOf(injections);
    }
}
