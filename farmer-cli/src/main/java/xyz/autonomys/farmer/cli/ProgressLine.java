package xyz.autonomys.farmer.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;

/**
 * Progress of long work: one line that is drawn again in a terminal, a plain line now and then anywhere else. Used by
 * one thread at a time.
 */
final class ProgressLine {
    private static final int BAR_CELLS = 30;
    private static final Duration PLAIN_EVERY = Duration.ofSeconds(10);

    private final PrintWriter out;
    private final boolean terminal;
    private long shownAt;
    private boolean shown;
    private int width;

    /**
     * A line.
     *
     * @param terminal whether {@code out} is a terminal
     */
    ProgressLine(PrintWriter out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /** Whether the program's output is a terminal. */
    static boolean isTerminal() {
        return System.console() != null && System.console().isTerminal();
    }

    /** Shows where the work is, {@code fraction} of 1. */
    synchronized void show(double fraction, String text) {
        if (terminal) {
            int cells = (int) Math.round(fraction * BAR_CELLS);
            String line =
                    "[" + "#".repeat(cells) + ".".repeat(BAR_CELLS - cells) + "] " + percent(fraction) + " " + text;
            out.print("\r" + line + " ".repeat(Math.max(0, width - line.length())));
            out.flush();
            width = line.length();
        } else if (!shown || System.nanoTime() - shownAt >= PLAIN_EVERY.toNanos()) {
            out.println(percent(fraction) + " " + text);
            shownAt = System.nanoTime();
        }
        shown = true;
    }

    private static String percent(double fraction) {
        return String.format(Locale.ROOT, "%5.1f %%", 100 * fraction);
    }

    /** A line that stays, above the progress. */
    synchronized void print(String line) {
        if (terminal && width > 0) {
            out.print("\r" + " ".repeat(width) + "\r");
            width = 0;
        }
        out.println(line);
        out.flush();
    }
}
