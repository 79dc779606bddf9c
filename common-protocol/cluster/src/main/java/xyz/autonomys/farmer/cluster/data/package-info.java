/**
 * The data plane: bulk bytes from host to host over TCP.
 *
 * <p>A process has one {@link xyz.autonomys.farmer.cluster.data.DataServer} on one port, where its roles register a
 * handler per kind of {@link xyz.autonomys.farmer.cluster.data.DataRequest}, and one {@link
 * xyz.autonomys.farmer.cluster.data.DataClient} with a few connections to each peer. A connection starts with a
 * handshake in which both sides prove that they know the cluster secret ({@link
 * xyz.autonomys.farmer.cluster.data.Handshake}); then it carries frames of a fixed header and at most 1 MiB ({@link
 * xyz.autonomys.farmer.cluster.data.FrameType}). Many requests share a connection. The receiver of bulk bytes grants
 * credit in bytes for each request and grants more as it consumes, so nothing piles up anywhere: event loops only copy
 * and count, handlers and callers are virtual threads that block on credit with a deadline.
 *
 * <p>Every item carries the BLAKE3 of its whole content, which the receiver checks. Files go to the socket without a
 * copy and can be continued at an offset. What a peer did wrong is counted by kind and lowers a health score that
 * recovers with time ({@link xyz.autonomys.farmer.cluster.data.PeerHealth}). A second, hedged request to another holder
 * belongs above {@link xyz.autonomys.farmer.cluster.data.DataClient#pieces}, whose answers may already come in any
 * order and be abandoned at any time. Encryption is agreed on in the handshake and needs no certificates from anyone
 * ({@code ClusterTls}).
 */
package xyz.autonomys.farmer.cluster.data;
