package io.kilonova.launcher;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.util.List;
import org.slf4j.LoggerFactory;

/**
 * How the program logs: one line an event, in UTC, on standard error. Found by Logback as a service. It is not a file, which
 * Logback would read with an XML parser at each start.
 */
public final class LogSetup extends ContextAwareBase implements Configurator {
    /** Libraries of which only what went wrong is told. */
    private static final List<String> QUIET =
            List.of("org.eclipse.jetty", "org.jooq", "com.zaxxer.hikari", "org.flywaydb");

    /** Made by Logback. */
    public LogSetup() {}

    @Override
    public ExecutionStatus configure(LoggerContext logging) {
        LogWriter writer = new LogWriter(new FileOutputStream(FileDescriptor.err));
        writer.setName("ERROR_STREAM");
        writer.setContext(logging);
        writer.start();
        Logger root = logging.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.INFO);
        root.addAppender(writer);
        QUIET.forEach(name -> logging.getLogger(name).setLevel(Level.WARN));
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /** Writes out what was logged; nothing is logged after this. Called right before the process ends. */
    static void end() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext logging) {
            logging.stop();
        }
    }
}
