package xyz.autonomys.farmer.cli;

import java.net.URI;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Where the node is that a command reads from. */
final class NodeUrlOption {
    private static final String VARIABLE = "NODE_URL";

    @Option(
            names = "--node-url",
            paramLabel = "URL",
            description = "RPC address of the node, such as ws://127.0.0.1:9944 (default: the environment's NODE_URL).")
    private URI url;

    /** Whether an address was given, here or by the environment. */
    boolean isGiven() {
        String variable = System.getenv(VARIABLE);
        return url != null || variable != null && !variable.isEmpty();
    }

    /**
     * The address.
     *
     * @throws ParameterException if there is none or it is none
     */
    URI require(CommandSpec spec) {
        String variable = System.getenv(VARIABLE);
        URI chosen = url;
        try {
            if (chosen == null && variable != null && !variable.isEmpty()) {
                chosen = URI.create(variable);
            }
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), VARIABLE + "=" + variable + " is no address", e);
        }
        if (chosen == null) {
            throw new ParameterException(
                    spec.commandLine(), "no node was given; use --node-url URL or set " + VARIABLE);
        }
        return check(chosen, spec);
    }

    /**
     * An address as it should be.
     *
     * @throws ParameterException if it is none of a node
     */
    static URI check(URI address, CommandSpec spec) {
        if (!"ws".equals(address.getScheme()) && !"wss".equals(address.getScheme()) || address.getHost() == null) {
            throw new ParameterException(
                    spec.commandLine(),
                    "node address " + address + " is not of the form ws://HOST:PORT or wss://HOST:PORT");
        }
        return address;
    }
}
