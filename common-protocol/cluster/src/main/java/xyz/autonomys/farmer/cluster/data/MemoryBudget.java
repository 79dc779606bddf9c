package xyz.autonomys.farmer.cluster.data;

import java.util.List;
import java.util.stream.Collectors;

/**
 * The most memory something may hold in buffers, part by part, as it is printed at start.
 *
 * @param owner what holds the buffers
 * @param parts the limits that add up
 */
public record MemoryBudget(String owner, List<Part> parts) {
    /**
     * One limit.
     *
     * @param what what is held
     * @param bytes the most bytes of it
     */
    public record Part(String what, long bytes) {}

    /** Copies the list. */
    public MemoryBudget {
        parts = List.copyOf(parts);
    }

    /** The sum of all parts in bytes. */
    public long totalBytes() {
        return parts.stream().mapToLong(Part::bytes).sum();
    }

    /** One line: the total in MiB and what it is made of. */
    @Override
    public String toString() {
        return owner + ": at most " + mebibytes(totalBytes()) + " MiB ("
                + parts.stream()
                        .map(part -> part.what() + " " + mebibytes(part.bytes()))
                        .collect(Collectors.joining(", "))
                + ")";
    }

    private static long mebibytes(long bytes) {
        return (bytes + (1 << 20) - 1) >> 20;
    }
}
