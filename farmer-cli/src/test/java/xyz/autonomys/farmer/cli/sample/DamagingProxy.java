package xyz.autonomys.farmer.cli.sample;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/** Hands a program's connections on, and on demand flips a bit of what the program sends: a frame is corrupt. */
public final class DamagingProxy implements AutoCloseable {
    private static final int BUFFER_BYTES = 64 << 10;

    /** Smaller reads are handshakes and headers; the large ones are pieces and sectors. */
    private static final int BULK_BYTES = 4096;

    private final String name;
    private final ServerSocket listener;
    private final InetSocketAddress target;
    private final AtomicInteger wanted = new AtomicInteger();
    private final AtomicInteger damaged = new AtomicInteger();

    private DamagingProxy(String name, ServerSocket listener, InetSocketAddress target) {
        this.name = name;
        this.listener = listener;
        this.target = target;
    }

    /** A proxy that listens. */
    static DamagingProxy start(String name, InetSocketAddress address, InetSocketAddress target) throws IOException {
        ServerSocket listener = new ServerSocket();
        listener.bind(address);
        DamagingProxy proxy = new DamagingProxy(name, listener, target);
        Thread.ofVirtual().start(proxy::accept);
        return proxy;
    }

    /** Whose connections these are. */
    String name() {
        return name;
    }

    /** Flips a bit in the next large block that the program sends. */
    void damageOne(Random random) {
        wanted.set(1 + random.nextInt(1 << 30));
    }

    /** How many blocks were damaged. */
    int damaged() {
        return damaged.get();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket asker = listener.accept();
                Thread.ofVirtual().start(() -> connect(asker));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void connect(Socket asker) {
        try (asker;
                Socket program = new Socket()) {
            program.connect(target, 2000);
            Thread up = Thread.ofVirtual().start(() -> pump(asker, program, false));
            pump(program, asker, true);
            up.join();
        } catch (IOException e) {
            // The program is away: its asker sees a closed connection, as it would without us.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void pump(Socket from, Socket to, boolean damaging) {
        byte[] buffer = new byte[BUFFER_BYTES];
        try (InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                if (damaging && read >= BULK_BYTES) {
                    int bit = wanted.getAndSet(0);
                    if (bit > 0) {
                        buffer[bit / 8 % read] ^= (byte) (1 << bit % 8);
                        damaged.incrementAndGet();
                    }
                }
                out.write(buffer, 0, read);
            }
        } catch (IOException e) {
            // Either side is gone; closing the streams tells the other.
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
