package xyz.autonomys.farmer.cluster.data;

/**
 * Where a process listens for the data plane.
 *
 * @param host name or address literal, resolved at each connect
 * @param port TCP port, 1 to 65535
 */
public record PeerAddress(String host, int port) {
    /** Refuses an empty host and a port out of range. */
    public PeerAddress {
        if (host.isBlank() || port < 1 || port > 65535) {
            throw new IllegalArgumentException(
                    "a peer address is HOST:PORT with a port of 1 to 65535, got \"" + host + ":" + port + "\"");
        }
    }

    /**
     * Parses {@code HOST:PORT}; an IPv6 literal stands in brackets.
     *
     * @throws IllegalArgumentException naming the text if it is anything else
     */
    public static PeerAddress parse(String text) {
        int colon = text.lastIndexOf(':');
        try {
            if (colon > 0) {
                String host = text.substring(0, colon);
                if (host.startsWith("[") && host.endsWith("]")) {
                    host = host.substring(1, host.length() - 1);
                }
                return new PeerAddress(host, Integer.parseInt(text.substring(colon + 1)));
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("a peer address is HOST:PORT, got \"" + text + "\"", e);
        }
        throw new IllegalArgumentException("a peer address is HOST:PORT, got \"" + text + "\"");
    }

    @Override
    public String toString() {
        return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
    }
}
