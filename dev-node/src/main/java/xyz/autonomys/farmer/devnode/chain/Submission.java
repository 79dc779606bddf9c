package xyz.autonomys.farmer.devnode.chain;

import xyz.autonomys.farmer.primitives.Solution;

/**
 * A solution in the hands of a node that claims a slot with it.
 *
 * @param solution what a farmer submitted
 * @param node number of the node, from 0
 * @param signatures where this node gets reward signatures
 * @param behind whether the node has not imported the best block yet and builds on its parent
 */
public record Submission(Solution solution, int node, Signatures signatures, boolean behind) {}
