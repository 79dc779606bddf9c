package xyz.autonomys.farmer.cluster.control;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a component of a message that an older version of the control protocol does not have, or a message that an older
 * version has in another form. How two versions work together is told at {@link ControlCodec}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT, ElementType.TYPE})
public @interface Since {
    /** The version that added the component, or gave the message its form. */
    int value();

    /** What the absence of the component means, as JSON. */
    String otherwise() default "null";
}
