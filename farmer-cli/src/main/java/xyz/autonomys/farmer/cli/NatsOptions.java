package xyz.autonomys.farmer.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import xyz.autonomys.farmer.cluster.control.NatsSettings;
import xyz.autonomys.farmer.cluster.control.NatsTls;
import xyz.autonomys.farmer.cluster.control.Subjects;

/** Which cluster, and how its NATS is reached: the same for every command that needs one. */
final class NatsOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    private final List<List<String>> servers = new ArrayList<>();
    private NatsSettings settings;

    /** Addresses of NATS servers. */
    @Option(
            names = {"--nats-server", "--nats-servers"},
            scope = ScopeType.INHERIT,
            paramLabel = "URL",
            description = "NATS server, such as nats://10.0.0.1:4222; repeat it, or separate several by commas.")
    void servers(List<String> values) {
        // One list for each place where the option stands; picocli goes on to add to a list it has handed over.
        if (values != null && servers.stream().noneMatch(known -> known == values)) {
            servers.add(values);
        }
    }

    @Option(
            names = "--cluster-name",
            scope = ScopeType.INHERIT,
            paramLabel = "NAME",
            description = "Name of the cluster, which separates several on the same NATS (default: autonomys).")
    private String clusterName = Subjects.DEFAULT_CLUSTER;

    @Option(
            names = "--nats-credentials",
            scope = ScopeType.INHERIT,
            paramLabel = "FILE",
            description = "NATS credentials file.")
    private Path credentials;

    @Option(
            names = "--nats-token",
            scope = ScopeType.INHERIT,
            paramLabel = "TOKEN",
            description = "NATS token; other users of this host can see it, unlike the variable NATS_TOKEN.")
    private String token;

    @Option(
            names = "--nats-tls-ca",
            scope = ScopeType.INHERIT,
            paramLabel = "FILE",
            description = "PEM certificates that NATS servers must go back to (default: those the system trusts). With"
                    + " it, or with a tls:// address, NATS is spoken to through TLS.")
    private Path tlsAuthority;

    @Option(
            names = "--nats-tls-cert",
            scope = ScopeType.INHERIT,
            paramLabel = "FILE",
            description = "PEM certificate to show to NATS servers that want one.")
    private Path tlsCertificate;

    @Option(
            names = "--nats-tls-key",
            scope = ScopeType.INHERIT,
            paramLabel = "FILE",
            description = "PEM private key of that certificate, PKCS #8.")
    private Path tlsKey;

    /**
     * Checks the options before anything is started.
     *
     * @throws ParameterException naming the one that is wrong
     */
    void check() {
        nats();
        subjects();
        checkReadable("--nats-credentials", credentials);
        checkReadable("--nats-tls-ca", tlsAuthority);
        checkReadable("--nats-tls-cert", tlsCertificate);
        checkReadable("--nats-tls-key", tlsKey);
    }

    private void checkReadable(String option, Path file) {
        if (file != null && !Files.isReadable(file)) {
            throw new ParameterException(
                    spec.commandLine(),
                    option + " " + file + (Files.exists(file) ? " cannot be read by this user" : " is not there"));
        }
    }

    /** Whether any server was named. */
    boolean areGiven() {
        return !servers.isEmpty();
    }

    /** Where NATS is; an address given twice is dropped with a warning. */
    synchronized NatsSettings nats() {
        if (settings == null) {
            settings = parse();
        }
        return settings;
    }

    private NatsSettings parse() {
        try {
            NatsSettings.Parsed parsed =
                    NatsSettings.parse(servers.stream().flatMap(List::stream).toList());
            if (parsed.servers().isEmpty()) {
                throw new IllegalArgumentException("no NATS server was given; use --nats-server URL");
            }
            parsed.duplicates().forEach(server -> LoggerFactory.getLogger(NatsOptions.class)
                    .warn("NATS server {} is named more than once and used once", server));
            return new NatsSettings(
                    parsed.servers(),
                    Optional.ofNullable(credentials),
                    Optional.ofNullable(token).or(() -> Optional.ofNullable(System.getenv("NATS_TOKEN"))),
                    tls());
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private Optional<NatsTls> tls() {
        return tlsAuthority == null && tlsCertificate == null && tlsKey == null
                ? Optional.empty()
                : Optional.of(new NatsTls(
                        Optional.ofNullable(tlsAuthority),
                        Optional.ofNullable(tlsCertificate),
                        Optional.ofNullable(tlsKey)));
    }

    /** The cluster's names. */
    Subjects subjects() {
        try {
            return new Subjects(clusterName);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
        }
    }
}
