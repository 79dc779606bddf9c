/**
 * {@code autonomys-farmer dev}: a whole cluster on one machine. {@code DevCluster} starts nats-server, the simulated node
 * and every role as processes of their own, exactly as an operator would, and starts again what dies; {@code DevView} asks
 * the node and the members how things are; {@code DevDisplay} and {@code DevSummary} show it.
 */
package xyz.autonomys.farmer.cli.dev;
