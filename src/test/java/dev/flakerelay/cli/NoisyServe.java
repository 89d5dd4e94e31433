package dev.flakerelay.cli;

import java.io.FileInputStream;
import java.util.concurrent.ForkJoinPool;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.slf4j.LoggerFactory;

/** {@code relay serve} in a process in which everything else makes noise. */
final class NoisyServe {
  /** What the noise ends with. */
  static final String END = "that was all";

  private NoisyServe() {}

  /** Runs the program; the noise begins when a line comes in. */
  public static void main(String[] arguments) {
    Thread.ofPlatform().daemon().start(NoisyServe::makeNoise);
    Main.main(arguments);
  }

  private static void makeNoise() {
    try {
      int begin = new FileInputStream("/dev/stdin").read();
      if (begin < 0) {
        return;
      }
      ends(
          Thread.ofPlatform().name("platform"),
          new IllegalStateException("uncaught\nin two lines"));
      ends(Thread.ofVirtual().name("virtual"), new IllegalStateException("uncaught, virtual"));
      ends(Thread.ofPlatform().name("no-memory"), new OutOfMemoryError("on purpose"));
      ends(Thread.ofPlatform().name("silent"), new Unspeakable());
      Thread.ofPlatform().name("full").start(NoisyServe::takeAllMemory).join();
      new IllegalStateException("printed", new Exception("its cause")).printStackTrace();
      Thread.dumpStack();
      System.out.print("no end of line: é \u001b[31m \u202e");
      System.out.println();
      System.err.println("{\"forged\":\n\"object\"}");
      System.err.println("x".repeat(100_000));
      Logger.getLogger("jul").log(Level.SEVERE, "with a trace\r\n{0}", new Object[] {"value"});
      Logger.getLogger("jul").log(Level.WARNING, "thrown", new IllegalStateException("a\nb"));
      Logger.getLogger("jul").log(Level.WARNING, "{0}", new Object[] {new Unspeakable()});
      LoggerFactory.getLogger("slf4j").error("thrown {}", "there", new Exception("c\nd"));
      System.getLogger("system").log(System.Logger.Level.ERROR, "system", new Exception("e"));
      ForkJoinPool.commonPool().execute(() -> throwIt(new StackOverflowError("pool")));
      System.err.println(END);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static void ends(Thread.Builder thread, Throwable how) throws InterruptedException {
    thread.start(() -> throwIt(how)).join();
  }

  private static void throwIt(Throwable what) {
    switch (what) {
      case Error e -> throw e;
      case RuntimeException e -> throw e;
      default -> throw new IllegalStateException(what);
    }
  }

  private static void takeAllMemory() {
    Object[] all = new Object[1];
    for (int size = 1 << 28; ; size = Math.max(size / 2, 16)) {
      for (int i = 0; i < 100_000; i++) {
        try {
          all = new Object[] {all, new byte[size]};
        } catch (OutOfMemoryError e) {
          if (size == 16) {
            throw e;
          }
          break;
        }
      }
    }
  }

  /** Can't even say what it is. */
  private static final class Unspeakable extends RuntimeException {
    private static final long serialVersionUID = 1;

    @Override
    public String getMessage() {
      throw new IllegalStateException("unspeakable");
    }
  }
}
