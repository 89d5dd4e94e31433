package dev.flakerelay.lock.egress;

import dev.flakerelay.Access;
import dev.flakerelay.Destination;
import dev.flakerelay.JobException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.RetryableException;
import dev.flakerelay.Token;
import dev.flakerelay.flake.FlakeLock;
import dev.flakerelay.lock.ForgeToken;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Asks a forge for what a run of nix fetches there, and shows the token for it only where that is
 * needed and the repository is one that the target vouches for: everything is asked for as anybody
 * may, and again with the token if the forge then says that it is not there.
 */
final class ForgeFetch {
  /** The header fields that a fetch needs; of the client's own credentials, none. */
  private static final Set<String> ASKED =
      Set.of(
          "accept",
          "accept-encoding",
          "content-encoding",
          "content-type",
          "git-protocol",
          "if-none-match",
          "range",
          "user-agent");

  private static final int MOST_REDIRECTS = 5;

  private final ForgeToken forge;
  private final KnownRepositories known;
  private final Upstream upstream;

  /** Found to be public, whatever it redirected to. */
  private final Set<RepositoryAddress> open = ConcurrentHashMap.newKeySet();

  /** Found to be private: asked with the token at once for the rest of the run. */
  private final Set<RepositoryAddress> closed = ConcurrentHashMap.newKeySet();

  ForgeFetch(ForgeToken forge, KnownRepositories known, Upstream upstream) {
    this.forge = forge;
    this.known = known;
    this.upstream = upstream;
  }

  /** Whether a connection leads to the forge. */
  boolean covers(Destination destination) {
    return destination.port() == forge.port()
        && RepositoryAddress.belongs(destination.host(), forge.host());
  }

  /** A request for a host of the forge will come. */
  void expect(Destination host, Consumer<Runnable> beside) {
    upstream.prepare(host, beside);
  }

  /**
   * The forge's answer.
   *
   * @throws Outlet.RefusedException if a fetch needs no such request, or not of this repository
   */
  ForgeAnswer to(HttpHead request, Destination host, byte[] body) throws IOException {
    String method = request.word(0);
    ForgeRequest asked =
        ForgeRequest.of(method, forge.host(), host.host(), request.word(1))
            .orElseThrow(
                () ->
                    new Outlet.RefusedException(
                        "the source's flake leads to something at "
                            + host
                            + " that is no archive, commit or Git repository"));
    RepositoryAddress repository = asked.repository();
    if (!known.mayBeAsked(asked)) {
      throw new Outlet.RefusedException(
          "the source's flake leads to "
              + repository
              + ", which no flake.nix or flake.lock that was looked at names");
    }
    List<String> fields = request.only(ASKED);
    boolean mayOpen = known.isVouchedFor(repository) && asked.kind().takesToken();
    if (mayOpen && closed.contains(repository)) {
      return opened(asked, host, request, fields, body);
    }
    ForgeAnswer answer = ask(host, method, request.word(1), fields, body);
    if (answer.isRedirect()) {
      answer.leadsTo(host).flatMap(this::asked).ifPresent(each -> known.saw(each.repository()));
    }
    if (mayOpen && !method.equals("POST") && isClosed(answer) && access(repository).isPresent()) {
      answer.close();
      ForgeAnswer second = opened(asked, host, request, fields, body);
      if (second.status() < 400) {
        closed.add(repository);
      }
      return second;
    }
    if (!known.isVouchedFor(repository) && (answer.status() == 401 || answer.status() == 404)) {
      answer.close();
      throw new Outlet.RefusedException(PublicProof.lacking(repository, answer.status()));
    }
    if (answer.status() < 400) {
      open.add(repository);
    }
    return answer;
  }

  /**
   * Sees to it that what a new lock brings in is there for everybody.
   *
   * @throws PermanentException naming the first repository that is not
   * @throws RetryableException if the forge did not say
   */
  void requirePublic(FlakeLock made) throws JobException {
    Set<RepositoryAddress> unasked = known.unvouched(made, forge.host());
    unasked.removeIf(open::contains);
    new PublicProof(new Destination(forge.host(), forge.port()), upstream).of(unasked);
  }

  /** What a forge answers of a private repository, or where the address asked too often. */
  private static boolean isClosed(ForgeAnswer answer) {
    return List.of(401, 403, 404, 429).contains(answer.status());
  }

  private Optional<? extends Access> access(RepositoryAddress repository) throws IOException {
    try {
      return forge.of(repository.path());
    } catch (JobException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** Asks with a token, and once more with another one if that had ended. */
  private ForgeAnswer opened(
      ForgeRequest asked, Destination host, HttpHead request, List<String> fields, byte[] body)
      throws IOException {
    Access access =
        access(asked.repository()).orElseThrow(() -> new IOException("there is no token for it"));
    try {
      Token token = access.token();
      ForgeAnswer answer = opened(token, asked, host, request, fields, body);
      Optional<Token> other = answer.status() == 401 ? access.replacing(token) : Optional.empty();
      if (other.isEmpty()) {
        return answer;
      }
      answer.close();
      return opened(other.get(), asked, host, request, fields, body);
    } catch (JobException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** Asks with the token, and follows the forge to its archives, whose address is a secret then. */
  private ForgeAnswer opened(
      Token token,
      ForgeRequest asked,
      Destination host,
      HttpHead request,
      List<String> fields,
      byte[] body)
      throws IOException {
    Destination at = host;
    String target = request.word(1);
    ForgeRequest.Kind kind = asked.kind();
    if (kind == ForgeRequest.Kind.ARCHIVE && known.isGitHub(forge.host())) {
      // The site takes no token for an archive; "Download a repository archive (tar)".
      boolean isPublic = forge.host().equals("github.com");
      at = new Destination(isPublic ? "api.github.com" : forge.host(), forge.port());
      kind = ForgeRequest.Kind.API;
      target =
          (isPublic ? "" : "/api/v3")
              + "/repos/%s/tarball/%s".formatted(asked.repository().path(), asked.reference());
    }
    List<String> shown = new ArrayList<>(fields);
    shown.add(kind.authorization(token));
    ForgeAnswer answer = ask(at, request.word(0), target, shown, body).without(token);
    for (int i = 0; i < MOST_REDIRECTS && answer.isRedirect(); i++) {
      Destination from = at;
      URI next = answer.leadsTo(at).orElseThrow(() -> moved(asked, from));
      Destination to = Destination.of(next.toString()).orElseThrow(() -> moved(asked, from));
      List<String> sent = fields;
      if (covers(to)) {
        ForgeRequest led = asked(next).orElseThrow(() -> moved(asked, from));
        if (!known.isVouchedFor(led.repository())) {
          throw moved(asked, from);
        }
        if (led.kind() == ForgeRequest.Kind.GIT) {
          return answer; // Git itself goes there, and stays
        }
        sent = led.kind().takesToken() ? shown : fields;
      }
      answer.close();
      at = to;
      answer = ask(to, request.word(0), target(next), sent, body).without(token);
    }
    return answer;
  }

  private static Outlet.RefusedException moved(ForgeRequest asked, Destination from) {
    return new Outlet.RefusedException(
        "the server "
            + from.host()
            + " leads from "
            + asked.repository()
            + " to another place, for which it is not shown the token: if the repository has moved,"
            + " write its new address in flake.nix");
  }

  private Optional<ForgeRequest> asked(URI uri) {
    return Destination.of(uri.toString())
        .filter(this::covers)
        .flatMap(to -> ForgeRequest.of("GET", forge.host(), to.host(), target(uri)));
  }

  private static String target(URI uri) {
    return uri.getRawPath() + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery());
  }

  private ForgeAnswer ask(
      Destination to, String method, String target, List<String> fields, byte[] body)
      throws IOException {
    List<String> head = new ArrayList<>(List.of(method + " " + target + " HTTP/1.1"));
    head.addAll(fields);
    return ForgeAnswer.of(upstream.send(to, head, body));
  }
}
