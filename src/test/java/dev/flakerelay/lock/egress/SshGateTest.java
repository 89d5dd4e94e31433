package dev.flakerelay.lock.egress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.support.Programs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Isolated("it runs a program that this JVM has just written: see Programs.write")
class SshGateTest {
  @TempDir private Path folder;
  private SshGate gate;

  @BeforeEach
  void putAProgramInPlaceOfSsh() throws IOException {
    Programs.write(
        folder.resolve("bin/ssh"), "#!/bin/sh\necho \"$@\" > '" + folder.resolve("called") + "'\n");
    gate =
        SshGate.write(
            folder,
            Set.of(
                "git@github.com:22 git-upload-pack '/acme/app.git'",
                "own.example:2222 git-upload-pack '/acme/app'"),
            "ssh");
  }

  private static final String APP = "git-upload-pack '/acme/app.git'";

  static Stream<List<String>> permitted() {
    return Stream.of(
        List.of("git@github.com", APP),
        List.of("-o", "SendEnv=GIT_PROTOCOL", "git@github.com", APP),
        List.of("-4", "-p", "2222", "own.example", "git-upload-pack '/acme/app'"),
        List.of("-o", "SendEnv=GIT_PROTOCOL", "-p", "22", "git@github.com", APP));
  }

  @ParameterizedTest
  @MethodSource("permitted")
  void leadsToPermittedRepositories(List<String> arguments) throws Exception {
    assertThat(run(arguments)).isZero();
    assertThat(folder.resolve("called")).hasContent(String.join(" ", arguments));
    assertThat(gate.refused()).isEmpty();
  }

  /** An operator's key opens more than the target asks for. */
  static Stream<List<String>> refused() {
    return Stream.of(
        List.of("git@evil.example", APP),
        List.of("-p", "2222", "git@github.com", APP),
        List.of("own.example", "git-upload-pack '/acme/app'"),
        List.of("github.com", APP),
        List.of("root@github.com", APP),
        List.of("github.com@evil.example", APP),
        List.of("-p", "22", "-o", "x=git@github.com", "evil.example", APP),
        List.of("*", APP),
        List.of("git@github.com", "git-upload-pack '/victim/private.git'"),
        List.of("git@github.com", "git-upload-pack '/acme/../victim/private.git'"),
        List.of("git@github.com", "git-upload-pack '/acme/app.git/../../victim/private.git'"),
        List.of("git@github.com", "git-upload-pack '/ACME/app.git'"),
        List.of("git@github.com", "git-upload-pack 'acme/app.git'"),
        List.of("git@github.com", "git-receive-pack '/acme/app.git'"),
        List.of("git@github.com", "git-upload-archive '/acme/app.git'"),
        List.of("git@github.com", APP, "'/victim/private.git'"),
        List.of("git@github.com", APP + "; git-upload-pack '/victim/private.git'"),
        List.of("git@github.com", APP + "\n"),
        List.of("git@github.com", "git-upload-pack", "'/acme/app.git' "),
        List.of("git@github.com"),
        List.of("-F", "x", "git@github.com", APP),
        List.of());
  }

  @ParameterizedTest
  @MethodSource("refused")
  void leadsNowhereElse(List<String> arguments) throws Exception {
    assertThat(run(arguments)).isEqualTo(255);
    assertThat(folder.resolve("called")).doesNotExist();
    assertThat(gate.refused()).isPresent();
  }

  @Test
  void saysWhatWasAskedForAndWhatToDo() throws Exception {
    run(List.of("-p", "99", "git@evil.example", "git-upload-pack '/victim/private.git'"));
    assertThat(gate.refused())
        .get()
        .asString()
        .contains("`git@evil.example:99 git-upload-pack '/victim/private.git'`", "network.private");
  }

  private int run(List<String> arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(gate.environment().get("GIT_SSH")));
    command.addAll(arguments);
    ProcessBuilder ssh = new ProcessBuilder(command).inheritIO();
    ssh.environment().put("PATH", folder.resolve("bin") + ":" + System.getenv("PATH"));
    return ssh.start().waitFor();
  }
}
