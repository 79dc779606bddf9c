package xyz.autonomys.farmer.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import xyz.autonomys.farmer.cluster.control.ControlPlane;
import xyz.autonomys.farmer.cluster.control.Member;
import xyz.autonomys.farmer.cluster.control.Membership;

/** {@code autonomys-farmer util members}: who is in the cluster, how it is, and what it waits for. */
@Command(
        name = "members",
        description = "List the members of a cluster: role, version, address, load, health, and what each waits for.",
        mixinStandardHelpOptions = true)
final class MembersCommand implements Callable<Integer> {
    private static final double PER_MILLE = 10.0;

    @Spec
    private CommandSpec spec;

    @Mixin
    private NatsOptions nats = new NatsOptions();

    @Option(names = "--details", description = "Also the figures that each member tells of itself.")
    private boolean details;

    @Override
    public Integer call() throws Exception {
        nats.check();
        PrintWriter out = spec.commandLine().getOut();
        try (ControlPlane control = ControlPlane.connect(nats.nats(), nats.subjects(), "util members");
                Membership membership = new Membership(control)) {
            List<Member> heard = hear(membership);
            if (heard.isEmpty()) {
                out.printf(
                        "No member of cluster \"%s\" is there%n",
                        nats.subjects().cluster());
                return Main.FAILED;
            }
            print(out, heard);
            return heard.stream().allMatch(Member::healthy) ? Main.DONE : Main.FAILED;
        }
    }

    /** The records that are there; one that is not refreshed within a heartbeat is of a member that has gone. */
    private static List<Member> hear(Membership membership) throws InterruptedException {
        Thread.sleep(Membership.HEARTBEAT.plus(Duration.ofSeconds(1)).toMillis());
        return membership.presentWithin(Membership.HEARTBEAT.plus(Duration.ofMillis(500))).stream()
                .sorted(Comparator.comparing(Member::role)
                        .thenComparing(Member::host)
                        .thenComparing(Member::dataAddress))
                .toList();
    }

    private void print(PrintWriter out, List<Member> members) {
        String row = "%-24s  %-16s  %-14s  %-21s  %6s  %-9s  %s%n";
        out.printf(row, "ROLE", "MEMBER", "VERSION", "ADDRESS", "LOAD", "HEALTH", "HOST");
        for (Member member : members) {
            out.printf(
                    row,
                    member.role(),
                    member.id(),
                    member.version(),
                    member.dataAddress(),
                    String.format(Locale.ROOT, "%.0f %%", member.load() / PER_MILLE),
                    member.healthy() ? "healthy" : "unhealthy",
                    member.host());
            if (member.capacityBytes() > 0) {
                out.printf(
                        Locale.ROOT,
                        "    holds %.1f of %.1f GiB%n",
                        member.usedBytes() / (double) (1 << 30),
                        member.capacityBytes() / (double) (1 << 30));
            }
            if (!member.waitingFor().isEmpty()) {
                for (String wait : member.waitingFor().split(" \\| ", -1)) {
                    out.printf("    waits: %s%n", wait);
                }
            }
            if (details) {
                member.details().forEach(detail -> out.printf("    %s: %s%n", detail.name(), detail.value()));
            }
        }
    }
}
