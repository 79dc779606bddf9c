package xyz.autonomys.farmer.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;
import xyz.autonomys.farmer.cluster.control.CacheLayout;

/** How caches keep pieces. */
final class LayoutOptions {
    @Spec(Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--cache-item-type",
            paramLabel = "TYPE",
            description = "piece: whole pieces; split-parity-piece: fragments on different caches, any of which may be"
                    + " lost as many as there are parity fragments.")
    private String itemType;

    @Option(names = "--replicas", paramLabel = "N", description = "Caches that hold each whole piece (default: 1).")
    @Range(from = 1)
    private Integer replicas;

    @Option(
            names = "--data-fragments",
            paramLabel = "K",
            description = "Fragments that suffice to rebuild a split piece (default: 2).")
    @Range(from = 1)
    private Integer dataFragments;

    @Option(
            names = "--parity-fragments",
            paramLabel = "M",
            description = "Further fragments of a split piece; as many caches may be lost (default: 1).")
    @Range(from = 1)
    private Integer parityFragments;

    /** The type asked for, or null. */
    String itemType() {
        return itemType;
    }

    /**
     * The layout that the options describe; what they leave open is as {@code otherwise} says if that is of the same
     * type.
     */
    CacheLayout layout(CacheLayout otherwise) {
        try {
            String type = itemType != null ? itemType : otherwise.itemType();
            if (type.equals(CacheLayout.SPLIT_PARITY_PIECE)) {
                refuse(replicas, "--replicas", type);
                return CacheLayout.splitParity(
                        first(dataFragments, otherwise.dataFragments(), CacheLayout.DEFAULT_DATA_FRAGMENTS),
                        first(parityFragments, otherwise.parityFragments(), CacheLayout.DEFAULT_PARITY_FRAGMENTS));
            }
            refuse(dataFragments, "--data-fragments", type);
            refuse(parityFragments, "--parity-fragments", type);
            return new CacheLayout(type, first(replicas, otherwise.isSplit() ? 0 : otherwise.replicas(), 1), 0, 0);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private void refuse(Integer value, String option, String type) {
        if (value != null) {
            throw new IllegalArgumentException(option + " " + value + " does not go with item type " + type
                    + "; choose another --cache-item-type");
        }
    }

    private static int first(Integer asked, int otherwise, int standard) {
        return asked != null ? asked : otherwise > 0 ? otherwise : standard;
    }
}
