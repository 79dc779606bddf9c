package xyz.autonomys.farmer.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class RepeatedLogTest {
    private final ch.qos.logback.classic.Logger logger =
            (ch.qos.logback.classic.Logger) LoggerFactory.getLogger("repeated-" + System.nanoTime());
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private long now;
    private final RepeatedLog log = new RepeatedLog(logger, Duration.ofSeconds(30), () -> now);

    RepeatedLogTest() {
        lines.start();
        logger.addAppender(lines);
    }

    @Test
    void repetitionsAreCountedInsteadOfLogged() {
        for (int i = 0; i < 5; i++) {
            log.warn("refused", "{} refused piece {}", "peer", i);
        }
        now += Duration.ofSeconds(30).toNanos();
        log.warn("refused", "{} refused piece {}", "peer", 5);
        assertEquals(List.of("peer refused piece 0", "peer refused piece 5 (4 more like this before)"), texts());
    }

    @Test
    void kindsAreToldApart() {
        log.warn("a", "a");
        log.info("b", "b");
        assertEquals(List.of("a", "b"), texts());
    }

    @Test
    void kindsBeyondTheLimitShareALine() {
        for (int i = 0; i < 10_000; i++) {
            log.warn("kind " + i, "{}", i);
        }
        assertEquals(RepeatedLog.MAX_KEYS + 1, texts().size());
    }

    private List<String> texts() {
        return lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }
}
