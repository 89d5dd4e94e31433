package dev.flakerelay.cli;

import dev.flakerelay.Token;
import dev.flakerelay.VisibleText;
import dev.flakerelay.audit.CommitAudit;
import dev.flakerelay.cli.option.Folders;
import dev.flakerelay.cli.option.HelpOption;
import dev.flakerelay.cli.option.SecretOption;
import dev.flakerelay.config.Network;
import dev.flakerelay.git.BranchHistory;
import dev.flakerelay.git.GitRemote;
import dev.flakerelay.lock.archive.LockedArchive;
import dev.flakerelay.update.Workshop;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code relay verify}. */
@Command(
    name = "verify",
    sortOptions = false,
    description = {
      "Checks that a target's history says what it does.",
      "Holds every flake-relay commit to its message and trailers, from the commit",
      "alone: lock before and after, nothing else touched. Exit code 1 if one lies.",
      "What a shallow or partial clone does not have is unknown, and no lie."
    })
final class VerifyCommand implements Callable<Integer> {
  @Parameters(
      arity = "0..1",
      paramLabel = "REPOSITORY",
      defaultValue = ".",
      description = "a folder or a Git URL (the folder you are in)")
  private String repository = ".";

  @Option(
      names = "--branch",
      paramLabel = "B",
      description = "the branch (what is checked out, or the default branch)")
  private Optional<String> branch = Optional.empty();

  @Option(
      names = "--token",
      paramLabel = "env:NAME",
      description = "where the token for a private repository is found")
  private Optional<String> token = Optional.empty();

  @Option(
      names = "--rehash",
      description = {
        "downloads each locked revision and compares its",
        "hash with the lock's; what is private, gone or",
        "on no forge is unknown"
      })
  private boolean rehash;

  @Mixin
  @SuppressWarnings("unused") // picocli looks at it
  private HelpOption help = new HelpOption();

  @Override
  public Integer call() throws Exception {
    List<CommitAudit.Verdict> verdicts;
    try (BranchHistory history = open()) {
      CommitAudit audit =
          rehash
              ? new CommitAudit(history, new DownloadedHashes(archives()))
              : new CommitAudit(history);
      verdicts = audit.run();
    }
    verdicts.forEach(verdict -> System.out.println(line(verdict)));
    System.out.println(verdicts.size() + " commits by flake-relay");
    long unknown = count(verdicts, CommitAudit.Finding.UNKNOWN);
    if (unknown > 0) {
      System.err.println(unknown + " of them could not be checked");
    }
    return count(verdicts, CommitAudit.Finding.LIE) == 0 ? Main.DONE : Main.FAILED;
  }

  private static LockedArchive archives() {
    return new LockedArchive(
        Folders.cache(System.getenv()).resolve("verify"),
        System.getenv(),
        Workshop.rules(Network.DEFAULT));
  }

  private static String line(CommitAudit.Verdict verdict) {
    String word =
        switch (verdict.finding()) {
          case TRUE -> "true    ";
          case LIE -> "LIES    ";
          case UNKNOWN -> "unknown ";
        };
    return word
        + verdict.commit().id().abbreviated()
        + " "
        + verdict.commit().time()
        + " "
        + VisibleText.of(verdict.claim())
        + (verdict.reason().isEmpty() ? "" : ": " + VisibleText.of(verdict.reason()));
  }

  private static long count(List<CommitAudit.Verdict> verdicts, CommitAudit.Finding finding) {
    return verdicts.stream().filter(verdict -> verdict.finding() == finding).count();
  }

  private BranchHistory open() throws Exception {
    Path folder = Path.of(repository);
    if (!repository.contains("://") && Files.isDirectory(folder)) {
      return BranchHistory.open(folder, branch);
    }
    return fetch();
  }

  private BranchHistory fetch() throws Exception {
    Optional<Token> secret = Optional.empty();
    if (token.isPresent()) {
      secret = Optional.of(SecretOption.readToken("--token", token.get()));
    }
    return BranchHistory.fetch(
        new GitRemote(repository, secret),
        branch,
        Folders.cache(System.getenv()).resolve("verify"));
  }
}
