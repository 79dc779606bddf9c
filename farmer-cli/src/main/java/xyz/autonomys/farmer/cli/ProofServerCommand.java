package xyz.autonomys.farmer.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import xyz.autonomys.farmer.cluster.control.MemberId;
import xyz.autonomys.farmer.cluster.control.MemberRole;
import xyz.autonomys.farmer.gpu.GpuProver;
import xyz.autonomys.farmer.kzg.Kzg;
import xyz.autonomys.farmer.proofserver.ProofServer;
import xyz.autonomys.farmer.proofserver.ProofServerSettings;

/** {@code autonomys-farmer cluster proof-server}. */
@Command(name = "proof-server", description = "Compute proofs for winning chunks.", mixinStandardHelpOptions = true)
final class ProofServerCommand implements Callable<Integer> {
    @ParentCommand
    private ClusterCommand cluster;

    @Mixin
    private RoleOptions role = new RoleOptions();

    @Option(
            names = "--proofs",
            paramLabel = "N",
            description = "Proofs computed at a time, each with its share of the cores (default: 1).")
    @Range(from = 1)
    private int proofs = 1;

    @Override
    public Integer call() throws Exception {
        Kzg kzg = role.setup().open();
        int threads = Math.max(1, Runtime.getRuntime().availableProcessors() / proofs);
        ProofServerSettings settings = new ProofServerSettings(
                role.member(cluster, MemberRole.PROOF_SERVER, MemberId.random()), proofs, threads);
        return RoleProcess.run(
                () -> ProofServer.start(settings, GpuProver.inFrontOf(ProofServer.onProcessor(settings, kzg), kzg)));
    }
}
