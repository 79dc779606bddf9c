package xyz.autonomys.farmer.node;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A TCP relay in front of a node whose connections can be frozen half-open, and into which bytes can be slipped. */
final class FaultyLink implements AutoCloseable {
    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final int target;
    private final List<Relay> relays = new CopyOnWriteArrayList<>();

    FaultyLink(int target) throws IOException {
        this.target = target;
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Connections open now. */
    List<Relay> relays() {
        return relays;
    }

    private void accept() {
        try {
            while (true) {
                relays.add(new Relay(listener.accept(), new Socket(InetAddress.getLoopbackAddress(), target)));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    /** From now on nothing passes over the connections that are open, which stay open. */
    void freeze() {
        relays.forEach(relay -> relay.frozen = true);
        relays.clear();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        relays.forEach(Relay::close);
    }

    /** One connection. */
    final class Relay {
        private final Socket client;
        private final Socket node;
        private volatile boolean frozen;

        private Relay(Socket client, Socket node) throws IOException {
            client.setTcpNoDelay(true);
            node.setTcpNoDelay(true);
            this.client = client;
            this.node = node;
            Thread.ofVirtual().start(() -> copy(client, node));
            Thread.ofVirtual().start(() -> copy(node, client));
        }

        private void copy(Socket from, Socket to) {
            byte[] buffer = new byte[8192];
            try (InputStream in = from.getInputStream();
                    OutputStream out = to.getOutputStream()) {
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    while (frozen) {
                        Thread.sleep(100);
                    }
                    synchronized (to) {
                        out.write(buffer, 0, n);
                    }
                }
            } catch (IOException | InterruptedException e) {
                // Ended.
            } finally {
                relays.remove(this);
                close();
            }
        }

        /** Sends a WebSocket text frame to the client as if it came from the node. */
        void slipIn(String text) throws IOException {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            synchronized (client) {
                OutputStream out = client.getOutputStream();
                out.write(0x81);
                if (bytes.length < 126) {
                    out.write(bytes.length);
                } else {
                    out.write(126);
                    out.write(bytes.length >>> 8);
                    out.write(bytes.length);
                }
                out.write(bytes);
                out.flush();
            }
        }

        private void close() {
            try {
                client.close();
                node.close();
            } catch (IOException e) {
                // It is gone either way.
            }
        }
    }
}
