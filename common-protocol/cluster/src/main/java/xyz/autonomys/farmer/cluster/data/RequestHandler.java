package xyz.autonomys.farmer.cluster.data;

import java.io.IOException;

/**
 * What a role does with one kind of request. Called on a virtual thread of its own, so it may block; the number of
 * requests in work is limited by the server.
 *
 * @param <R> the kind of request
 */
@FunctionalInterface
public interface RequestHandler<R extends DataRequest> {
    /**
     * Answers a request item by item. Returning ends the answer well; an exception ends it as failed and its text is
     * sent to the asker, so it names neither paths nor secrets.
     *
     * @throws IOException if the asker has gone or stands still, or what it asked for could not be read
     * @throws InterruptedException if the handler's thread is interrupted by its role
     */
    void handle(R request, Answer answer) throws IOException, InterruptedException;
}
