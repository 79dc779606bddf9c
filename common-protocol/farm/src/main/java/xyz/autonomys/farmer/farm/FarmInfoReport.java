package xyz.autonomys.farmer.farm;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import xyz.autonomys.farmer.farm.FarmException.Reason;

/**
 * What a farm is, in the lines that upstream's {@code info} prints, and how many sectors it counts.
 *
 * @param lines the lines, without a heading
 * @param found whether there is a farm whose files can be read
 */
public record FarmInfoReport(List<String> lines, boolean found) {
    /** Takes a copy of the list. */
    public FarmInfoReport {
        lines = List.copyOf(lines);
    }

    /** Looks at a directory, without a lock and without reading the sectors. */
    public static FarmInfoReport of(Path directory) {
        List<String> lines = new ArrayList<>();
        FarmInfo info;
        try {
            info = FarmInfo.read(directory);
        } catch (IOException e) {
            if (e instanceof FarmException farm && farm.reason() == Reason.NO_FARM) {
                return new FarmInfoReport(List.of("Plot directory: " + directory, "No farm found here yet"), false);
            }
            return new FarmInfoReport(
                    List.of("Directory: " + directory, "Failed to open farm info: " + e.getMessage()), false);
        }
        lines.add("ID: " + info.id());
        lines.add("Genesis hash: 0x" + info.genesisHash());
        lines.add("Public key: 0x" + info.publicKey());
        lines.add("Allocated space: " + info.allocatedSpaceText());
        lines.add("Directory: " + directory);
        try (MetadataFile metadata = MetadataFile.open(directory.resolve(MetadataFile.FILE_NAME), false)) {
            lines.add("Sectors: " + metadata.readCount() + " counted, " + info.piecesInSector() + " pieces each");
            return new FarmInfoReport(lines, true);
        } catch (IOException e) {
            lines.add("Failed to open farm metadata: " + e.getMessage());
            return new FarmInfoReport(lines, false);
        }
    }
}
