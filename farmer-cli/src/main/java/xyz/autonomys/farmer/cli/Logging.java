package xyz.autonomys.farmer.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import org.slf4j.LoggerFactory;

/** How log lines look; they always go to standard error, so that standard output carries results only. */
final class Logging {
    /** Form of a log line. */
    enum Format {
        /** One line for people. */
        TEXT,
        /** One JSON object on a line. */
        JSON
    }

    private static final String LINE = "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %logger{0}: %msg%n";
    /** A fault is named behind its line; where it came from is only shown to who wants to know more. */
    private static final String FAULT = "%ex{0}";

    private static Format format = Format.TEXT;
    private static boolean verbose;

    private Logging() {}

    /** Shows what the program does, not only what matters. */
    static synchronized void verbose() {
        verbose = true;
        root().setLevel(Level.DEBUG);
        apply();
    }

    /** Replaces the form of log lines. */
    static synchronized void format(Format chosen) {
        format = chosen;
        apply();
    }

    private static void apply() {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setContext(context);
        appender.setTarget("System.err");
        appender.setEncoder(
                switch (format) {
                    case TEXT -> text(context);
                    case JSON -> json(context);
                });
        appender.start();
        root().detachAndStopAllAppenders();
        root().addAppender(appender);
    }

    private static Encoder<ILoggingEvent> text(LoggerContext context) {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern(LINE + (verbose ? "%ex" : FAULT));
        encoder.start();
        return encoder;
    }

    private static Encoder<ILoggingEvent> json(LoggerContext context) {
        JsonEncoder encoder = new JsonEncoder();
        encoder.setContext(context);
        encoder.start();
        return encoder;
    }

    private static Logger root() {
        return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    }
}
