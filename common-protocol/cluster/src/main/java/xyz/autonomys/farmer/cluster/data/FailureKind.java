package xyz.autonomys.farmer.cluster.data;

/** How a request to a peer can fail; each kind is counted apart. */
public enum FailureKind {
    /** No TCP connection: refused, unreachable, or not in time. */
    CONNECT,
    /** The peer could not prove that it belongs to the cluster, or speaks another version. */
    HANDSHAKE,
    /** Nothing came in answer to a request in time. */
    FIRST_BYTE,
    /** The answer began and then stood still. */
    STALLED,
    /** The connection broke. */
    DISCONNECTED,
    /** Bytes arrived that do not have the checksum they were announced with. */
    CHECKSUM,
    /** The peer broke the rules of the protocol. */
    PROTOCOL,
    /** The peer has no room for the request now. */
    BUSY,
    /** The peer does not serve this kind of request, perhaps only not yet. */
    NOT_SERVED,
    /** The peer serves this kind of request and does not have what was asked for. */
    MISSING,
    /** The peer tried and failed; its text says why. */
    REMOTE,
    /** This process had no room to start the request in time; says nothing about the peer. */
    LOCAL_BUDGET,
    /** The caller's own deadline passed. */
    DEADLINE
}
