package xyz.autonomys.farmer.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.Writer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Mutated command lines are understood, or refused with a message; nothing else comes of them. */
@Tag("long")
class CommandLineFuzzTest {
    private static final int RUNS = 100_000;
    private static final int RUNS_PER_PARSER = 200;

    private static final String[] LINES = {
        "cluster --nats-server nats://127.0.0.1:4222 controller --node-rpc-url ws://127.0.0.1:9944 --base-path /mnt/c",
        "cluster --nats-servers nats://a:4222,nats://b:4222 sharded-cache path=/mnt/s,size=10GiB path=/mnt/t",
        "cluster --nats-server nats://a:4222 full-piece-sharded-cache path=/mnt/f --tmp",
        "cluster --nats-server nats://a:4222 --cluster-name x proof-server",
        "cluster --nats-server nats://a:4222 plot-server --priority-cache --listen-port 9001 /mnt/staging",
        "cluster plot-client --nats-server nats://a:4222 --reward-address st8BpFhyQ path=/mnt/p,sectors=10 path=/mnt/q",
        "cluster --nats-server nats://a:4222 proof-server -- plot-client --reward-address st path=/mnt/p,sectors=1",
        "util benchmark plot --pieces-in-sector 100 --threads 1",
        "util scrub --dry-run /mnt/farm",
        "util trusted-setup install --from /mnt/file",
        "dev --sectors 3 --slot-time 1000 --until-accepted 20"
    };

    @Test
    void mutatedCommandLinesAreUnderstoodOrRefused() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int refused = 0;
        CommandLine parser = null;
        for (int run = 0; run < RUNS; run++) {
            if (run % RUNS_PER_PARSER == 0) {
                PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
                parser = Main.commandLine(nowhere, nowhere);
            }
            String[] line = mutated(LINES[random.nextInt(LINES.length)].split(" "), random);
            try {
                parser.parseArgs(ClusterCommand.withoutSeparators(line));
            } catch (ParameterException e) {
                refused++;
                assertFalse(e.getMessage().isBlank(), () -> "seed " + seed + ": " + Arrays.toString(line));
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + Arrays.toString(line), e);
            }
        }
        assertTrue(refused > RUNS / 10, "too few mutations were refused, seed " + seed);
    }

    @Test
    void mutatedDirectoriesAreUnderstoodOrRefused() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String[] texts = {"path=/mnt/a,sectors=10", "path=/mnt/a,size=10GiB", "path=/mnt/a,b", "size=1TB,path=x"};
        int refused = 0;
        for (int run = 0; run < RUNS; run++) {
            String text = mutated(texts[random.nextInt(texts.length)], random);
            try {
                DirectoryArgument argument = DirectoryArgument.parse(text, Set.of("sectors", "size"));
                assertFalse(argument.path().toString().isEmpty(), text);
                argument.number("sectors");
                assertTrue(argument.size("size").orElse(0) >= 0, text);
            } catch (IllegalArgumentException e) {
                refused++;
                assertFalse(e.getMessage().isBlank(), () -> "seed " + seed + ": " + text);
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + text, e);
            }
        }
        assertTrue(refused > RUNS / 10, "too few mutations were refused, seed " + seed);
    }

    private static String[] mutated(String[] words, Random random) {
        List<String> line = new ArrayList<>(List.of(words));
        for (int k = 1 + random.nextInt(3); k > 0; k--) {
            int at = random.nextInt(line.size());
            switch (random.nextInt(5)) {
                case 0 -> line.set(at, mutated(line.get(at), random));
                case 1 -> {
                    if (line.size() > 1) {
                        line.remove(at);
                    }
                }
                case 2 -> line.add(at, line.get(random.nextInt(line.size())));
                case 3 -> line.add(at, String.valueOf(random.nextLong()));
                default ->
                    line.set(
                            at,
                            line.get(at).substring(random.nextInt(line.get(at).length() + 1)));
            }
        }
        return line.toArray(String[]::new);
    }

    private static String mutated(String text, Random random) {
        StringBuilder mutated = new StringBuilder(text);
        for (int k = 1 + random.nextInt(4); k > 0; k--) {
            int at = random.nextInt(mutated.length() + 1);
            if (random.nextBoolean() || at == mutated.length()) {
                mutated.insert(at, (char) (random.nextInt(20) == 0 ? random.nextInt(0x3000) : 32 + random.nextInt(95)));
            } else {
                mutated.deleteCharAt(at);
            }
        }
        return mutated.toString();
    }
}
