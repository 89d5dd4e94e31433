package dev.flakerelay.cli.view;

import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.stream.Collectors;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.revwalk.RevCommit;

/** A commit as {@code git log} shows it. */
public final class CommitView {
  private static final DateTimeFormatter GIT =
      DateTimeFormatter.ofPattern("EEE MMM d HH:mm:ss yyyy Z", Locale.ROOT);

  private CommitView() {}

  /** A commit with its difference to its parent, as {@code git log --patch} shows it. */
  public static String of(RevCommit commit) {
    PersonIdent author = commit.getAuthorIdent();
    ZonedDateTime date = author.getWhenAsInstant().atZone(author.getZoneId());
    String message =
        commit
            .getFullMessage()
            .lines()
            .map(line -> "    " + line)
            .collect(Collectors.joining("\n"));
    return "commit %s%nAuthor: %s <%s>%nDate:   %s%n%n%s"
        .formatted(
            commit.name(), author.getName(), author.getEmailAddress(), GIT.format(date), message);
  }
}
