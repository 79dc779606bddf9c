package xyz.autonomys.farmer.cli.sample;

/** What may happen to a cluster. */
enum FaultKind {
    /** SIGKILL to a program. */
    KILL("kill -9 of a program"),
    /** SIGKILL to a NATS server. */
    KILL_NATS("kill -9 of a NATS server"),
    /** Nothing gets to a host or from it for a while. */
    CUT("a host cut off for up to 30 s"),
    /** A disk has no space for a while. */
    FILL_DISK("a full disk"),
    /** A byte of a cache file changes. */
    DAMAGE_CACHE("a corrupt cache file"),
    /** A byte of a staged sector changes. */
    DAMAGE_STAGED("a corrupt staged sector"),
    /** A bit changes on the way between two hosts. */
    DAMAGE_FRAME("a corrupt frame");

    private final String text;

    FaultKind(String text) {
        this.text = text;
    }

    /** In words. */
    String text() {
        return text;
    }
}
