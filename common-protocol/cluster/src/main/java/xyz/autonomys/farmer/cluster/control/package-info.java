/**
 * The control plane: small versioned messages over NATS, and the state that must survive in JetStream.
 *
 * <p>{@link xyz.autonomys.farmer.cluster.control.ControlPlane} owns the connection and hands out one object for each
 * thing the cluster agrees on: its identity, its members, segment headers, the cache map, plotting tasks, staged
 * sectors, slots, solutions, reward signatures and farm leases. Core NATS carries what is worthless when late;
 * JetStream carries what must survive. Every payload passes {@link
 * xyz.autonomys.farmer.cluster.control.ControlCodec}, which adds and checks the version and the size limit, and every
 * name passes {@link xyz.autonomys.farmer.cluster.control.Subjects}.
 *
 * <p>The decisions are those of section 3 of the design: readers judge liveness by their own clock, creation of a key
 * is the only way to claim something, and no message is larger than 64 KiB. Bulk data never travels here.
 */
package xyz.autonomys.farmer.cluster.control;
