package dev.flakerelay.webhook;

import dev.flakerelay.Revision;
import dev.flakerelay.Version;
import dev.flakerelay.config.Route;
import dev.flakerelay.config.Trigger;
import dev.flakerelay.config.name.RepositoryName;
import dev.flakerelay.queue.UnlistedPush;
import java.util.Optional;

/** A delivery that asks for an update, if a route waits for it. */
sealed interface Dispatch extends Event {

  /** The repository that the delivery speaks of. */
  RepositoryName repository();

  /** Whether this is what the trigger waits for. */
  boolean matches(Trigger trigger);

  /** What a route would have to wait for. */
  Trigger trigger();

  /**
   * What to lock.
   *
   * @return {@link Revision#NONE} if it is what a tag leads to
   * @throws MalformedDeliveryException if the delivery says it wrongly
   */
  Revision revision() throws MalformedDeliveryException;

  /** The tag to lock, where the delivery names no revision. */
  default Optional<String> tag() {
    return Optional.empty();
  }

  /**
   * What the revision is called.
   *
   * @param route may say where a tag has the version
   * @throws MalformedDeliveryException if something else than text or a number stands in its place
   */
  Optional<Version> version(Route route) throws MalformedDeliveryException;

  /**
   * What has to be looked up at the source before it is known whether the route waits for this.
   *
   * @param route one with a trigger that {@linkplain #matches matches}
   * @return empty if it waits for it in any case
   */
  default Optional<UnlistedPush> unlisted(Route route) {
    return Optional.empty();
  }

  private static Revision named(Payload payload, String path) throws MalformedDeliveryException {
    Revision sha = payload.revision(path);
    if (sha.isNone()) {
      throw new MalformedDeliveryException(path + " is all zeros, which names no commit");
    }
    return sha;
  }

  /**
   * {@code repository_dispatch}. Its {@code client_payload} is the sender's own and is looked into
   * only once a route waits for the type: others may send other things under other types.
   *
   * @param type the {@code event_type} that the sender chose
   */
  record Custom(RepositoryName repository, String type, Payload payload) implements Dispatch {
    @Override
    public boolean matches(Trigger trigger) {
      return trigger.equals(trigger());
    }

    @Override
    public Trigger trigger() {
      return new Trigger.RepositoryDispatch(repository, type);
    }

    @Override
    public Revision revision() throws MalformedDeliveryException {
      return named(payload, "client_payload.sha");
    }

    @Override
    public Optional<Version> version(Route route) throws MalformedDeliveryException {
      return payload.optionalTextOrNumber("client_payload.version").flatMap(route::version);
    }
  }

  /**
   * A dispatch whose sender a token proves; its {@code sha} and {@code version} are the sender's.
   *
   * @param ref what the sender's workflow ran for
   */
  record ByToken(RepositoryName repository, String ref, Payload payload) implements Dispatch {
    @Override
    public boolean matches(Trigger trigger) {
      return trigger instanceof Trigger.Dispatch wanted
          && wanted.repository().equals(repository)
          && wanted.ref().map(form -> form.matches(ref)).orElse(true);
    }

    @Override
    public Trigger trigger() {
      return new Trigger.Dispatch(repository, Optional.empty());
    }

    @Override
    public Revision revision() throws MalformedDeliveryException {
      return named(payload, "sha");
    }

    @Override
    public Optional<Version> version(Route route) throws MalformedDeliveryException {
      return payload.optionalTextOrNumber("version").flatMap(route::version);
    }
  }

  /** {@code push} to a branch, whose new head is {@code after}. */
  record Push(RepositoryName repository, String branch, Payload payload) implements Dispatch {
    @Override
    public boolean matches(Trigger trigger) {
      return trigger instanceof Trigger.Push wanted
          && wanted.isOf(repository, branch)
          && wanted.paths().map(PushedPaths.of(payload)::mayTouch).orElse(true);
    }

    @Override
    public Optional<UnlistedPush> unlisted(Route route) {
      PushedPaths pushed = PushedPaths.of(payload);
      return route.pushes(repository, branch).stream()
              .anyMatch(push -> push.paths().map(pushed::touches).orElse(true))
          ? Optional.empty()
          : Optional.of(new UnlistedPush(repository, branch, payload.commit("before")));
    }

    @Override
    public Trigger trigger() {
      return new Trigger.Push(repository, branch);
    }

    @Override
    public Revision revision() throws MalformedDeliveryException {
      return payload.revision("after");
    }

    @Override
    public Optional<Version> version(Route route) {
      return Optional.empty();
    }
  }

  /**
   * {@code workflow_run}, completed and successful, of the repository's own code.
   *
   * @param workflow the workflow's name
   * @param file the last part of its definition's path
   * @param branch the branch (for a tag's run: the tag) that it ran on
   * @param payload names the commit that it ran on
   */
  record WorkflowRun(
      RepositoryName repository,
      Optional<String> workflow,
      Optional<String> file,
      Optional<String> branch,
      Payload payload)
      implements Dispatch {
    @Override
    public boolean matches(Trigger trigger) {
      return trigger instanceof Trigger.WorkflowRun wanted
          && wanted.repository().equals(repository)
          && (wanted.workflow().isEmpty()
              || wanted.workflow().equals(workflow)
              || wanted.workflow().equals(file))
          && (wanted.branch().isEmpty() || wanted.branch().equals(branch));
    }

    @Override
    public Trigger trigger() {
      return new Trigger.WorkflowRun(repository, file.or(() -> workflow), branch);
    }

    @Override
    public Revision revision() throws MalformedDeliveryException {
      return payload.revision("workflow_run.head_sha");
    }

    @Override
    public Optional<Version> version(Route route) {
      return Optional.empty();
    }
  }

  /**
   * {@code release}, published.
   *
   * @param tagName as it came
   */
  record Release(RepositoryName repository, String tagName) implements Dispatch {
    @Override
    public boolean matches(Trigger trigger) {
      return trigger.equals(trigger());
    }

    @Override
    public Trigger trigger() {
      return new Trigger.Release(repository);
    }

    @Override
    public Revision revision() {
      return Revision.NONE;
    }

    @Override
    public Optional<String> tag() {
      return Optional.of(tagName);
    }

    @Override
    public Optional<Version> version(Route route) {
      return route.versionOf(tagName);
    }
  }
}
