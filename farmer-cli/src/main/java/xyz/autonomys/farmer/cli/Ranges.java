package xyz.autonomys.farmer.cli;

import java.lang.reflect.AnnotatedElement;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Compares what was given for options with their {@link Range}. */
final class Ranges {
    private Ranges() {}

    /**
     * Looks at the options of all commands of a line.
     *
     * @throws ParameterException naming the first option out of its range, its value and the range
     */
    static void check(ParseResult parsed) {
        for (OptionSpec option : parsed.commandSpec().options()) {
            if (option.userObject() instanceof AnnotatedElement element
                    && element.getAnnotation(Range.class) instanceof Range range
                    && option.getValue() instanceof Number value
                    && (value.longValue() < range.from() || value.longValue() > range.to())) {
                throw new ParameterException(
                        parsed.commandSpec().commandLine(),
                        option.longestName() + " " + value + " must be "
                                + (range.to() == Long.MAX_VALUE
                                        ? range.from() + " or more"
                                        : range.from() + " to " + range.to()));
            }
        }
        parsed.subcommands().forEach(Ranges::check);
    }
}
