package dev.flakerelay.lock;

import dev.flakerelay.Deadline;
import dev.flakerelay.JobException;
import dev.flakerelay.VisibleText;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An engine that makes all locks, after a {@link ShortCut} that makes most. */
public final class EngineWithShortCut implements LockEngine {
  private final ShortCut shortCut;
  private final LockEngine engine;
  private final Deadline deadline;

  /** Asks the first, and where that is unfit the second. */
  public EngineWithShortCut(ShortCut shortCut, LockEngine engine) {
    this(shortCut, engine, Deadline.NONE);
  }

  private EngineWithShortCut(ShortCut shortCut, LockEngine engine, Deadline deadline) {
    this.shortCut = shortCut;
    this.engine = engine;
    this.deadline = deadline;
  }

  @Override
  public NewLock lock(
      Map<String, byte[]> files,
      String directory,
      Map<String, String> overrides,
      List<ForgeToken> tokens)
      throws JobException {
    try {
      byte[] made = shortCut.lock(files, directory, overrides, tokens, deadline);
      return new NewLock(made, shortCut.name());
    } catch (UnfitException e) {
      NewLock made = engine.lock(files, directory, overrides, tokens);
      return new NewLock(
          made.file(), made.engine(), Optional.of(VisibleText.reason(e.getMessage())));
    }
  }

  @Override
  public void prepare(Map<String, byte[]> files, String directory, Map<String, String> overrides) {
    shortCut.prepare(files, directory, overrides, deadline);
  }

  @Override
  public EngineWithShortCut within(Deadline limit) {
    return new EngineWithShortCut(shortCut, engine.within(limit), limit);
  }

  @Override
  public Duration longest() {
    return engine.longest();
  }

  @Override
  public void prepareForToken() {
    engine.prepareForToken();
  }

  @Override
  public String version() throws JobException {
    return engine.version();
  }
}
