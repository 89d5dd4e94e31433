package dev.flakerelay.lock.egress;

import dev.flakerelay.Token;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One of the requests with which a flake is fetched: archives and commits of GitHub ("Download a
 * repository archive" and "Get a commit" in its REST documentation), GitLab ("Repositories API",
 * "Commits API") and sourcehut, and Git's smart HTTP ("gitprotocol-http" in Git's manual).
 *
 * @param repository what it is asked of
 * @param kind what is asked for
 * @param reference a branch, tag or revision; empty if the request names none in its path
 */
public record ForgeRequest(RepositoryAddress repository, Kind kind, String reference) {
  public enum Kind {
    /** An archive on a forge's web site. */
    ARCHIVE,
    /** A commit or an archive of a forge's API. */
    API,
    /** An archive that an API redirects to. */
    CODELOAD,
    /** Git's own protocol. */
    GIT,
    /** Other files of public repositories. */
    FILE;

    /** Whether it can be opened with a token; what CODELOAD takes is in its address. */
    boolean takesToken() {
      return this == ARCHIVE || this == API || this == GIT;
    }

    /**
     * The header that opens a repository. A forge's API takes the token itself ("Authenticating to
     * the REST API" in GitHub's documentation, "REST API authentication" in GitLab's), Git's
     * protocol a user and a password.
     */
    String authorization(Token token) {
      return "Authorization: "
          + (this == API ? "Bearer " + token.value() : "Basic " + token.basic());
    }
  }

  private record Form(List<String> methods, String host, Pattern path, Pattern query, Kind kind) {}

  private static final String NAME = "[\\w.~+-]{1,200}";
  private static final String TWO = "(?<path>" + NAME + "/" + NAME + ")";
  private static final String MANY = "(?<path>" + NAME + "(?:/" + NAME + "){0,20})";
  private static final String CODED = "(?<path>" + NAME + "(?:%2[Ff]" + NAME + "){1,20})";
  private static final String REF = "(?<ref>[\\w.~+@%/=:!$&'(),;*-]{1,400}?)";
  private static final List<String> READ = List.of("GET", "HEAD");
  private static final List<String> POST = List.of("POST");
  private static final String NONE = "";
  private static final String ANY = "[!-~]{0,2000}";

  private static final List<Form> FORMS =
      List.of(
          form(
              READ,
              "main",
              "/" + TWO + "/archive/" + REF + "(?:\\.tar\\.gz|\\.tgz)",
              NONE,
              Kind.ARCHIVE),
          form(READ, "main", "/" + TWO + "/tarball/" + REF, NONE, Kind.ARCHIVE),
          form(READ, "main", "/" + TWO + "/archive/" + REF, NONE, Kind.FILE),
          form(
              READ,
              "main",
              "/" + TWO + "/(?:releases/download|raw|zipball)/" + REF,
              NONE,
              Kind.FILE),
          form(READ, "main", "/" + MANY + "/-/(?:archive|raw|releases)/" + REF, ANY, Kind.FILE),
          form(READ, "main", "/" + MANY + "/info/refs", "service=git-upload-pack|", Kind.GIT),
          form(READ, "main", "/" + TWO + "/HEAD", NONE, Kind.GIT),
          form(POST, "main", "/" + MANY + "/git-upload-pack", NONE, Kind.GIT),
          form(POST, "main", "/" + MANY + "/info/lfs/objects/batch", NONE, Kind.FILE),
          form(
              READ,
              "main",
              "/api/v3/repos/" + TWO + "/(?:tarball|commits)(?:/" + REF + ")?",
              NONE,
              Kind.API),
          form(
              READ,
              "main",
              "/api/v4/projects/" + CODED + "/repository/(?:archive(?:\\.tar\\.gz)?|commits)",
              "(?:sha|ref_name)=[\\w.~+@%/-]{0,400}|",
              Kind.API),
          form(
              READ,
              "api",
              "/repos/" + TWO + "/(?:tarball|commits)(?:/" + REF + ")?",
              NONE,
              Kind.API),
          form(
              READ,
              "api",
              "/(?<path>repositories/\\d{1,20})/(?:tarball|commits)(?:/" + REF + ")?",
              NONE,
              Kind.API),
          form(
              READ,
              "codeload",
              "/" + TWO + "/(?:legacy\\.)?(?:tar\\.gz|zip)/" + REF,
              ANY,
              Kind.CODELOAD));

  private static Form form(
      List<String> methods, String host, String path, String query, Kind kind) {
    return new Form(methods, host, Pattern.compile(path), Pattern.compile(query), kind);
  }

  /**
   * Reads a request for a forge.
   *
   * @param forge the forge's main host
   * @param host the one that is asked: that one, or {@code api.} or {@code codeload.} before it
   * @param target path and query, as the request has them
   * @return empty if nothing that a fetch needs is asked for so, or not plainly
   */
  static Optional<ForgeRequest> of(String method, String forge, String host, String target) {
    int mark = target.indexOf('?');
    String path = mark < 0 ? target : target.substring(0, mark);
    String query = mark < 0 ? "" : target.substring(mark + 1);
    String part = host.equals(forge) ? "main" : host.substring(0, host.indexOf('.'));
    for (Form form : FORMS) {
      Matcher match = form.path().matcher(path);
      if (form.host().equals(part)
          && form.methods().contains(method)
          && match.matches()
          && form.query().matcher(query).matches()) {
        return read(forge, form, match);
      }
    }
    return Optional.empty();
  }

  private static Optional<ForgeRequest> read(String forge, Form form, Matcher match) {
    String path = match.group("path").replace("%2F", "/").replace("%2f", "/");
    String reference =
        form.path().namedGroups().containsKey("ref") && match.group("ref") != null
            ? match.group("ref")
            : "";
    return isPlain(path) && (reference.isEmpty() || isPlainReference(reference))
        ? Optional.of(new ForgeRequest(RepositoryAddress.at(forge, path), form.kind(), reference))
        : Optional.empty();
  }

  /** A server may decode once or twice, and then see a step up. */
  private static boolean isPlainReference(String reference) {
    try {
      String once = URLDecoder.decode(reference.replace("+", "%2B"), StandardCharsets.UTF_8);
      return !once.contains("%") && isPlain(once);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static boolean isPlain(String path) {
    return path.chars().allMatch(each -> each > ' ' && each != '\\' && each != 0x7f)
        && Arrays.stream(path.split("/", -1))
            .noneMatch(part -> part.isEmpty() || part.equals(".") || part.equals(".."));
  }
}
