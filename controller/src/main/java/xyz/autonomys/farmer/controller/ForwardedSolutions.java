package xyz.autonomys.farmer.controller;

import java.util.LinkedHashMap;
import java.util.Map;
import xyz.autonomys.farmer.cluster.control.SolutionLedger;
import xyz.autonomys.farmer.primitives.SolutionResponse;

/** The newest solutions that this controller handed to its node, by κ: the reward address is no part of it. Thread-safe. */
final class ForwardedSolutions {
    /** More than all nodes of a network can take in the two minutes that count. */
    private static final int REMEMBERED = 1 << 16;

    private final Map<String, Boolean> newest = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > REMEMBERED;
        }
    };

    /** Notes a solution; false if it was noted before. */
    synchronized boolean add(SolutionResponse response) {
        return newest.put(SolutionLedger.kappa(response), true) == null;
    }
}
