package xyz.autonomys.farmer.cluster.control;

/**
 * Every NATS subject, stream and bucket name of one cluster. Subjects are {@code <cluster>.v1.…}; stream and bucket
 * names, which may not contain dots, are {@code <cluster>-…}.
 *
 * @param cluster name of the cluster ({@code --cluster-name})
 */
public record Subjects(String cluster) {
    /** Name used when none is given. */
    public static final String DEFAULT_CLUSTER = "autonomys";

    /**
     * Checks the name.
     *
     * @throws IllegalArgumentException unless it is 1 to 32 letters, digits, {@code -} or {@code _}
     */
    public Subjects {
        if (!cluster.matches("[A-Za-z0-9_-]{1,32}")) {
            throw new IllegalArgumentException("cluster name \"" + cluster
                    + "\" is not 1 to 32 letters, digits, '-' or '_'; choose another --cluster-name");
        }
    }

    /** Slots as announced by one controller. */
    public String slots(MemberId controller) {
        return prefix() + "slots." + controller;
    }

    /** Slots of all controllers. */
    public String allSlots() {
        return prefix() + "slots.*";
    }

    /** Requests to submit a solution through one controller. */
    public String solutions(MemberId controller) {
        return prefix() + "solutions." + controller;
    }

    /** Reward signing requests from one controller's node. */
    public String rewardSigning(MemberId controller) {
        return prefix() + "reward-signing." + controller;
    }

    /** Reward signing requests from all controllers. */
    public String allRewardSigning() {
        return prefix() + "reward-signing.*";
    }

    /** Signatures for one controller's node. */
    public String rewardSignatures(MemberId controller) {
        return prefix() + "reward-signatures." + controller;
    }

    /** Plotting tasks; the stream keeps one message for each task until it is done. */
    public String plotTasks(String taskId) {
        return prefix() + "plot-tasks." + taskId;
    }

    /** All plotting tasks. */
    public String allPlotTasks() {
        return prefix() + "plot-tasks.*";
    }

    /** Progress of a farm's sectors, worthless when late. */
    public String plotProgress(String farmId) {
        return prefix() + "plot-progress." + farmId;
    }

    /** Progress of all plotting. */
    public String allPlotProgress() {
        return prefix() + "plot-progress.*";
    }

    /** Name of a key-value bucket of this cluster. */
    public String bucket(String name) {
        return cluster + "-" + name;
    }

    /** Name of the work-queue stream of plotting tasks. */
    public String plotTaskStream() {
        return cluster + "-plot-tasks";
    }

    /** Whether a stream in JetStream is one of this cluster's, buckets included. */
    boolean isStream(String name) {
        return name.equals(plotTaskStream()) || name.startsWith("KV_" + bucket(""));
    }

    private String prefix() {
        return cluster + ".v1.";
    }
}
