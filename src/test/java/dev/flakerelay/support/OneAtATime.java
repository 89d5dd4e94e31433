package dev.flakerelay.support;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Test classes that lead the connections of this JVM elsewhere. They run one after the other, on
 * one thread; other classes run beside them.
 */
@Execution(
    value = ExecutionMode.SAME_THREAD,
    reason = "the default proxy, password and trust belong to the whole JVM")
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface OneAtATime {}
