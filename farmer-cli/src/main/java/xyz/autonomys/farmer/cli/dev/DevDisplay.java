package xyz.autonomys.farmer.cli.dev;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import xyz.autonomys.farmer.cluster.control.PlotProgress;

/** Shows how a cluster is: bars that are drawn over in a terminal, else a line when something has changed. */
public final class DevDisplay {
    private static final int BAR = 30;
    private static final Duration LINE_EVERY = Duration.ofSeconds(5);

    private final PrintWriter out;
    private final boolean terminal;
    private final DevOptions options;
    private final long start = System.nanoTime();
    private int drawn;
    private String lastLine = "";
    private long lastLineAt;

    /** A display; {@code terminal} says whether lines can be drawn over. */
    public DevDisplay(PrintWriter out, boolean terminal, DevOptions options) {
        this.out = out;
        this.terminal = terminal;
        this.options = options;
    }

    /** Shows a state. */
    public void show(DevState state) {
        if (terminal) {
            draw(state);
        } else {
            line(state);
        }
    }

    private void draw(DevState state) {
        List<String> lines = new ArrayList<>();
        lines.add("history    " + state.segments() + " segments, block " + state.block() + ", slot " + state.slot());
        lines.add("cache      " + cache(state));
        long plotted = state.clientFigure("sectors plotted");
        lines.add("plotting   " + bar(plotted, options.sectors()) + " " + plotted + " of " + options.sectors()
                + " sectors" + eta(plotted));
        for (PlotProgress plot : state.plots()) {
            long done = (long) plot.piecesArrived() + 2L * plot.recordsEncoded();
            lines.add("  sector " + String.format("%-2d", plot.sectorIndex()) + " " + bar(done, 3L * plot.pieces())
                    + " " + plot.piecesArrived() + " pieces, " + plot.recordsEncoded() + " records of "
                    + plot.pieces());
        }
        lines.add("farming    " + farming(state));
        lines.add("solutions  " + solutions(state));
        state.waiting().ifPresent(text -> lines.add("waiting    " + text));
        StringBuilder text = new StringBuilder();
        if (drawn > 0) {
            text.append("\033[").append(drawn).append('A');
        }
        for (String line : lines) {
            text.append("\033[2K").append(line).append('\n');
        }
        // What is left of a longer drawing goes.
        text.append("\033[J");
        out.print(text);
        out.flush();
        drawn = lines.size();
    }

    private void line(DevState state) {
        StringBuilder text = new StringBuilder();
        text.append(state.segments()).append(" segments, block ").append(state.block());
        text.append("; cache ").append(cache(state));
        text.append("; sectors ")
                .append(state.clientFigure("sectors plotted"))
                .append(" of ")
                .append(options.sectors());
        for (PlotProgress plot : state.plots()) {
            text.append(" (sector ")
                    .append(plot.sectorIndex())
                    .append(": ")
                    .append(plot.piecesArrived())
                    .append(" pieces, ")
                    .append(plot.recordsEncoded())
                    .append(" of ")
                    .append(plot.pieces())
                    .append(" records)");
        }
        text.append("; ").append(solutions(state));
        state.waiting().ifPresent(waiting -> text.append("; ").append(waiting));
        long now = System.nanoTime();
        if (!text.toString().equals(lastLine) && (lastLineAt == 0 || now - lastLineAt > LINE_EVERY.toNanos())) {
            lastLine = text.toString();
            lastLineAt = now;
            out.println(String.format("%4d s  ", Duration.ofNanos(now - start).toSeconds()) + text);
            out.flush();
        }
    }

    private static String cache(DevState state) {
        if (state.cache().isEmpty()) {
            return "is not there yet";
        }
        return state.cache().getOrDefault("pieces stored", "0") + " of "
                + state.cache().getOrDefault("pieces wanted", "?") + " pieces";
    }

    private static String farming(DevState state) {
        return state.clientFigure("slots audited") + " slots audited in "
                + state.clientFigure("mean audit microseconds") / 1000.0 + " ms each, "
                + state.proofs().getOrDefault("proofs", "0") + " proofs in "
                + state.proofs().getOrDefault("mean milliseconds", "-") + " ms each";
    }

    private static String solutions(DevState state) {
        return state.count("BLOCK") + " blocks and " + state.count("VOTE") + " votes accepted, " + state.rejected()
                + " rejected";
    }

    private String eta(long plotted) {
        if (plotted == 0 || plotted >= options.sectors()) {
            return "";
        }
        long elapsed = Duration.ofNanos(System.nanoTime() - start).toSeconds();
        return ", about " + elapsed * (options.sectors() - plotted) / plotted + " s left";
    }

    private static String bar(long done, long all) {
        int filled = all == 0 ? 0 : (int) Math.min(BAR, BAR * done / all);
        return "[" + "#".repeat(filled) + ".".repeat(BAR - filled) + "]";
    }
}
