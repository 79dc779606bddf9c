package xyz.autonomys.farmer.plotclient;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicLong;

/** A TCP port in front of another one, which lets a number of bytes through to the asker and then cuts the connection. */
final class CuttableLink implements AutoCloseable {
    private final ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final AtomicLong left = new AtomicLong(Long.MAX_VALUE);

    CuttableLink(int target) throws IOException {
        Thread.ofVirtual().start(() -> {
            while (!listening.isClosed()) {
                try {
                    Socket asker = listening.accept();
                    Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
                    Thread.ofVirtual().start(() -> pump(asker, server, new AtomicLong(Long.MAX_VALUE)));
                    Thread.ofVirtual().start(() -> pump(server, asker, left));
                } catch (IOException e) {
                    // The link is closed, or its server is gone; the asker tries again.
                    continue;
                }
            }
        });
    }

    /** Lets this many more bytes through. */
    void allow(long bytes) {
        left.set(bytes);
    }

    /** Whether more was to be let through than allowed. */
    boolean isCut() {
        return left.get() < 0;
    }

    String address() {
        return "127.0.0.1:" + listening.getLocalPort();
    }

    private static void pump(Socket from, Socket to, AtomicLong allowed) {
        byte[] buffer = new byte[16384];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                if (allowed.addAndGet(-count) < 0) {
                    return;
                }
                out.write(buffer, 0, count);
            }
        } catch (IOException e) {
            // One side is gone; both sockets are closed on the way out.
            return;
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
    }
}
