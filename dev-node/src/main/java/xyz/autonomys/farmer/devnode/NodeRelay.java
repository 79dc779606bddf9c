package xyz.autonomys.farmer.devnode;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands for the process of one simulated node where the chain runs in another process: hands every connection on to
 * that node's port. Killing it is to its clients what the death of a node is, and the chain goes on.
 */
public final class NodeRelay implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NodeRelay.class);
    private static final int CONNECT_MILLIS = 2000;
    private static final int BUFFER_BYTES = 64 << 10;

    private final InetSocketAddress target;
    private final ServerSocket listener;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

    private NodeRelay(InetSocketAddress target, ServerSocket listener) {
        this.target = target;
        this.listener = listener;
    }

    /**
     * Starts to listen.
     *
     * @param host address to listen on
     * @param port TCP port, 0 for any
     * @param target RPC port of the node, which need not be reachable yet
     * @throws IOException if the port cannot be opened
     */
    public static NodeRelay start(String host, int port, InetSocketAddress target) throws IOException {
        ServerSocket listener = new ServerSocket();
        boolean bound = false;
        try {
            listener.setReuseAddress(true);
            listener.bind(new InetSocketAddress(InetAddress.getByName(host), port));
            bound = true;
        } catch (IOException e) {
            throw new IOException("cannot listen on " + host + ":" + port + ": " + e.getMessage(), e);
        } finally {
            if (!bound) {
                listener.close();
            }
        }
        NodeRelay relay = new NodeRelay(target, listener);
        Thread.ofPlatform().name("relay").start(relay::accept);
        LOG.info("A simulated node at {}:{} for {}", host, relay.port(), target);
        return relay;
    }

    /** The port it listens on. */
    public int port() {
        return listener.getLocalPort();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                Thread.ofVirtual().start(() -> serve(client));
            } catch (IOException e) {
                if (!listener.isClosed()) {
                    LOG.warn("A connection was not accepted: {}", e.getMessage());
                }
            }
        }
    }

    private void serve(Socket client) {
        try (client;
                Socket node = new Socket()) {
            sockets.add(client);
            sockets.add(node);
            node.connect(target, CONNECT_MILLIS);
            node.setTcpNoDelay(true);
            client.setTcpNoDelay(true);
            Thread back = Thread.ofVirtual().start(() -> copy(node, client));
            copy(client, node);
            back.join();
        } catch (IOException e) {
            LOG.debug("{} is not reachable: {}", target, e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            sockets.remove(client);
            sockets.removeIf(Socket::isClosed);
        }
    }

    /** Copies until either side ends, then ends both: half a connection is of no use to anybody here. */
    private static void copy(Socket from, Socket to) {
        byte[] buffer = new byte[BUFFER_BYTES];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                out.write(buffer, 0, count);
            }
        } catch (IOException e) {
            LOG.trace("A connection ended", e);
        }
    }

    /** Ends all connections; new ones are served. */
    public void disconnect() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        disconnect();
    }
}
