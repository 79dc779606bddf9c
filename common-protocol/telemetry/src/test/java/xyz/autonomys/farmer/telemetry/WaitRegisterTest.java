package xyz.autonomys.farmer.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class WaitRegisterTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final ch.qos.logback.classic.Logger logger =
            (ch.qos.logback.classic.Logger) LoggerFactory.getLogger("waits-under-test-" + System.nanoTime());
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private long now = 1_000_000_000_000L;
    private final WaitRegister register;

    WaitRegisterTest() {
        lines.start();
        logger.addAppender(lines);
        register = new WaitRegister(() -> now, new RepeatedLog(logger, Duration.ofSeconds(30), () -> now));
    }

    @AfterEach
    void close() {
        register.close();
    }

    @Test
    void aWaitWithinItsDeadlineIsNobodysBusiness() {
        try (Wait wait = register.begin("farm 0", "a sector", LIMIT, "")) {
            pass(30);
            register.look();
            assertEquals(List.of(), register.overdue());
            assertEquals(1, register.open());
        }
        assertEquals(0, register.open());
        assertEquals(List.of(), texts());
    }

    @Test
    void aLateWaitBecomesOneLineWithCauseAndRemedyAndAnotherWhenItEnds() {
        Wait wait = register.begin("farm 0", "the staged sector", LIMIT, "see whether the plot-server runs")
                .from("10.0.0.7:4000")
                .item(17)
                .cause("connection refused");
        pass(31);
        register.look();
        pass(5);
        register.look();
        String brief = "farm 0 waits for the staged sector 17 from 10.0.0.7:4000 since 31 s (limit 30 s)";
        assertEquals(List.of(brief + ": connection refused; see whether the plot-server runs"), texts());
        assertEquals(36, register.overdue().getFirst().seconds());
        assertEquals(1, register.late());
        wait.close();
        assertEquals("farm 0 no longer waits for the staged sector 17, after 36 s", texts().getLast());
        assertEquals(List.of(), register.overdue());
    }

    @Test
    void progressMovesTheDeadline() {
        Wait wait = register.begin("cache", "pieces", LIMIT, "");
        pass(29);
        wait.progress();
        pass(29);
        register.look();
        assertEquals(List.of(), register.overdue());
        pass(2);
        register.look();
        assertEquals(
                List.of(31L),
                register.overdue().stream().map(OverdueWait::seconds).toList(),
                "since the last sign of life");
        wait.progress();
        register.look();
        assertEquals(List.of(), register.overdue());
        assertEquals("pieces goes on after 31 s", texts().getLast());
    }

    @Test
    void manyWaitsOfAKindShareALine() {
        for (int i = 0; i < 1000; i++) {
            register.begin("cache", "pieces", LIMIT, "").item(i);
        }
        pass(31);
        register.look();
        assertEquals(1, texts().size());
        assertTrue(texts().getFirst().endsWith(" (and 999 more like it)"), texts().getFirst());
        assertEquals(1000, register.late());
    }

    @Test
    void aWaitThatLastsIsMentionedAgain() {
        register.begin("cache", "pieces", LIMIT, "");
        for (int minute = 0; minute < 25; minute++) {
            pass(60);
            register.look();
        }
        assertEquals(3, texts().size(), texts().toString());
    }

    @Test
    void whatComesAndGoesIsOneWaitFromFindingItLackingUntilItIsThere() {
        StandingWait node = new StandingWait(register, "controller", "its node", LIMIT, "start it");
        node.over();
        node.progress();
        assertEquals(0, register.open());
        node.lacks("connection refused").from("ws://node");
        pass(20);
        node.lacks("it synchronises");
        assertEquals(1, register.open());
        pass(11);
        register.look();
        assertEquals(
                List.of(
                        "controller waits for its node from ws://node since 31 s (limit 30 s): it synchronises; start it"),
                texts());
        node.progress();
        pass(29);
        assertEquals(List.of(), register.overdue());
        node.close();
        assertEquals(0, register.open());
        node.lacks("gone again");
        pass(29);
        assertEquals(List.of(), register.overdue(), "it counts anew");
        assertEquals(2, register.begun());
    }

    @Test
    void theOwnerReroutesOnce() throws InterruptedException {
        AtomicInteger rerouted = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(1);
        register.begin("cache", "pieces", LIMIT, "").orElse(() -> {
            rerouted.incrementAndGet();
            done.countDown();
        });
        pass(31);
        register.look();
        pass(700);
        register.look();
        assertTrue(done.await(1, TimeUnit.MINUTES));
        assertEquals(1, rerouted.get());
    }

    private void pass(long seconds) {
        now += TimeUnit.SECONDS.toNanos(seconds);
    }

    private List<String> texts() {
        return lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }
}
