package xyz.autonomys.farmer.cli.sample;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A network namespace for each host, joined by a bridge, with the very addresses of the deployment files. This process
 * must run in a namespace of its own (see {@code Laboratory}), where it has the address of number 1.
 */
final class NamespaceNetwork implements HostNetwork {
    private static final String PREFIX = "10.0.0.";
    private static final String BRIDGE = "hosts";

    private boolean bridged;

    /** Whether this process may make namespaces: it runs where {@code Laboratory} has put it. */
    static boolean isPossible() {
        return System.getenv(Laboratory.SEPARATE) != null;
    }

    private void makeBridge() throws IOException, InterruptedException {
        Commands.run("ip", "link", "add", BRIDGE, "type", "bridge");
        // Number 1 is where the chain runs, 2 to 9 are for proxies.
        for (int number = 1; number < 10; number++) {
            Commands.run("ip", "addr", "add", address(number) + "/24", "dev", BRIDGE);
        }
        Commands.run("ip", "link", "set", BRIDGE, "up");
        bridged = true;
    }

    @Override
    public String description() {
        return "network namespaces, one for each host";
    }

    @Override
    public void add(String host, int number) throws IOException, InterruptedException {
        if (!bridged) {
            makeBridge();
        }
        Commands.run("ip", "netns", "add", host);
        Commands.run("ip", "link", "add", "to-" + number, "type", "veth", "peer", "name", "eth0", "netns", host);
        Commands.run("ip", "link", "set", "to-" + number, "master", BRIDGE, "up", "alias", host);
        Commands.run("ip", "-n", host, "addr", "add", address(number) + "/24", "dev", "eth0");
        Commands.run("ip", "-n", host, "link", "set", "eth0", "up");
        Commands.run("ip", "-n", host, "link", "set", "lo", "up");
    }

    @Override
    public String address(int number) {
        return PREFIX + number;
    }

    @Override
    public boolean separatePorts() {
        return true;
    }

    @Override
    public List<String> on(String host, List<String> command) {
        List<String> all = new ArrayList<>(
                List.of("ip", "netns", "exec", host, "unshare", "--uts", "sh", "-c", "hostname \"$0\"; exec \"$@\""));
        all.add(host);
        all.addAll(command);
        return all;
    }

    @Override
    public void cut(String host, List<ProcessHandle> processes) throws IOException, InterruptedException {
        Commands.run("ip", "-n", host, "link", "set", "eth0", "down");
    }

    @Override
    public void heal(String host, List<ProcessHandle> processes) throws IOException, InterruptedException {
        Commands.run("ip", "-n", host, "link", "set", "eth0", "up");
    }
}
