package xyz.autonomys.farmer.cluster.control;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How to reach NATS.
 *
 * @param servers addresses, {@code nats://host:port} or {@code tls://host:port}, at least one, without duplicates
 * @param credentialsFile NATS credentials file, if the servers want one
 * @param token token, if the servers want one
 * @param tls certificates, if the servers want TLS with others than those the system trusts
 */
public record NatsSettings(
        List<String> servers, Optional<Path> credentialsFile, Optional<String> token, Optional<NatsTls> tls) {
    private static final int DEFAULT_PORT = 4222;

    /** At least one server is needed. */
    public NatsSettings {
        servers = List.copyOf(servers);
        if (servers.isEmpty()) {
            throw new IllegalArgumentException("no NATS server was given; use --nats-server nats://HOST:4222");
        }
    }

    /** These servers without credentials. */
    public static NatsSettings of(List<String> servers) {
        return new NatsSettings(servers, Optional.empty(), Optional.empty(), Optional.empty());
    }

    /**
     * What {@code --nats-server} was given, each value possibly a comma list.
     *
     * @param servers the distinct addresses in the order given, in full form
     * @param duplicates the addresses that were given more than once
     */
    public record Parsed(List<String> servers, Set<String> duplicates) {}

    /**
     * Parses the values of {@code --nats-server}: repeated, comma separated, scheme and port optional.
     *
     * @throws IllegalArgumentException naming the value that is no server address
     */
    public static Parsed parse(List<String> values) {
        LinkedHashSet<String> servers = new LinkedHashSet<>();
        LinkedHashSet<String> duplicates = new LinkedHashSet<>();
        for (String value : values) {
            for (String part : value.split(",", -1)) {
                String server = normalize(part.strip());
                if (!servers.add(server)) {
                    duplicates.add(server);
                }
            }
        }
        return new Parsed(new ArrayList<>(servers), duplicates);
    }

    private static String normalize(String text) {
        String withScheme = text.contains("://") ? text : "nats://" + text;
        try {
            URI uri = new URI(withScheme);
            boolean known = Set.of("nats", "tls", "ws", "wss").contains(String.valueOf(uri.getScheme()));
            if (!text.isEmpty() && known && uri.getHost() != null) {
                int port = uri.getPort() == -1 ? DEFAULT_PORT : uri.getPort();
                return uri.getScheme() + "://" + uri.getHost() + ":" + port;
            }
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(refusal(text), e);
        }
        throw new IllegalArgumentException(refusal(text));
    }

    private static String refusal(String text) {
        return "\"" + text + "\" is not the address of a NATS server; write nats://HOST:PORT";
    }
}
