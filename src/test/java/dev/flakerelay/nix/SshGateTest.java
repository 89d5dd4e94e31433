package dev.flakerelay.nix;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SshGateTest {
  @TempDir private Path folder;
  private SshGate gate;

  @BeforeEach
  void putAProgramInPlaceOfSsh() throws IOException {
    Path ssh = Files.createDirectory(folder.resolve("bin")).resolve("ssh");
    Files.writeString(ssh, "#!/bin/sh\necho \"$@\" > '" + folder.resolve("called") + "'\n");
    assertThat(ssh.toFile().setExecutable(true)).isTrue();
    gate = SshGate.write(folder, Set.of("github.com:22", "own.example:2222"), "ssh");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "git@github.com git-upload-pack",
        "github.com git-upload-pack",
        "-o SendEnv=GIT_PROTOCOL git@github.com git-upload-pack",
        "-4 -p 2222 own.example git-upload-pack",
        "-o SendEnv=GIT_PROTOCOL -p 22 git@github.com git-upload-pack"
      })
  void leadsToPermittedHosts(String arguments) throws Exception {
    assertThat(run(arguments)).isZero();
    assertThat(folder.resolve("called")).hasContent(arguments);
    assertThat(gate.refused()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "git@evil.example git-upload-pack",
        "-p 2222 git@github.com git-upload-pack",
        "own.example git-upload-pack",
        "github.com@evil.example git-upload-pack",
        "-p 22 -o x=github.com evil.example github.com",
        "* git-upload-pack",
        "127.0.0.1 git-upload-pack"
      })
  void leadsNowhereElse(String arguments) throws Exception {
    assertThat(run(arguments)).isEqualTo(255);
    assertThat(folder.resolve("called")).doesNotExist();
    assertThat(gate.refused()).isPresent();
  }

  @Test
  void saysWhereItWasToGo() throws Exception {
    run("-p 99 git@evil.example git-upload-pack");
    assertThat(gate.refused()).contains("evil.example:99");
  }

  private int run(String arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(gate.environment().get("GIT_SSH")));
    command.addAll(List.of(arguments.split(" ", -1)));
    ProcessBuilder ssh = new ProcessBuilder(command).inheritIO();
    ssh.environment().put("PATH", folder.resolve("bin") + ":" + System.getenv("PATH"));
    return ssh.start().waitFor();
  }
}
