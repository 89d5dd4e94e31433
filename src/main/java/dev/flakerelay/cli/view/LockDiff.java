package dev.flakerelay.cli.view;

import dev.flakerelay.queue.Job;
import dev.flakerelay.update.Rehearsal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.eclipse.jgit.diff.DiffFormatter;
import org.eclipse.jgit.diff.HistogramDiff;
import org.eclipse.jgit.diff.RawText;
import org.eclipse.jgit.diff.RawTextComparator;

/** Keeps the locks that would be pushed, as {@code git diff} shows them. */
public final class LockDiff implements Rehearsal {
  private final Map<String, String> byTarget = new LinkedHashMap<>();

  @Override
  public void made(Job job, NewLock lock) {
    byTarget.merge(job.target(), text(lock), String::concat);
  }

  @Override
  public boolean always() {
    return false;
  }

  /** The diffs of a job's target; empty if nothing of it would be pushed. */
  public String of(Job job) {
    return byTarget.getOrDefault(job.target(), "");
  }

  /** All diffs. */
  public String all() {
    return String.join("", byTarget.values());
  }

  private static String text(NewLock lock) {
    RawText before = new RawText(lock.before());
    RawText after = new RawText(lock.after());
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try (DiffFormatter formatter = new DiffFormatter(text)) {
      formatter.format(
          new HistogramDiff().diff(RawTextComparator.DEFAULT, before, after), before, after);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return "--- a/%s%n+++ b/%s%n".formatted(lock.path(), lock.path())
        + text.toString(StandardCharsets.UTF_8);
  }
}
