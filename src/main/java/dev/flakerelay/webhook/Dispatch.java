package dev.flakerelay.webhook;

import dev.flakerelay.Revision;
import dev.flakerelay.Version;
import dev.flakerelay.config.RepositoryName;
import dev.flakerelay.config.Trigger;
import java.util.Optional;

/** A delivery that asks for an update, if a route waits for it. */
sealed interface Dispatch extends Event {

  /** The repository that the delivery speaks of. */
  RepositoryName repository();

  /** Whether this is what the trigger waits for. */
  boolean matches(Trigger trigger);

  /**
   * What to lock.
   *
   * @return empty if the delivery does not say; only a release can be silent
   * @throws MalformedDeliveryException if it says it wrongly
   */
  Optional<Revision> revision() throws MalformedDeliveryException;

  /**
   * What the revision is called.
   *
   * @throws MalformedDeliveryException if something else than a text stands in its place
   */
  Optional<Version> version() throws MalformedDeliveryException;

  /**
   * {@code repository_dispatch}. Its {@code client_payload} is the sender's own and is looked into
   * only once a route waits for the type: others may send other things under other types.
   *
   * @param type the {@code event_type} that the sender chose
   */
  record Custom(RepositoryName repository, String type, Payload payload) implements Dispatch {
    @Override
    public boolean matches(Trigger trigger) {
      return trigger instanceof Trigger.RepositoryDispatch wanted
          && wanted.repository().equals(repository)
          && wanted.type().equals(type);
    }

    @Override
    public Optional<Revision> revision() throws MalformedDeliveryException {
      String path = "client_payload.sha";
      Revision sha = payload.revision(path);
      if (sha.isNone()) {
        throw new MalformedDeliveryException(path + " is all zeros, which names no commit");
      }
      return Optional.of(sha);
    }

    @Override
    public Optional<Version> version() throws MalformedDeliveryException {
      return payload.optionalText("client_payload.version").flatMap(Version::clean);
    }
  }

  /**
   * {@code push} to a branch.
   *
   * @param after the branch's new head
   */
  record Push(RepositoryName repository, String branch, Revision after) implements Dispatch {
    @Override
    public boolean matches(Trigger trigger) {
      return trigger instanceof Trigger.Push wanted
          && wanted.repository().equals(repository)
          && wanted.branch().equals(branch);
    }

    @Override
    public Optional<Revision> revision() {
      return Optional.of(after);
    }

    @Override
    public Optional<Version> version() {
      return Optional.empty();
    }
  }

  /**
   * {@code workflow_run}, completed and successful, of the repository's own code.
   *
   * @param workflow the workflow's name
   * @param file the last part of its definition's path
   * @param branch the branch (for a tag's run: the tag) that it ran on
   * @param head the commit that it ran on
   */
  record WorkflowRun(
      RepositoryName repository,
      Optional<String> workflow,
      Optional<String> file,
      Optional<String> branch,
      Revision head)
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
    public Optional<Revision> revision() {
      return Optional.of(head);
    }

    @Override
    public Optional<Version> version() {
      return Optional.empty();
    }
  }

  /**
   * {@code release}, published.
   *
   * @param tag the tag's name, as it came
   * @param commit the commit that the tag was made at, if the release names one: {@code
   *     target_commitish} is a branch unless the releaser gave a commit
   */
  record Release(RepositoryName repository, String tag, Optional<Revision> commit)
      implements Dispatch {
    @Override
    public boolean matches(Trigger trigger) {
      return trigger instanceof Trigger.Release wanted && wanted.repository().equals(repository);
    }

    @Override
    public Optional<Revision> revision() {
      return commit;
    }

    @Override
    public Optional<Version> version() {
      return Version.clean(tag);
    }
  }
}
