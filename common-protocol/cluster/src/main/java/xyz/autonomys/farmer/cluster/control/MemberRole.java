package xyz.autonomys.farmer.cluster.control;

import com.fasterxml.jackson.annotation.JsonValue;

/** What a member of the cluster does; the text is the name of the command that runs it. */
public enum MemberRole {
    /** Proxies one node. */
    CONTROLLER("controller"),
    /** Holds a share of the pieces. */
    SHARDED_CACHE("sharded-cache"),
    /** Holds all pieces. */
    FULL_PIECE_CACHE("full-piece-sharded-cache"),
    /** Proves candidates. */
    PROOF_SERVER("proof-server"),
    /** Encodes sectors. */
    PLOT_SERVER("plot-server"),
    /** Owns farms. */
    PLOT_CLIENT("plot-client");

    private final String text;

    MemberRole(String text) {
        this.text = text;
    }

    /** Name of the command. */
    @JsonValue
    public String text() {
        return text;
    }

    @Override
    public String toString() {
        return text;
    }
}
