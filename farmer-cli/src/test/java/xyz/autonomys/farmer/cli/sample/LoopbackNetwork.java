package xyz.autonomys.farmer.cli.sample;

import java.io.IOException;
import java.util.List;

/** Hosts as loopback addresses, where namespaces are not allowed; being cut off is being stopped. */
final class LoopbackNetwork implements HostNetwork {
    private static final String PREFIX = "127.0.0.";

    @Override
    public String description() {
        return "loopback addresses, one for each host";
    }

    @Override
    public void add(String host, int number) {}

    @Override
    public String address(int number) {
        return PREFIX + number;
    }

    @Override
    public boolean separatePorts() {
        return false;
    }

    @Override
    public List<String> on(String host, List<String> command) {
        return command;
    }

    @Override
    public void cut(String host, List<ProcessHandle> processes) throws IOException, InterruptedException {
        signal("-STOP", processes);
    }

    @Override
    public void heal(String host, List<ProcessHandle> processes) throws IOException, InterruptedException {
        signal("-CONT", processes);
    }

    private static void signal(String signal, List<ProcessHandle> processes) throws IOException, InterruptedException {
        for (ProcessHandle process : processes) {
            if (process.isAlive()) {
                Commands.tryRun("kill", signal, Long.toString(process.pid()));
            }
        }
    }
}
