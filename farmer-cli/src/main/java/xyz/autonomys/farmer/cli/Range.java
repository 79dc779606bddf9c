package xyz.autonomys.farmer.cli;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The whole numbers that an option takes. {@link Ranges} refuses others before any command does anything. */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.FIELD, ElementType.PARAMETER})
@interface Range {
    /** The least one. */
    long from();

    /** The largest one. */
    long to() default Long.MAX_VALUE;
}
