/**
 * The simulated network: a real chain history made by our archiver, real verification of every solution, and nodes with
 * an RPC interface that a farmer cannot tell from the real one (spec 06 §12). It is the oracle of the integration tests and the
 * node of {@code autonomys-farmer dev}. {@code DevNode} starts it; {@code chain} is what happens, {@code RpcNode}
 * how farmers see it through one node, {@code FaultCommands} what can be made to go wrong.
 */
package xyz.autonomys.farmer.devnode;
