package dev.flakerelay.config.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flakerelay.SourceBranch;
import dev.flakerelay.config.name.FlakeReference;
import dev.flakerelay.config.name.GitName;
import dev.flakerelay.config.name.GitUrl;
import dev.flakerelay.config.name.HostName;
import dev.flakerelay.config.name.LanguageFeature;
import dev.flakerelay.config.name.ReceiverUrl;
import dev.flakerelay.secret.SecretReference;
import java.util.Optional;
import java.util.Random;
import org.eclipse.jgit.lib.Repository;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each kind of value in the file may look like, and what not. */
class FormsTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://github.com/owner/name.git",
        "https://git.example.org:8443/a/b/c",
        "ssh://git@example.org/a.git",
        "ssh://example.org:2222/a.git",
        "git@github.com:owner/name.git",
        "deploy_1@example.org:~/x.git",
        "file:///srv/git/x.git",
        "http://localhost:8080/x.git",
        "http://127.0.0.1:8080/x.git",
        "http://[::1]:8080/x.git",
      })
  void gitUrls(String url) {
    assertThat(GitUrl.parse(url)).isEqualTo(url);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          http://github.com/a/b              | http would send the token in clear
          http://127.0.0.1.evil.org/a        | http would send the token in clear
          http://localhost@evil.org/a        | the URL holds credentials
          https://hunter2@github.com/a/b     | the URL holds credentials
          https://me:hunter2@github.com/a/b  | the URL holds credentials
          ssh://me:hunter2@example.org/a     | the URL holds a password
          ssh://-oProxyCommand=x@example.org/a | not a Git URL
          -oProxyCommand=x@example.org:a     | not a Git URL
          git@example.org:-a                 | not a Git URL
          git@-example.org:a                 | not a Git URL
          /srv/git/x.git                     | not a Git URL
          ../x.git                           | not a Git URL
          owner/name                         | not a Git URL
          ftp://example.org/x                | not a Git URL
          ext::sh -c id                      | not a Git URL
          https://exa mple.org/x             | not a Git URL
          github:owner/name                  | a flake reference, not a Git URL
          https://github.com                 | the URL names a host but no repository
          https://github.com/                | the URL names a host but no repository
          https:///a/b                       | the URL names no valid host
          file://srv/x.git                   | a file URL names an absolute path
          file:///                           | a file URL names an absolute path
          https://github.com/a/b?x=hunter2   | a Git URL has no ?
          https://github.com/a/b#x           | a Git URL has no ?
          https://github.com/a/b?tab=readme  | a Git URL has no ?
          git+https://github.com/a/b         | a flake reference, not a Git URL
          ssh://git@github.com:a/b.git       | the URL names no valid host: write ssh://user@host/path
          git@github.com/a/b.git             | not a Git URL
          github.com/a/b                     | not a Git URL
          git://github.com/a/b               | not a Git URL
          """)
  void notGitUrls(String url, String message) {
    assertThatThrownBy(() -> GitUrl.parse(url))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(message)
        .message()
        .doesNotContain("hunter2");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          https://github.com/you                              | an account, not a repository: write https://github.com/you/NAME.git
          https://github.com/you/                             | an account, not a repository: write https://github.com/you/NAME.git
          git@github.com:you                                  | an account, not a repository: write git@github.com:you/NAME.git
          https://gitlab.com/group                            | an account, not a repository: write https://gitlab.com/group/NAME.git
          https://git.sr.ht/~you                              | an account, not a repository: write https://git.sr.ht/~you/NAME
          https://github.com/you/repo/tree/main               | https://github.com/you/repo.git
          https://github.com/you/repo/tree/feature/x#L3       | https://github.com/you/repo.git
          https://GitHub.com/you/repo.git/tree/main           | https://GitHub.com/you/repo.git
          https://github.com/you/repo/blob/main/flake.nix     | https://github.com/you/repo.git
          https://github.com/you/repo/pull/3                  | https://github.com/you/repo.git
          https://github.com/you/repo/releases                | https://github.com/you/repo.git
          https://github.com/you/repo/wiki/?q=x               | https://github.com/you/repo.git
          https://github.com/you/repo/archive/main.tar.gz     | https://github.com/you/repo.git
          ssh://git@github.com/you/repo/tree/main             | ssh://git@github.com/you/repo.git
          git@github.com:you/repo/tree/main                   | git@github.com:you/repo.git
          https://gitlab.com/group/sub/repo/-/tree/main       | https://gitlab.com/group/sub/repo.git
          https://gitlab.com/group/repo/tree/main             | https://gitlab.com/group/repo.git
          https://git.example.org/group/sub/repo/-/merge_requests/3 | https://git.example.org/group/sub/repo.git
          https://git.example.org/you/repo/tree/main          | https://git.example.org/you/repo.git
          https://codeberg.org/you/repo/src/branch/main       | https://codeberg.org/you/repo.git
          https://bitbucket.org/you/repo/src/main/            | https://bitbucket.org/you/repo.git
          https://git.sr.ht/~you/repo/tree/main               | https://git.sr.ht/~you/repo
          https://www.github.com/you/repo                     | no repositories are served at www.github.com: write for example https://github.com/owner/name.git
          https://api.github.com/repos/you/repo               | no repositories are served at api.github.com: write for example https://github.com/owner/name.git
          https://raw.githubusercontent.com/you/repo/main/x   | no repositories are served at raw.githubusercontent.com: write for example https://github.com/owner/name.git
          """)
  void anAccountOrAPageIsNoRepository(String url, String advice) {
    assertThatThrownBy(() -> GitUrl.parse(url))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            advice.contains(" ")
                ? advice
                : "a page of the repository, not the repository: write " + advice);
  }

  @ParameterizedTest
  @CsvSource({
    "https://github.com/you/repo/, https://github.com/you/repo",
    "https://github.com/you/repo.git//, https://github.com/you/repo.git",
    "https://gitlab.com/group/sub/deep/repo, https://gitlab.com/group/sub/deep/repo",
    "https://git.example.org/srv/git/tree/x.git, https://git.example.org/srv/git/tree/x.git",
    "https://git.example.org/repo.git, https://git.example.org/repo.git",
    "git@gitlab.com:group/sub/repo.git, git@gitlab.com:group/sub/repo.git",
    "https://gist.github.com/0123456789abcdef, https://gist.github.com/0123456789abcdef"
  })
  void aRepositorysUrlIsTakenWithoutSlashesAtItsEnd(String url, String taken) {
    assertThat(GitUrl.parse(url)).isEqualTo(taken);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          github:a/b                                  | https://github.com/a/b.git          |
          github:a/b/main                             | https://github.com/a/b.git          | main
          github:a/b/feature/x                        | https://github.com/a/b.git          | feature/x
          github:a/b.c?ref=release-1.0                | https://github.com/a/b.c.git        | release-1.0
          github:a/b?host=git.example.org&ref=x%2Fy   | https://git.example.org/a/b.git     | x/y
          github:a/b/c+d?dir=sub                      | https://github.com/a/b.git          | c+d
          gitlab:group%2Fsub/b/main                   | https://gitlab.com/group/sub/b.git  | main
          sourcehut:~a/b/main                         | https://git.sr.ht/~a/b              | main
          git+https://example.org/a.git?ref=main      | https://example.org/a.git           | main
          git+https://example.org/a?ref=refs/heads/x  | https://example.org/a               | x
          git+https://example.org/a?shallow=1         | https://example.org/a               |
          git+ssh://git@example.org/a?ref=main        | ssh://git@example.org/a             | main
          git+file:///srv/a                           | file:///srv/a                       |
          git+http://localhost:80/a?ref=main          | http://localhost:80/a               | main
          """)
  void sources(String reference, String url, String branch) {
    assertThat(FlakeReference.parse(reference))
        .isEqualTo(
            new SourceBranch(
                url,
                Optional.ofNullable(branch),
                reference.matches("github:.*|.*//github\\.com/.*")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          github:a/b/0123456789012345678901234567890123456789  | names a revision
          github:a/b?rev=0123456789012345678901234567890123456789 | names a revision
          git+https://example.org/a?ref=main&rev=x             | names a revision
          git+https://example.org/a?ref=0123456789012345678901234567890123456789 | names a revision
          github:a/b/main?ref=main                             | names a branch twice
          github:a/b/x..y                                      | not a name that Git allows
          github:a/b?ref=refs/tags/v1                          | a branch is written by its short name
          github:a/b?ref=                                      | not a name that Git allows
          github:a/b?host=https://x                            | not a host's name
          github:a/b?x=y                                       | has a parameter other than
          github:a/b?ref                                       | has a parameter other than
          github:a/b/%zz                                       | has a % without
          github:a                                             | not a reference that names a branch
          nixpkgs                                              | not a reference that names a branch
          path:/srv/a                                          | not a reference that names a branch
          https://example.org/a.tar.gz                         | not a reference that names a branch
          git+git@example.org:a                                | not a reference that names a branch
          git+https://example.org/a?host=x                     | not a reference that names a branch
          git+http://example.org/a                             | http would send the token in clear
          git+https://hunter2@example.org/a                    | the URL holds credentials
          """)
  void notSources(String reference, String message) {
    assertThatThrownBy(() -> FlakeReference.parse(reference))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(message)
        .message()
        .doesNotContain("hunter2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"main", "release/1.0", "1.0", "x#y", "ünïcode", "a-b_c.d", "@x", "@@"})
  void branches(String name) {
    assertThat(GitName.branch(name)).isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-x",
        "a..b",
        "a b",
        "a~1",
        "a^",
        "a:b",
        "a?",
        "a*",
        "a[b",
        "a\\b",
        "/a",
        "a/",
        "a//b",
        "@",
        ".a",
        "a/.b",
        "a.lock",
        "a.lock/b",
        "a.",
        "a@{b",
        "HEAD",
        "refs/heads/a",
        "a\u0007b",
        "a\nb"
      })
  void notBranches(String name) {
    assertThatThrownBy(() -> GitName.branch(name)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void branchesAreThoseThatGitTakes() {
    Random random = new Random(1);
    String alphabet = "ab./-@{~^:?*[ \\\t\u007fé";
    for (int i = 0; i < 20_000; i++) {
      StringBuilder name = new StringBuilder();
      for (int length = random.nextInt(6); length >= 0; length--) {
        name.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      String branch = name.append(random.nextInt(8) == 0 ? ".lock" : "").toString();
      boolean taken = !branch.startsWith("-") && !branch.equals("@");
      assertThat(isBranch(branch))
          .as(branch)
          .isEqualTo(taken && Repository.isValidRefName("refs/heads/" + branch));
    }
  }

  private static boolean isBranch(String name) {
    try {
      return GitName.branch(name).equals(name);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  @ParameterizedTest
  @CsvSource({".,.", "./,.", "a/b,a/b", "./a//b/.,a/b", "a b,a b", "...,...", ".gitx,.gitx"})
  void folders(String text, String path) {
    assertThat(GitName.folder(text)).isEqualTo(path);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/a", "..", "a/../b", "a/..", ".git", "a/.GIT/b", "a\\b", "a\nb"})
  void notFolders(String text) {
    assertThatThrownBy(() -> GitName.folder(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theRootIsNoSubmodule() {
    assertThat(GitName.submodule("vendor/x/")).isEqualTo("vendor/x");
    assertThatThrownBy(() -> GitName.submodule("./")).hasMessageContaining("not a submodule");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"github.com", "localhost", "a-b.example.org", "127.0.0.1", "xn--bcher-kva"})
  void hosts(String name) {
    assertThat(HostName.parse(name)).isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://github.com",
        "github.com:443",
        "github.com/",
        "*.org",
        "-a",
        "a..b",
        "a.",
        "ä"
      })
  void notHosts(String name) {
    assertThatThrownBy(() -> HostName.parse(name)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "env:RELAY_TOKEN",
        "file:/run/secrets/a b",
        "file:token",
        "aws:prod/relay",
        "aws:prod/relay#git.token",
        "aws:arn:aws:secretsmanager:eu-central-1:123456789012:secret:relay-a1B2c3#x",
      })
  void secretReferences(String text) {
    assertThat(SecretReference.parse(text)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hunter2",
        "env:",
        "env:hunter2 ",
        "env:2hunter2",
        "env:a-hunter2",
        "file:",
        "file: ",
        "file:hunter2\u0000",
        "aws:",
        "aws:#hunter2",
        "aws:x#",
        "aws:x#a..hunter2",
        "aws:x#.hunter2",
        "ENV:hunter2",
        "ssm:hunter2"
      })
  void notSecretReferences(String text) {
    assertThatThrownBy(() -> SecretReference.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .doesNotContain("hunter2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"flakes", "ca-derivations", "recursive-nix", "impure-derivations", "", "pipe"})
  void notFeaturesOfTheLanguage(String name) {
    assertThatThrownBy(() -> LanguageFeature.parse(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("pipe-operators");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"https://ntfy.sh/a", "http://127.0.0.1:9/x", "http://localhost/x", "HTTPS://h/x"})
  void receivers(String url) {
    assertThat(ReceiverUrl.parse(url)).hasToString(url);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://ntfy.sh/hunter2",
        "http://127.0.0.1.evil.org/hunter2",
        "ftp://h/hunter2",
        "hunter2",
        "https:///hunter2",
        "https://me:hunter2@h/x",
        "https://h/x#hunter2",
        "https://h/hunter2 x",
      })
  void notReceivers(String url) {
    assertThatThrownBy(() -> ReceiverUrl.parse(url))
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .doesNotContain("hunter2");
  }
}
