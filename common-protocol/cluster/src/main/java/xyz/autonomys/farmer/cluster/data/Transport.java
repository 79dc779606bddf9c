package xyz.autonomys.farmer.cluster.data;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;

/** Linux epoll where its native library loads, else Java NIO; how sockets are read and where their buffers come from. */
final class Transport {
    private static final boolean EPOLL = Epoll.isAvailable();

    /** A read takes at most this much; a busy connection soon reads so much at once, an idle one holds nothing. */
    static final int RECEIVE_BYTES = 256 * 1024;

    private static final int SMALLEST_RECEIVE_BYTES = 1024;
    private static final int FIRST_RECEIVE_BYTES = 4096;
    private static final int FEWEST_THREADS = 2;
    private static final int MOST_THREADS = 8;
    private static final int CORES_PER_THREAD = 4;

    private Transport() {}

    /** Event loops for a client or a server: one for four cores, from 2 to 8. */
    static int defaultThreads() {
        return Math.clamp(Runtime.getRuntime().availableProcessors() / CORES_PER_THREAD, FEWEST_THREADS, MOST_THREADS);
    }

    static ByteBufAllocator allocator() {
        return PooledByteBufAllocator.DEFAULT;
    }

    static RecvByteBufAllocator receiveBuffers() {
        return new AdaptiveRecvByteBufAllocator(SMALLEST_RECEIVE_BYTES, FIRST_RECEIVE_BYTES, RECEIVE_BYTES);
    }

    static EventLoopGroup newGroup(String name, int threads) {
        return new MultiThreadIoEventLoopGroup(
                threads,
                new DefaultThreadFactory(name, true),
                EPOLL ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    }

    static Class<? extends ServerSocketChannel> serverChannel() {
        return EPOLL ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    }

    static Class<? extends SocketChannel> clientChannel() {
        return EPOLL ? EpollSocketChannel.class : NioSocketChannel.class;
    }

    static String describe() {
        return EPOLL ? "epoll" : "NIO";
    }
}
