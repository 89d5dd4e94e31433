package dev.flakerelay.config.read;

import dev.flakerelay.config.Choice;
import dev.flakerelay.config.Glob;
import dev.flakerelay.config.PathFilter;
import dev.flakerelay.config.Trigger;
import dev.flakerelay.config.name.GitName;
import dev.flakerelay.config.name.RepositoryName;
import dev.flakerelay.config.yaml.Cursor;
import dev.flakerelay.config.yaml.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads one item of a route's {@code when}: which keys it takes depends on its event. */
final class TriggerReader {
  /** The events that can ask for an update. */
  private enum Event {
    REPOSITORY_DISPATCH,
    PUSH,
    WORKFLOW_RUN,
    RELEASE,
    DISPATCH
  }

  private static final String NAME = "([A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+?)";
  private static final Pattern URL =
      Pattern.compile(
          "(?:https://[A-Za-z0-9.-]+/|(?:ssh://)?git@[A-Za-z0-9.-]+[:/]|github:)"
              + NAME
              + "(?:\\.git)?(?:[/?#].*)?");
  private static final Pattern ENDING = Pattern.compile(NAME + "\\.git");

  private TriggerReader() {}

  /**
   * Reads one.
   *
   * @param events is told its event, whatever else is wrong
   */
  static Optional<Trigger> trigger(Section section, Consumer<String> events) {
    var repository = section.required("repository", "owner/name", TriggerReader::repository);
    Optional<Event> event = section.required("event", "push", TriggerReader::event);
    if (event.isEmpty()) {
      return Optional.empty();
    }
    events.accept(name(event.get()));
    return switch (event.get()) {
      case REPOSITORY_DISPATCH -> {
        var type = section.required("type", "name-updated", Function.identity());
        yield section.make(
            () -> new Trigger.RepositoryDispatch(repository.orElseThrow(), type.orElseThrow()));
      }
      case PUSH -> {
        var branch = section.required("branch", "main", GitName::branch);
        var paths =
            section.optional("paths", "[\"**\", \"!docs/**\"]").flatMap(TriggerReader::paths);
        yield section.make(
            () -> new Trigger.Push(repository.orElseThrow(), branch.orElseThrow(), paths));
      }
      case WORKFLOW_RUN -> {
        var workflow = section.optional("workflow", "release.yml", Function.identity());
        var branch = section.optional("branch", "main", GitName::branch);
        yield section.make(
            () -> new Trigger.WorkflowRun(repository.orElseThrow(), workflow, branch));
      }
      case DISPATCH -> {
        var ref = section.optional("ref", "refs/heads/main", TriggerReader::ref);
        yield section.make(() -> new Trigger.Dispatch(repository.orElseThrow(), ref));
      }
      case RELEASE -> section.make(() -> new Trigger.Release(repository.orElseThrow()));
    };
  }

  /** A person writes what stands in the browser's address; no delivery names it so. */
  private static RepositoryName repository(String text) {
    for (Pattern form : List.of(URL, ENDING)) {
      Matcher url = form.matcher(text);
      if (url.matches()) {
        throw new IllegalArgumentException(
            "a repository is written owner/name here: write " + url.group(1));
      }
    }
    return RepositoryName.parse(text);
  }

  private static String name(Event event) {
    return event.name().toLowerCase(Locale.ROOT);
  }

  private static Optional<PathFilter> paths(Cursor value) {
    return value
        .someOf(item -> item.text(PathFilter.Pattern::parse))
        .filter(patterns -> !patterns.isEmpty())
        .flatMap(
            patterns -> {
              try {
                return Optional.of(new PathFilter(patterns));
              } catch (IllegalArgumentException e) {
                return value.problem(String.valueOf(e.getMessage()));
              }
            });
  }

  private static Glob ref(String text) {
    if (!text.startsWith("refs/")) {
      throw new IllegalArgumentException("a reference in full: write refs/heads/" + text);
    }
    return new Glob(text);
  }

  /** An event is written with underscores, as in GitHub's header. */
  private static Event event(String text) {
    List<String> names = new ArrayList<>();
    for (Event event : Event.values()) {
      String name = name(event);
      if (name.equals(text)) {
        return event;
      }
      names.add(name);
    }
    throw new IllegalArgumentException("unknown event: " + Choice.hint(text, names));
  }
}
