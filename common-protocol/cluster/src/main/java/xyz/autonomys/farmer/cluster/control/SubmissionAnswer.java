package xyz.autonomys.farmer.cluster.control;

import com.fasterxml.jackson.annotation.JsonValue;

/**
 * What became of a solution that was handed to a controller.
 *
 * @param outcome what is certain
 * @param reason in words, empty if accepted
 */
public record SubmissionAnswer(Outcome outcome, String reason) {
    /** What is certain about a submission (rule M4 of the node RPC chapter, section 13.3). */
    public enum Outcome {
        /** The node queued it. */
        ACCEPTED("accepted"),
        /** The node refused it, or it certainly never reached the node: another node may be tried. */
        NOT_QUEUED("not-queued"),
        /** It may or may not have been queued: it must not be sent again. */
        UNKNOWN("unknown");

        private final String text;

        Outcome(String text) {
            this.text = text;
        }

        /** Form on the wire. */
        @JsonValue
        public String text() {
            return text;
        }
    }
}
