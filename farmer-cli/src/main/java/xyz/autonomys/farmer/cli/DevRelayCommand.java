package xyz.autonomys.farmer.cli;

import java.net.InetSocketAddress;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import xyz.autonomys.farmer.devnode.NodeRelay;

/** {@code autonomys-farmer dev-relay}: the process of one node where the chain runs elsewhere. */
@Command(
        name = "dev-relay",
        description = "Stand for a simulated node on another host: hand its port's connections on to dev-node.",
        mixinStandardHelpOptions = true)
final class DevRelayCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--listen", paramLabel = "HOST", description = "Address to listen on (default: 127.0.0.1).")
    private String listen = "127.0.0.1";

    @Option(names = "--port", required = true, paramLabel = "PORT", description = "Port to listen on.")
    @Range(from = 0, to = 65_535)
    private int port;

    @Option(
            names = "--to",
            required = true,
            paramLabel = "HOST:PORT",
            description = "RPC port of a node of dev-node, which must run with --rpc-cors all.")
    private String target;

    @Override
    public Integer call() throws Exception {
        int colon = target.lastIndexOf(':');
        if (colon < 1 || !target.substring(colon + 1).matches("\\d{1,5}")) {
            throw new ParameterException(spec.commandLine(), "--to takes HOST:PORT, got " + target);
        }
        InetSocketAddress address =
                new InetSocketAddress(target.substring(0, colon), Integer.parseInt(target.substring(colon + 1)));
        return RoleProcess.run(() -> NodeRelay.start(listen, port, address));
    }
}
