package dev.flakerelay.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import java.lang.reflect.Proxy;
import java.time.Duration;

/** What Lambda tells a handler of one invocation; a handler that asks for more fails its test. */
final class Invocation {
  private Invocation() {}

  /** One that has plenty of time. */
  static Context context() {
    return endingIn(Duration.ofMinutes(15));
  }

  /** One that is ended after a while. */
  static Context endingIn(Duration time) {
    return (Context)
        Proxy.newProxyInstance(
            Context.class.getClassLoader(),
            new Class<?>[] {Context.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("getRemainingTimeInMillis")) {
                return Math.toIntExact(time.toMillis());
              }
              throw new UnsupportedOperationException(method.getName());
            });
  }
}
