package xyz.autonomys.farmer.cli;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a role until the process is told to stop, and stops it cleanly within ten seconds. */
final class RoleProcess {
    /** Set to any value, the process ends when its standard input does: when its parent is gone. */
    static final String STOP_WITH_PARENT = "AUTONOMYS_FARMER_STOP_WITH_PARENT";

    private static final Logger LOG = LoggerFactory.getLogger(RoleProcess.class);
    private static final long STOP_SECONDS = 9;

    /** A role that is not up has acknowledged nothing, and its self-tests cannot be interrupted. */
    private static final long STOP_STARTING_SECONDS = 3;

    private RoleProcess() {}

    /** Starts the role, waits for SIGTERM or SIGINT, and closes it. */
    static int run(Callable<? extends AutoCloseable> start) throws Exception {
        if (System.getenv(STOP_WITH_PARENT) != null) {
            Thread.ofPlatform().daemon().name("parent").start(RoleProcess::stopWithParent);
        }
        CountDownLatch closed = new CountDownLatch(1);
        AtomicBoolean up = new AtomicBoolean();
        Thread starter = Thread.currentThread();
        Thread hook = Thread.ofPlatform().name("stop").unstarted(() -> {
            starter.interrupt();
            try {
                if (closed.await(STOP_STARTING_SECONDS, TimeUnit.SECONDS)) {
                    return;
                }
                if (!up.get()) {
                    LOG.info("Stopped while starting");
                } else if (!closed.await(STOP_SECONDS - STOP_STARTING_SECONDS, TimeUnit.SECONDS)) {
                    LOG.warn("Not everything has stopped after {} s", STOP_SECONDS);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        Runtime.getRuntime().addShutdownHook(hook);
        try (AutoCloseable role = start.call()) {
            up.set(true);
            new CountDownLatch(1).await();
            return Main.FAILED;
        } catch (InterruptedException e) {
            LOG.info("Stopped");
            return Main.DONE;
        } finally {
            closed.countDown();
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                LOG.trace("Already stopping", e);
            }
        }
    }

    /** Closes every role of this process and ends it with an error, for the supervisor to start it again. */
    static void fail() {
        System.exit(Main.FAILED);
    }

    /**
     * Runs several roles, each on a thread of its own, until all have ended; when one fails, the others are stopped.
     *
     * @param roles what {@link #run} each of them
     * @throws Exception the first failure
     */
    static int runAll(List<Callable<Integer>> roles) throws Exception {
        // Not shut down by a time-out: each role ends within its own.
        try (ExecutorService threads = Executors.newThreadPerTaskExecutor(
                Thread.ofPlatform().name("role-", 0).factory())) {
            ExecutorCompletionService<Integer> running = new ExecutorCompletionService<>(threads);
            roles.forEach(running::submit);
            int code = Main.DONE;
            for (int i = 0; i < roles.size(); i++) {
                try {
                    code = Math.max(code, running.take().get());
                } catch (ExecutionException e) {
                    threads.shutdownNow();
                    throw e.getCause() instanceof Exception failure ? failure : e;
                }
            }
            return code;
        }
    }

    private static void stopWithParent() {
        try {
            while (System.in.read() >= 0) {
                // Only the end matters.
            }
        } catch (IOException e) {
            LOG.debug("Standard input failed", e);
        }
        System.exit(Main.DONE);
    }
}
