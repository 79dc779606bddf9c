package xyz.autonomys.farmer.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import xyz.autonomys.farmer.cluster.control.MemberId;
import xyz.autonomys.farmer.cluster.control.MemberRole;
import xyz.autonomys.farmer.gpu.GpuProver;
import xyz.autonomys.farmer.kzg.Kzg;
import xyz.autonomys.farmer.pos.PosTables;
import xyz.autonomys.farmer.proofserver.ProofServer;
import xyz.autonomys.farmer.proofserver.ProofServerSettings;
import xyz.autonomys.farmer.sector.prove.ChunkProver;
import xyz.autonomys.farmer.sector.prove.SolutionProver;

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
    private int proofs = 1;

    @Override
    public Integer call() throws Exception {
        Kzg kzg = role.setup().open();
        int threads = Math.max(1, Runtime.getRuntime().availableProcessors() / proofs);
        ProofServerSettings settings = new ProofServerSettings(
                role.member(cluster, MemberRole.PROOF_SERVER, MemberId.random()), proofs, threads);
        return RoleProcess.run(() -> ProofServer.start(settings, provers(kzg, threads)));
    }

    private List<ChunkProver> provers(Kzg kzg, int threads) throws InterruptedException {
        List<ChunkProver> provers = new ArrayList<>();
        for (int i = 0; i < proofs; i++) {
            provers.add(new SolutionProver(kzg, PosTables.newParallelBuilder(threads)));
        }
        return GpuProver.inFrontOf(provers, kzg);
    }
}
