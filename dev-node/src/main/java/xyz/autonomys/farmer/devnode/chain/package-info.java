/**
 * The simulated chain: proof of time, blocks, votes, rewards and history. Everything a farmer can observe follows the
 * real chain's rules (spec 06 §5, §7, §10, §12, §13); what it cannot observe, such as state roots, is filler. No class
 * here knows about connections.
 */
package xyz.autonomys.farmer.devnode.chain;
