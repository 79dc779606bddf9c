package xyz.autonomys.farmer.cluster.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.Message;
import io.nats.client.Subscription;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything that a cluster has in JetStream, written to files and brought back, as a NATS server that becomes one of
 * several needs it: servers that form a new cluster take over nothing from a server that ran alone. Uses JetStream's own
 * snapshots; a directory holds one directory for each stream with {@code backup.json} and {@code stream.tar.s2}, as the
 * commands {@code nats stream backup} and {@code nats stream restore} write and read them. The files contain the
 * data plane's secret, so they are made for their owner only.
 */
public final class StreamBackup {
    private static final Logger LOG = LoggerFactory.getLogger(StreamBackup.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String DESCRIPTION = "backup.json";
    private static final String CONTENTS = "stream.tar.s2";
    private static final int CHUNK_BYTES = 128 << 10;
    private static final int TIMED_OUT = 408;
    private static final int STREAM_NOT_FOUND = 10059;
    /** The servers unpack a whole stream before they answer its last chunk. */
    private static final Duration RESTORE_PATIENCE = Duration.ofMinutes(1);

    private static final int RESTORE_ATTEMPTS = 5;
    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private final ControlPlane plane;
    private final Duration restorePatience;

    /** The streams of the cluster of this connection. */
    public StreamBackup(ControlPlane plane) {
        this(plane, RESTORE_PATIENCE);
    }

    /** The same, with the time within which each part of a stream that is brought back has to be taken. */
    StreamBackup(ControlPlane plane, Duration restorePatience) {
        this.plane = plane;
        this.restorePatience = restorePatience;
    }

    /**
     * A stream that was written or brought back.
     *
     * @param name its name in JetStream
     * @param messages messages in it
     */
    public record Copied(String name, long messages) {}

    /**
     * Writes all streams to a directory, which is there only when all of them are in it; until then its name ends with
     * {@code .part}. What is changed while this goes on may be missing.
     *
     * @param directory new or empty
     * @throws IOException if it is not, or cannot be written
     * @throws ControlException if JetStream does not give a stream
     */
    public List<Copied> save(Path directory) throws IOException, ControlException, InterruptedException {
        Path target = directory.toAbsolutePath();
        Path part = target.resolveSibling(target.getFileName() + ".part");
        if (Files.exists(target)) {
            try (var present = Files.list(target)) {
                if (present.findAny().isPresent()) {
                    throw new IOException(directory + " is not empty; give a new directory");
                }
            }
        }
        if (Files.exists(part)) {
            throw new IOException(part + " is left of a backup that was broken off; remove it");
        }
        List<String> names = plane.streamNames();
        if (names.isEmpty()) {
            throw new ControlException("JetStream has no stream of cluster \""
                    + plane.subjects().cluster() + "\"; correct --cluster-name or --nats-server");
        }
        Files.createDirectories(target.getParent());
        Files.createDirectory(part, OWNER_ONLY);
        boolean complete = false;
        try {
            List<Copied> saved = new ArrayList<>();
            for (String name : names) {
                Path directoryOfOne = Files.createDirectory(part.resolve(name), OWNER_ONLY);
                saved.add(save(name, directoryOfOne));
                force(directoryOfOne.resolve(CONTENTS));
                force(directoryOfOne.resolve(DESCRIPTION));
                force(directoryOfOne);
            }
            force(part);
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
            force(target.getParent());
            complete = true;
            return saved;
        } finally {
            if (!complete && Files.exists(part)) {
                // It holds the cluster's secret.
                delete(part);
            }
        }
    }

    private static void force(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static void delete(Path directory) throws IOException {
        List<Path> all;
        try (var tree = Files.walk(directory)) {
            all = tree.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : all) {
            Files.delete(path);
        }
    }

    private Copied save(String name, Path directory) throws IOException, ControlException, InterruptedException {
        String inbox = plane.newInbox();
        Subscription chunks = plane.listen(inbox);
        try (OutputStream out = Files.newOutputStream(directory.resolve(CONTENTS))) {
            ObjectNode request = JSON.createObjectNode();
            request.put("deliver_subject", inbox);
            request.put("chunk_size", CHUNK_BYTES);
            JsonNode description = ask("STREAM.SNAPSHOT." + name, request);
            Message chunk = next(name, chunks);
            while (chunk.getData().length > 0) {
                out.write(chunk.getData());
                plane.acknowledge(chunk);
                chunk = next(name, chunks);
            }
            if (chunk.isStatusMessage() && chunk.getStatus().getCode() == TIMED_OUT) {
                throw new ControlException("JetStream broke off the snapshot of " + name + "; try again");
            }
            JSON.writerWithDefaultPrettyPrinter()
                    .writeValue(directory.resolve(DESCRIPTION).toFile(), description);
            return new Copied(name, messages(description));
        } finally {
            chunks.unsubscribe();
        }
    }

    private static Message next(String name, Subscription chunks) throws ControlException, InterruptedException {
        Message chunk = chunks.nextMessage(ControlPlane.requestTimeout());
        if (chunk == null) {
            throw new ControlException("the snapshot of " + name + " stood still; try again");
        }
        return chunk;
    }

    /**
     * Brings all streams of a directory back, with no more copies than the servers allow. Waits for servers that have no
     * leader yet.
     *
     * @throws IOException if the directory is not one that {@link #save} has written
     * @throws ControlException if JetStream has one of the streams already, or refuses one
     */
    public List<Copied> restore(Path directory) throws IOException, ControlException, InterruptedException {
        List<Path> streams;
        try (var entries = Files.list(directory)) {
            streams = entries.filter(entry -> Files.isRegularFile(entry.resolve(DESCRIPTION)))
                    .sorted()
                    .toList();
        }
        if (streams.isEmpty()) {
            throw new IOException(directory + " has no backup of streams");
        }
        JetStreamManagement management = plane.jetStreamManagement();
        List<String> present = plane.patiently("the list of streams", management::getStreamNames);
        for (Path stream : streams) {
            if (present.contains(stream.getFileName().toString())) {
                throw new ControlException("JetStream has the stream " + stream.getFileName()
                        + " already, nothing was changed; stop all roles, empty the store_dir of the new servers and"
                        + " start them again");
            }
        }
        List<Copied> restored = new ArrayList<>();
        for (Path stream : streams) {
            restored.add(restoreOne(stream));
        }
        return restored;
    }

    private Copied restoreOne(Path directory) throws IOException, ControlException, InterruptedException {
        String name = directory.getFileName().toString();
        JsonNode saved = JSON.readTree(directory.resolve(DESCRIPTION).toFile());
        if (!saved.path("config").isObject()) {
            throw new IOException(directory.resolve(DESCRIPTION) + " does not describe a stream");
        }
        for (int attempt = 1; attempt <= RESTORE_ATTEMPTS; attempt++) {
            Optional<JsonNode> done = attempt(directory, name, saved);
            if (done.isPresent()) {
                if (messages(done.get()) != messages(saved)) {
                    throw new ControlException("stream " + name + " came back with " + messages(done.get()) + " of "
                            + messages(saved) + " messages");
                }
                return new Copied(name, messages(done.get()));
            }
            LOG.warn("JetStream broke off the restoring of stream {}, beginning anew", name);
            forget(name);
        }
        throw new ControlException("JetStream broke off the restoring of stream " + name + " " + RESTORE_ATTEMPTS
                + " times; see the logs of the servers, empty their store_dir and try again");
    }

    /** The servers' description of the stream once it is back; empty if they stopped answering in between. */
    private Optional<JsonNode> attempt(Path directory, String name, JsonNode saved)
            throws IOException, ControlException, InterruptedException {
        ObjectNode request = JSON.createObjectNode();
        ObjectNode config = request.putObject("config");
        config.setAll((ObjectNode) saved.path("config"));
        config.put("num_replicas", Math.min(config.path("num_replicas").asInt(1), plane.replicas()));
        request.set("state", saved.path("state"));
        JsonNode begun = plane.patiently("a place for stream " + name, () -> {
            try {
                return ask("STREAM.RESTORE." + name, request);
            } catch (ControlException e) {
                throw new IOException(e.getMessage(), e);
            }
        });
        String subject = begun.path("deliver_subject").asText();
        try (InputStream in = Files.newInputStream(directory.resolve(CONTENTS))) {
            byte[] chunk = new byte[CHUNK_BYTES];
            for (int count = in.readNBytes(chunk, 0, CHUNK_BYTES);
                    count > 0;
                    count = in.readNBytes(chunk, 0, CHUNK_BYTES)) {
                Optional<byte[]> answer = plane.ask(subject, Arrays.copyOf(chunk, count), restorePatience);
                if (answer.isEmpty()) {
                    return Optional.empty();
                }
                if (answer.get().length > 0) {
                    parse(subject, answer.get());
                }
            }
        }
        Optional<byte[]> done = plane.ask(subject, new byte[0], restorePatience);
        return done.isEmpty() ? Optional.empty() : Optional.of(parse("restoring " + name, done.get()));
    }

    /** Removes what may have come of an attempt to bring a stream back. */
    private void forget(String name) throws ControlException, InterruptedException {
        JetStreamManagement management = plane.jetStreamManagement();
        plane.patiently("the removal of stream " + name, () -> {
            try {
                return management.deleteStream(name);
            } catch (JetStreamApiException e) {
                if (e.getApiErrorCode() == STREAM_NOT_FOUND) {
                    return false;
                }
                throw e;
            }
        });
    }

    private JsonNode ask(String what, ObjectNode request) throws IOException, ControlException, InterruptedException {
        Optional<byte[]> answer =
                plane.ask("$JS.API." + what, JSON.writeValueAsBytes(request), ControlPlane.requestTimeout());
        return parse(
                what,
                answer.orElseThrow(() -> new ControlException("JetStream gave no answer on " + what + "; try again")));
    }

    private static JsonNode parse(String what, byte[] answer) throws IOException, ControlException {
        JsonNode parsed = JSON.readTree(answer);
        if (parsed.has("error")) {
            throw new ControlException(what + " was refused: "
                    + parsed.path("error").path("description").asText());
        }
        return parsed;
    }

    private static long messages(JsonNode description) {
        return description.path("state").path("messages").asLong();
    }
}
