package xyz.autonomys.farmer.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The version of this build, as the build wrote it into the jar. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() throws IOException {
        return new String[] {"autonomys-farmer " + number()};
    }

    /** The version's number alone. */
    static String number() throws IOException {
        Properties build = new Properties();
        try (InputStream in = Version.class.getResourceAsStream("build.properties")) {
            if (in == null) {
                throw new IOException("build.properties is missing from the jar; build again with ./autonomys-farmer");
            }
            build.load(in);
        }
        return build.getProperty("version");
    }
}
