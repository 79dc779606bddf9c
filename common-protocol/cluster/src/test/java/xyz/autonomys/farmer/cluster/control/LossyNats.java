package xyz.autonomys.farmer.cluster.control;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Stands between a client and its NATS server and loses the first message that the client sends to a subject. */
final class LossyNats implements AutoCloseable {
    private final ServerSocket listening = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
    private final int server;
    private final String subjectPrefix;
    private volatile boolean lost;

    LossyNats(int server, String subjectPrefix) throws IOException {
        this.server = server;
        this.subjectPrefix = subjectPrefix;
        Thread.startVirtualThread(this::accept);
    }

    int port() {
        return listening.getLocalPort();
    }

    boolean hasLost() {
        return lost;
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket client = listening.accept();
                Socket upstream = new Socket(InetAddress.getLoopbackAddress(), server);
                Thread.startVirtualThread(() -> pump(client, upstream, this::copyButOne));
                Thread.startVirtualThread(() -> pump(upstream, client, InputStream::transferTo));
            } catch (IOException _) {
                // Closed, or the server is gone: the client sees it.
            }
        }
    }

    private interface Copying {
        void copy(InputStream from, OutputStream to) throws IOException;
    }

    private static void pump(Socket from, Socket to, Copying copying) {
        try (from;
                to) {
            copying.copy(new BufferedInputStream(from.getInputStream()), to.getOutputStream());
        } catch (IOException _) {
            // One end is gone, and so is the other now.
        }
    }

    private void copyButOne(InputStream from, OutputStream to) throws IOException {
        for (String line = line(from); !line.isEmpty(); line = line(from)) {
            byte[] payload = new byte[0];
            boolean message = line.startsWith("PUB ") || line.startsWith("HPUB ");
            if (message) {
                int size = Integer.parseInt(line.strip().substring(line.strip().lastIndexOf(' ') + 1));
                payload = from.readNBytes(size + 2);
            }
            if (message && !lost && line.split(" ")[1].startsWith(subjectPrefix)) {
                lost = true;
                continue;
            }
            to.write(line.getBytes(StandardCharsets.ISO_8859_1));
            to.write(payload);
            to.flush();
        }
    }

    /** A line with its end, empty at the end of the stream. */
    private static String line(InputStream from) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = from.read(); next >= 0; next = from.read()) {
            line.write(next);
            if (next == '\n') {
                break;
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        listening.close();
    }
}
