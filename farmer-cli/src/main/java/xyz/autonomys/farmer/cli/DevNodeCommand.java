package xyz.autonomys.farmer.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import xyz.autonomys.farmer.devnode.DevNode;
import xyz.autonomys.farmer.devnode.DevNodeSettings;
import xyz.autonomys.farmer.devnode.chain.ChainSettings;
import xyz.autonomys.farmer.kzg.Kzg;
import xyz.autonomys.farmer.sector.SolutionRanges;

/** {@code autonomys-farmer dev-node}: the simulated node alone, as {@code dev} starts it. */
@Command(
        name = "dev-node",
        description = "Run a simulated node: a chain of its own, for development and tests.",
        mixinStandardHelpOptions = true)
final class DevNodeCommand implements Callable<Integer> {
    @Mixin
    private SetupOptions setup = new SetupOptions();

    @Option(names = "--base-path", required = true, paramLabel = "DIR", description = "Where the chain is kept.")
    private Path basePath;

    @Option(
            names = "--port",
            split = ",",
            paramLabel = "PORT",
            description = "Port of the RPC interface (default: any). Several, separated by commas, make several nodes"
                    + " that show the same chain.")
    private List<Integer> ports = List.of(0);

    @Option(
            names = "--listen",
            paramLabel = "HOST",
            description = "Address of the RPC interfaces (default: 127.0.0.1).")
    private String listen = "127.0.0.1";

    @Option(
            names = "--rpc-cors",
            paramLabel = "local|all",
            description = "Whether clients may call the nodes by any name, as through dev-relay (default: local).")
    private Cors cors = Cors.local;

    @Option(
            names = "--segments",
            paramLabel = "N",
            description =
                    "Segments that history has at least at the start; they are made before, quickly (default: 1).")
    @Range(from = 0)
    private long segments = 1;

    @Option(
            names = "--era-blocks",
            paramLabel = "N",
            description = "Adjust the solution range every N blocks (default: never).")
    @Range(from = 0)
    private int eraBlocks;

    @Option(names = "--side-port", paramLabel = "PORT", description = "Port of journal and commands (default: any).")
    @Range(from = 0, to = 65_535)
    private int sidePort;

    @Option(
            names = "--pieces-in-sector",
            paramLabel = "N",
            description = "Pieces of the largest sector (default: 1000).")
    @Range(from = 1, to = 1000)
    private int piecesInSector = 1000;

    @Option(
            names = "--network-pieces",
            paramLabel = "N",
            description = "Pieces that farm in the whole network; the solution range follows (default: 1000).")
    @Range(from = 1)
    private long networkPieces = 1000;

    @Option(names = "--votes-per-block", paramLabel = "N", description = "Expected votes per block (default: 9).")
    @Range(from = 0)
    private int votesPerBlock = 9;

    @Option(
            names = "--slot-time",
            paramLabel = "MS",
            description = "Duration of a slot in milliseconds (default: 1000).")
    @Range(from = 1)
    private int slotTime = 1000;

    @Option(
            names = "--block-bytes",
            paramLabel = "N",
            description = "Bytes of filler in a block; history grows by a segment every 124 MiB (default: 4 MiB).")
    @Range(from = 1)
    private int blockBytes = 4 << 20;

    /** Who may call. */
    private enum Cors {
        local,
        all
    }

    @Override
    public Integer call() throws Exception {
        Kzg verifying = setup.open();
        Kzg archiving = setup.openForArchiving();
        ChainSettings development = ChainSettings.development(
                piecesInSector, SolutionRanges.ofPieces(networkPieces, 1, ChainSettings.SLOTS_PER_BLOCK), slotTime);
        ChainSettings chain = development.withVotesPerBlock(votesPerBlock).withBlockBodyBytes(blockBytes);
        if (eraBlocks > 0) {
            chain = chain.withAdjustmentEvery(eraBlocks);
        }
        DevNodeSettings settings = new DevNodeSettings(
                chain,
                basePath,
                segments,
                listen,
                ports,
                cors == Cors.local,
                sidePort,
                Duration.ofMillis(500),
                Duration.ofSeconds(120));
        return RoleProcess.run(() -> DevNode.start(settings, archiving, verifying));
    }
}
