package xyz.autonomys.farmer.primitives;

/**
 * A solution on its way to the node.
 *
 * @param slotNumber slot it solves (u64)
 * @param solution the solution
 */
public record SolutionResponse(long slotNumber, Solution solution) {}
