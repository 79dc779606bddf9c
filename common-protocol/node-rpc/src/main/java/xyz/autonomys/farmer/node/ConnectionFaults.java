package xyz.autonomys.farmer.node;

import java.net.ConnectException;
import java.net.http.WebSocketHandshakeException;
import java.util.concurrent.ExecutionException;

/** What went wrong with a connection, in words. */
final class ConnectionFaults {
    private ConnectionFaults() {}

    /** Why a node cannot be reached, with the remedy where one is known. */
    static String ofConnecting(Throwable e) {
        if (e instanceof WebSocketHandshakeException refused) {
            int status = refused.getResponse().statusCode();
            return "it answered HTTP " + status
                    + switch (status) {
                        case 403 -> "; from another host it must run with --rpc-cors all";
                        case 429 -> "; it has too many connections (--rpc-max-connections)";
                        default -> "";
                    };
        }
        return e instanceof ConnectException
                ? "connection refused; is it running, and does it listen there (--rpc-listen-on)?"
                : reason(e);
    }

    /** The message of what went wrong, or its kind if it has none. */
    static String reason(Throwable e) {
        Throwable cause = e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }
}
