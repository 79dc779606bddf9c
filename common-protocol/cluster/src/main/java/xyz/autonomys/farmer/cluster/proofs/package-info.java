/**
 * What plot-client and proof-server say to each other over the data plane: a record as it is stored and the s-bucket to
 * prove, and back the chunk with its two proofs. Requests go to one server over TCP, because they are a mebibyte long and
 * NATS is for control only; the plot-client chooses the server by the load that members announce.
 */
package xyz.autonomys.farmer.cluster.proofs;
