package dev.flakerelay.support;

import dev.flakerelay.Revision;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sourcehut as nix and Git use it: archives, {@code HEAD} and {@code info/refs} as plain text
 * (Git's dumb protocol), and smart HTTP.
 */
final class SourcehutForge extends Forge {
  private static final Pattern ARCHIVE = Pattern.compile("/(~[^/]+/[^/]+)/archive/(.+)\\.tar\\.gz");

  @Override
  Answer answer(Request request) {
    Matcher path = ARCHIVE.matcher(request.path());
    if (!path.matches()) {
      return git(request);
    }
    Optional<HostedRepository> found = visible(path.group(1), request);
    Optional<Revision> revision = found.flatMap(repo -> repo.resolve(path.group(2)));
    if (found.isEmpty() || revision.isEmpty()) {
      return notFound();
    }
    String folder = found.get().project() + "-" + path.group(2);
    return archive(
        found.get().archive(revision.get(), folder), "application/gzip", folder + ".tar.gz");
  }
}
