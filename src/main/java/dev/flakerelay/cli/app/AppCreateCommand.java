package dev.flakerelay.cli.app;

import dev.flakerelay.PermanentException;
import dev.flakerelay.VisibleText;
import dev.flakerelay.cli.Main;
import dev.flakerelay.cli.option.HelpOption;
import dev.flakerelay.config.name.HostName;
import dev.flakerelay.forge.github.AppManifest;
import dev.flakerelay.forge.github.NewApp;
import dev.flakerelay.secret.NewSecret;
import dev.flakerelay.secret.SecretReference;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** {@code relay app create}. */
@Command(
    name = "create",
    sortOptions = false,
    description = {
      "Makes a GitHub App on GitHub's own page, and keeps its private key.",
      "Prints the address of a page to open in a browser on this machine. There",
      "GitHub asks whether to make the App. Then says what to put into relay.yaml,",
      "and where to install the App. The key is written to a new file or a new",
      "secret, and nowhere else."
    })
final class AppCreateCommand implements Callable<Integer> {
  /** As long as GitHub keeps a code. */
  private static final Duration LONGEST = Duration.ofHours(1);

  private static final Pattern ORGANIZATION = Pattern.compile("[A-Za-z0-9][A-Za-z0-9-]{0,38}");
  private static final Pattern NAME = Pattern.compile("[^\\p{Cntrl}]{1,34}");

  @Option(names = "--organization", paramLabel = "NAME", description = "whose App it is (yours)")
  private Optional<String> organization = Optional.empty();

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "at most 34 characters; you may change it on the page")
  private String name = "flake-relay-" + CallbackServer.random(3);

  @Option(
      names = "--key",
      paramLabel = "WHERE",
      defaultValue = "file:flake-relay-app.pem",
      description = {
        "where its private key goes, file:PATH or",
        "aws:SECRET_ID (${DEFAULT-VALUE})"
      })
  private String key = "";

  @Option(
      names = "--host",
      paramLabel = "HOST",
      defaultValue = "github.com",
      description = "a GitHub Enterprise host (${DEFAULT-VALUE})")
  private String host = "";

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "0",
      description = "the page's port on this machine (a free one)")
  private int port;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin
  @SuppressWarnings("unused") // picocli looks at it
  private HelpOption help = new HelpOption();

  @Override
  public Integer call() throws Exception {
    AppManifest manifest = manifest();
    try (NewSecret place = NewSecret.at(reference());
        CallbackServer server = CallbackServer.start(port, manifest)) {
      System.out.println(
          "Open this page in a browser on this machine:\n\n  " + server.page() + "\n");
      System.out.flush();
      String code =
          server
              .code(LONGEST)
              .orElseThrow(
                  () ->
                      new PermanentException(
                          "nobody has made the App within an hour: begin again when you have"
                              + " time"));
      NewApp app =
          NewApp.of(manifest, code, why -> System.err.println("relay: " + VisibleText.of(why)));
      place.write(app.key());
      tell(app, place.reference());
      return Main.DONE;
    }
  }

  private AppManifest manifest() {
    try {
      if (organization.filter(each -> !ORGANIZATION.matcher(each).matches()).isPresent()) {
        throw wrong("--organization: not the name of an organization");
      }
      if (!NAME.matcher(name).matches()) {
        throw wrong("--name: an App's name has 1 to 34 characters");
      }
      return new AppManifest(HostName.parse(host), organization, name);
    } catch (IllegalArgumentException e) {
      throw wrong("--host: " + e.getMessage());
    }
  }

  private SecretReference reference() {
    try {
      return SecretReference.parse(key);
    } catch (IllegalArgumentException e) {
      throw wrong("--key: write where it goes: file:PATH or aws:SECRET_ID");
    }
  }

  private CommandLine.ParameterException wrong(String what) {
    return new CommandLine.ParameterException(spec.commandLine(), what);
  }

  private void tell(NewApp app, SecretReference written) {
    String quoted = JsonMapper.shared().writeValueAsString(written.toString());
    String elsewhere = host.equals("github.com") ? "" : ", host: " + host;
    System.out.println(
        """
        The App is made. Its private key is in %s.

        Put this into relay.yaml:

        secrets:
          github-app: { id: %s, key: %s%s }

        Install the App on the targets, and on sources that are private or get answers:

          %s/installations/new

        Then: relay check --online --config relay.yaml\
        """
            .formatted(
                VisibleText.of(written.toString()),
                app.id(),
                VisibleText.of(quoted),
                elsewhere,
                VisibleText.word(app.page().toString())));
  }
}
