/**
 * The simulated node: a real chain history made by our archiver, real verification of every solution, and a node's RPC
 * interface that a farmer cannot tell from the real one (spec 06 §12). It is the oracle of the integration tests and the
 * node of {@code autonomys-farmer dev}. {@code DevNode} starts it; {@code chain} is what happens, this package how
 * farmers see it.
 */
package xyz.autonomys.farmer.devnode;
