package xyz.autonomys.farmer.cli.sample;

import java.io.IOException;
import java.util.List;

/** How the hosts of a sample cluster reach each other, and how one of them is cut off. */
public interface HostNetwork {
    /** The network this process can make: namespaces where it may, else loopback addresses. */
    static HostNetwork here() throws IOException, InterruptedException {
        return NamespaceNetwork.isPossible() ? new NamespaceNetwork() : new LoopbackNetwork();
    }

    /** What it is, for the report. */
    String description();

    /** Adds a host of the deployment files by its name and the last byte of its address. */
    void add(String host, int number) throws IOException, InterruptedException;

    /** The address of a host with this number. */
    String address(int number);

    /** Whether each host has its ports to itself. */
    boolean separatePorts();

    /** The command that runs {@code command} on a host. */
    List<String> on(String host, List<String> command);

    /**
     * Nothing gets to a host or from it.
     *
     * @param processes what runs there
     */
    void cut(String host, List<ProcessHandle> processes) throws IOException, InterruptedException;

    /** The end of {@link #cut}. */
    void heal(String host, List<ProcessHandle> processes) throws IOException, InterruptedException;
}
