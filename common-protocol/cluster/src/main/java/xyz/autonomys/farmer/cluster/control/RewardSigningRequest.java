package xyz.autonomys.farmer.cluster.control;

import xyz.autonomys.farmer.primitives.RewardSigningInfo;

/**
 * A node wants a block or vote signed.
 *
 * @param controller the controller of that node, to which the signature goes
 * @param request what to sign
 */
public record RewardSigningRequest(MemberId controller, RewardSigningInfo request) {}
