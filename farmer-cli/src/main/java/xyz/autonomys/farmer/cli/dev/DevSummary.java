package xyz.autonomys.farmer.cli.dev;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** The table at the end. */
public final class DevSummary {
    private DevSummary() {}

    /** Prints what happened; false if something did that never may: a wrong solution, an equivocation, a bad piece. */
    public static boolean print(PrintWriter out, DevState state, Duration elapsed, int restarts) {
        long badPieces = Long.parseLong(state.cache().getOrDefault("pieces rejected", "0"));
        Map<String, Object> rows = new LinkedHashMap<>();
        rows.put("time", elapsed.toSeconds() + " s");
        rows.put("segments of history", state.segments());
        rows.put("best block", state.block());
        rows.put("sectors plotted", state.clientFigure("sectors plotted"));
        rows.put("slots audited", state.clientFigure("slots audited"));
        rows.put("solutions accepted as blocks", state.count("BLOCK"));
        rows.put("solutions accepted as votes", state.count("VOTE"));
        rows.put("solutions rejected", state.rejected());
        rows.put("solutions too late", state.count("SOLUTION_LATE"));
        rows.put("solutions right but not used", state.count("SOLUTION_UNUSED"));
        rows.put("solutions submitted twice", state.count("SOLUTION_DUPLICATE"));
        rows.put("equivocations", state.count("EQUIVOCATION"));
        rows.put("rewards revoked", state.count("REWARD_REVOKED"));
        rows.put("signatures in time", state.count("SIGNED"));
        rows.put("signatures missing", state.count("NOT_SIGNED"));
        rows.put("unverified pieces", badPieces);
        rows.put("processes started again", restarts);
        out.println();
        rows.forEach((name, value) -> out.println(String.format("  %-32s %12s", name, value)));
        out.flush();
        return state.rejected() == 0 && state.count("EQUIVOCATION") == 0 && badPieces == 0;
    }
}
