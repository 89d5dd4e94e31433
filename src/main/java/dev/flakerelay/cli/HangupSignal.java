package dev.flakerelay.cli;

import java.lang.reflect.Proxy;

/**
 * Hears of SIGHUP by {@code sun.misc.Signal} (module {@code jdk.unsupported}, JEP 260), the JDK's
 * only way. By reflection, as the compiler warns of that class and can't be told not to.
 */
final class HangupSignal {
  private HangupSignal() {}

  /** Does something each time the signal comes; nothing where the JVM does not hear of it. */
  static void handle(Runnable reaction) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object reacting =
          Proxy.newProxyInstance(
              handler.getClassLoader(),
              new Class<?>[] {handler},
              (self, method, arguments) ->
                  switch (method.getName()) {
                    case "handle" -> {
                      reaction.run();
                      yield null;
                    }
                    case "equals" -> false; // nobody compares it
                    case "hashCode" -> System.identityHashCode(self);
                    default -> "SIGHUP";
                  });
      Object hangup = signal.getConstructor(String.class).newInstance("HUP");
      var _ = signal.getMethod("handle", signal, handler).invoke(null, hangup, reacting);
    } catch (ReflectiveOperationException | IllegalArgumentException e) {
      // A JVM without that module, or with -Xrs: SIGHUP does what it does anywhere.
    }
  }
}
