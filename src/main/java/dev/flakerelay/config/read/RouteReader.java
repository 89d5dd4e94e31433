package dev.flakerelay.config.read;

import dev.flakerelay.ForgeHosts;
import dev.flakerelay.config.Allow;
import dev.flakerelay.config.Checks;
import dev.flakerelay.config.Choice;
import dev.flakerelay.config.CommitStyle;
import dev.flakerelay.config.EngineChoice;
import dev.flakerelay.config.ProposalStyle;
import dev.flakerelay.config.Publish;
import dev.flakerelay.config.Route;
import dev.flakerelay.config.Sign;
import dev.flakerelay.config.TagPattern;
import dev.flakerelay.config.Target;
import dev.flakerelay.config.Trigger;
import dev.flakerelay.config.message.MessageTemplate;
import dev.flakerelay.config.name.FlakeReference;
import dev.flakerelay.config.yaml.Cursor;
import dev.flakerelay.config.yaml.Section;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Reads one route of {@code relay.yaml}, from top to bottom. */
final class RouteReader {
  private RouteReader() {}

  static Optional<Route> route(
      String name, Section section, ForgeHosts forges, Consumer<String> events) {
    var when =
        section
            .required("when", "[{ event: push, repository: owner/name, branch: main }]")
            .flatMap(
                value ->
                    value.someOf(
                        item -> item.section(keys -> TriggerReader.trigger(keys, events))));
    var source = section.optional("source", "github:owner/name/main", FlakeReference::parse);
    var targets =
        section
            .required(
                "targets",
                "[{ repository: https://github.com/owner/name.git, branch: main, input: name }]")
            .flatMap(value -> value.someOf(item -> item.section(TargetReader::target)));
    var commit =
        section
            .optional("commit", "{ message: \"chore: bump {input} ({sha7})\" }")
            .flatMap(value -> value.section(RouteReader::commit));
    var publish = section.optional("publish", "push", Choice.of(Publish.class));
    var allow =
        section
            .optional("allow", "[downgrade]")
            .flatMap(
                value -> value.list(Cursor.distinct(item -> item.text(Choice.of(Allow.class)))));
    var pushAttempts = section.optional("push-attempts", "5", Choice::upTo100);
    var reconcile = section.optional("reconcile", "false", Choice::truth);
    var tag =
        section
            .optional("version", "{ tag: \"hello-v(.+)\" }")
            .flatMap(value -> value.section(RouteReader::tag));
    var proposal =
        section
            .optional("pull-request", "{ labels: [dependencies] }")
            .flatMap(value -> value.section(ProposalReader::style));
    var report = section.optional("report", "true", Choice::truth);
    var engine = section.optional("engine", "auto", Choice.of(EngineChoice.class));
    var checks = section.optional("checks", "required", Choice.of(Checks.class));
    if (checks.equals(Optional.of(Checks.REQUIRED))
        && source.isPresent()
        && !source.get().onGitHub()) {
      section.problem(
          "checks",
          "the checks of " + source.get().url() + " can't be asked for: they are read on GitHub");
    }
    if (publish.equals(Optional.of(Publish.PULL_REQUEST))) {
      for (Target target : targets.orElse(List.of())) {
        if (!forges.mayHavePullRequests(target.flake().repository())) {
          section.problem(
              "publish",
              "there are no pull requests on "
                  + target.flake().repository()
                  + ": write push, or name targets as https://github.com/owner/name.git");
        }
      }
    }
    return section.make(
        () ->
            new Route(
                name,
                when.orElseThrow(),
                source,
                targets.orElseThrow(),
                commit.orElse(CommitStyle.DEFAULT),
                publish.orElse(Publish.PUSH),
                Set.copyOf(allow.orElse(List.of())),
                pushAttempts.orElse(Route.DEFAULT_PUSH_ATTEMPTS),
                reconcile.orElseGet(() -> followsBranch(when.orElseThrow())),
                tag,
                report,
                proposal.orElse(ProposalStyle.DEFAULT),
                engine.orElse(EngineChoice.AUTO),
                checks.orElse(Checks.IGNORED)));
  }

  /** Who waits for releases, builds or some paths wants the lock to stay behind the branch. */
  private static boolean followsBranch(List<Trigger> when) {
    return when.stream()
        .anyMatch(
            trigger ->
                switch (trigger) {
                  case Trigger.Push push -> push.paths().isEmpty();
                  case Trigger.RepositoryDispatch _, Trigger.Dispatch _ -> true;
                  case Trigger.WorkflowRun _, Trigger.Release _ -> false;
                });
  }

  private static Optional<TagPattern> tag(Section section) {
    var tag = section.required("tag", "\"hello-v(.+)\"", TagPattern::new);
    return section.make(tag::orElseThrow);
  }

  private static Optional<CommitStyle> commit(Section section) {
    var message =
        section.optional(
            "message", "\"chore: bump {input}[ to v{version}] ({sha7})\"", MessageTemplate::new);
    var author =
        section
            .optional("author", "{ name: flake-relay, email: relay@example.org }")
            .flatMap(value -> value.section(RouteReader::author));
    var sign = section.optional("sign", "ssh", Choice.of(Sign.class));
    if (author.isPresent() && sign.equals(Optional.of(Sign.GITHUB))) {
      section.problem("author", "GitHub signs for its App alone: leave the author out");
    }
    return section.make(
        () ->
            new CommitStyle(
                message.orElse(MessageTemplate.DEFAULT),
                author.orElse(CommitStyle.Author.DEFAULT),
                sign.orElse(Sign.NONE)));
  }

  private static Optional<CommitStyle.Author> author(Section section) {
    var name = section.required("name", "flake-relay", CommitStyle.Author::clean);
    var email = section.required("email", "relay@example.org", CommitStyle.Author::clean);
    return section.make(() -> new CommitStyle.Author(name.orElseThrow(), email.orElseThrow()));
  }
}
