package dev.flakerelay.support;

/** A host that serves Git repositories over HTTPS and nothing else. */
final class PlainGitForge extends Forge {
  @Override
  Answer answer(Request request) {
    return git(request);
  }
}
