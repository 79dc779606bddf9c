package xyz.autonomys.farmer.cli;

import java.io.IOException;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import xyz.autonomys.farmer.cluster.control.MemberId;
import xyz.autonomys.farmer.cluster.control.MemberRole;
import xyz.autonomys.farmer.cluster.member.MemberOptions;

/** What every role takes. */
final class RoleOptions {
    @Option(
            names = "--listen-port",
            paramLabel = "PORT",
            description = "TCP port for pieces, sectors and proofs (default: any free one).")
    @Range(from = 0, to = 65_535)
    private int listenPort;

    @Option(
            names = "--advertise",
            paramLabel = "HOST",
            description = "Name or address by which other hosts reach this one (default: the address through which NATS"
                    + " is reached).")
    private String advertise;

    @Option(
            names = "--data-tls",
            description = "Encrypt connections for pieces, sectors and proofs. A connection is encrypted if either side"
                    + " wants it; keys come from the cluster's secret, no certificates are needed.")
    private boolean dataTls;

    @Mixin
    private SetupOptions setup = new SetupOptions();

    SetupOptions setup() {
        return setup;
    }

    MemberOptions member(ClusterCommand cluster, MemberRole role, MemberId id) throws IOException {
        return new MemberOptions(
                role,
                id,
                cluster.nats(),
                cluster.subjects(),
                listenPort,
                Optional.ofNullable(advertise),
                dataTls,
                Version.number(),
                cluster.telemetry(),
                System::nanoTime,
                RoleProcess::fail);
    }
}
