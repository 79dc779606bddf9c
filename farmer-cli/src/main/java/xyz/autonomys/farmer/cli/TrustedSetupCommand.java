package xyz.autonomys.farmer.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import xyz.autonomys.farmer.kzg.CeremonySetup;
import xyz.autonomys.farmer.kzg.Kzg;
import xyz.autonomys.farmer.kzg.Kzgs;
import xyz.autonomys.farmer.kzg.TrustedSetups;

/** {@code autonomys-farmer util trusted-setup}: the file of powers that real networks commit with. */
@Command(
        name = "trusted-setup",
        description = "Install or verify the Ethereum ceremony's setup, which real networks need.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
final class TrustedSetupCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is needed");
    }

    @Command(
            name = "install",
            description =
                    "Put the setup into the user's data directory, where all commands find it. Length, SHA-256 and"
                            + " pairings are checked first.",
            mixinStandardHelpOptions = true)
    int install(
            @Option(
                            names = "--from",
                            paramLabel = "FILE|URL",
                            defaultValue = TrustedSetups.PUBLIC_SOURCE,
                            description = "The binary file or the ceremony's transcript in JSON"
                                    + " (default: ${DEFAULT-VALUE}).")
                    String from)
            throws IOException {
        Path installed = TrustedSetups.install(from);
        check(TrustedSetups.read(installed));
        out().println("Installed: " + installed);
        return Main.DONE;
    }

    @Command(
            name = "verify",
            description = "Check the setup that is used, or the given file: length, SHA-256 and pairings.",
            mixinStandardHelpOptions = true)
    int verify(
            @Parameters(arity = "0..1", paramLabel = "FILE", description = "Default: the one that is used.") Path file)
            throws IOException {
        CeremonySetup setup = file != null
                ? TrustedSetups.read(file)
                : TrustedSetups.find()
                        .orElseThrow(() ->
                                new IOException("the trusted setup is not on this host; " + TrustedSetups.REMEDY));
        check(setup);
        return Main.DONE;
    }

    private void check(CeremonySetup setup) throws IOException {
        Kzg kzg = Kzgs.open(setup);
        TrustedSetups.checkPairings(setup, kzg);
        out().println("Right: " + setup.describe() + ", " + TrustedSetups.FILE_BYTES + " bytes, SHA-256 "
                + TrustedSetups.FILE_SHA256 + "; the pairings hold");
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
