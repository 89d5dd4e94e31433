package dev.flakerelay.config.read;

import dev.flakerelay.ForgeHosts;
import dev.flakerelay.config.Config;
import dev.flakerelay.config.ConfigException;
import dev.flakerelay.config.Network;
import dev.flakerelay.config.Publish;
import dev.flakerelay.config.Route;
import dev.flakerelay.config.Secrets;
import dev.flakerelay.config.SignRule;
import dev.flakerelay.config.name.HostName;
import dev.flakerelay.config.name.LanguageFeature;
import dev.flakerelay.config.name.PrivateRepository;
import dev.flakerelay.config.name.SchemeName;
import dev.flakerelay.config.yaml.Cursor;
import dev.flakerelay.config.yaml.Place;
import dev.flakerelay.config.yaml.Problems;
import dev.flakerelay.config.yaml.Section;
import dev.flakerelay.config.yaml.Yaml;
import dev.flakerelay.config.yaml.YamlParser;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Reads {@code relay.yaml}. Every mistake in the file is found in one pass: unknown, missing and
 * duplicate keys, wrong types, values that can't work.
 */
public final class ConfigReader {
  private static final int MAX_BYTES = 1 << 20;
  private static final Pattern ROUTE = Pattern.compile("[a-z0-9-]{1,40}");

  private ConfigReader() {}

  /**
   * Reads a file: UTF-8, at most 1 MiB, one YAML document without aliases.
   *
   * @throws ConfigException with everything that is wrong with it, also when it can't be read
   */
  public static Config read(Path file) throws ConfigException {
    Problems problems = new Problems();
    Optional<Config> config = text(file, problems).flatMap(text -> parse(text, problems));
    if (problems.count() > 0 || config.isEmpty()) {
      throw new ConfigException(file, problems.all());
    }
    return config.get();
  }

  private static Optional<String> text(Path file, Problems problems) {
    String problem;
    try {
      if (Files.size(file) > MAX_BYTES) {
        problem = "larger than 1 MiB: this is hardly the configuration";
      } else {
        byte[] bytes = Files.readAllBytes(file);
        String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        return Optional.of(text.startsWith("\uFEFF") ? text.substring(1) : text);
      }
    } catch (CharacterCodingException e) {
      problem = "not UTF-8 text";
    } catch (NoSuchFileException e) {
      problem = "no such file: write one, config/relay.yaml is an example";
    } catch (AccessDeniedException e) {
      problem = "may not be read by this user: change its owner or mode";
    } catch (IOException e) {
      problem =
          Files.isDirectory(file)
              ? "a folder, not a file: name the file in it"
              : "can't be read: " + e.getMessage();
    }
    problems.add(Place.WHOLE_FILE, "", problem);
    return Optional.empty();
  }

  private static Optional<Config> parse(String text, Problems problems) {
    Yaml root = YamlParser.parse(text, problems);
    if (root instanceof Yaml.Nothing) {
      if (problems.count() == 0) {
        problems.add(Place.WHOLE_FILE, "", "empty: write at least secrets and routes");
      }
      return Optional.empty();
    }
    return new Cursor("", root, "secrets and routes", problems).section(ConfigReader::config);
  }

  private static Optional<Config> config(Section file) {
    Set<String> events = new HashSet<>();
    String example = "{ webhook: [env:RELAY_WEBHOOK_SECRET] }";
    // Known before the routes are read, as a key that is indented wrongly may stand among them.
    var _ = file.optional("secrets", example);
    var network =
        file.optional("network", "{ allow: [github.com] }")
            .flatMap(value -> value.section(ConfigReader::network));
    var features =
        file.optional("nix", "{ experimental-features: [pipe-operators] }")
            .flatMap(value -> value.section(ConfigReader::nixFeatures));
    var notify =
        file.optional("notify", "[{ url: env:NTFY_URL, as: ntfy }]")
            .flatMap(ReceiverReader::receivers);
    ForgeHosts forges =
        file.optional("forges", "{ git.example.org: forgejo }")
            .flatMap(value -> value.section(ForgesReader::forges))
            .orElse(ForgeHosts.DEFAULT);
    var endpoint = EndpointReader.endpoint(file);
    var routes =
        file.required("routes", "{ name: { when: […], targets: […] } }")
            .flatMap(value -> value.section(section -> routes(section, file, forges, events::add)));
    boolean signed = !events.equals(Set.of(EndpointReader.DISPATCH));
    var secrets =
        (signed ? file.required("secrets", example) : file.optional("secrets", example))
            .flatMap(value -> value.section(keys -> SecretsReader.secrets(keys, signed)));
    EndpointReader.require(file, events);
    if (secrets.isPresent() && !secrets.get().openRepositories()) {
      routes.orElse(Map.of()).values().stream()
          .filter(route -> route.publish() == Publish.PULL_REQUEST)
          .findFirst()
          .ifPresent(
              route ->
                  file.problem(
                      "secrets",
                      "git is missing: the route "
                          + route.name()
                          + " opens pull requests, which needs a token,"
                          + " for example git: env:RELAY_GIT_TOKEN, or a github-app"));
    }
    secrets.ifPresent(given -> SignRule.check(given, routes.orElse(Map.of()).values(), file));
    return file.make(
        () ->
            new Config(
                secrets.orElse(Secrets.NONE),
                routes.orElseThrow(),
                network.orElse(Network.DEFAULT),
                features.orElse(List.of()),
                forges,
                notify.orElse(List.of()),
                endpoint));
  }

  private static Optional<Map<String, Route>> routes(
      Section section, Section file, ForgeHosts forges, Consumer<String> events) {
    Map<String, Route> routes = new LinkedHashMap<>();
    List<String> names = section.names();
    for (String name : names) {
      if (file.knows(name) && !file.has(name) && !section.hasIn(name, "when")) {
        section.problem(
            name, "wrong indentation: " + name + " belongs to the file: write it in column 1");
        section.optional(name, "");
        continue;
      }
      if (!ROUTE.matcher(name).matches()) {
        section.problem(name, "not a route's name: 1 to 40 of a-z, 0-9 and -");
      }
      section
          .optional(name, "{ when: […], targets: […] }")
          .flatMap(value -> value.section(keys -> RouteReader.route(name, keys, forges, events)))
          .ifPresent(route -> routes.put(name, route));
    }
    if (names.isEmpty() && section.isEmpty()) {
      section.problem("", "empty: write at least one route");
    }
    return section.make(() -> Collections.unmodifiableMap(routes));
  }

  private static Optional<Network> network(Section section) {
    var allow =
        section
            .optional("allow", "[github.com, codeload.github.com]")
            .flatMap(value -> value.list(Cursor.distinct(item -> item.text(HostName::parse))));
    var schemes =
        section
            .optional("schemes", "[github, git+https]")
            .flatMap(value -> value.list(Cursor.distinct(item -> item.text(SchemeName::parse))));
    var repositories =
        section
            .optional("private", "[github.com/owner/name]")
            .flatMap(
                value -> value.list(Cursor.distinct(item -> item.text(PrivateRepository::parse))));
    return section.make(
        () ->
            new Network(
                allow.orElse(Network.DEFAULT.allow()),
                schemes.orElse(Network.DEFAULT.schemes()),
                repositories.orElse(Network.DEFAULT.privateRepositories())));
  }

  private static Optional<List<String>> nixFeatures(Section section) {
    var features =
        section
            .optional("experimental-features", "[pipe-operators]")
            .flatMap(
                value -> value.list(Cursor.distinct(item -> item.text(LanguageFeature::parse))));
    return section.make(() -> features.orElse(List.of()));
  }
}
