package dev.flakerelay.config.read;

import dev.flakerelay.config.Choice;
import dev.flakerelay.config.Receiver;
import dev.flakerelay.config.name.ReceiverUrl;
import dev.flakerelay.config.yaml.Cursor;
import dev.flakerelay.config.yaml.Section;
import dev.flakerelay.secret.SecretReference;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads {@code notify}. */
final class ReceiverReader {
  private static final Pattern REFERENCE = Pattern.compile("(env|file|aws):.*", Pattern.DOTALL);
  private static final Pattern ROOM = Pattern.compile("![!-~&&[^/?#%]]{1,254}");

  private int next;

  /** Reads one item of the list. */
  Optional<Receiver> receiver(Section section) {
    int place = next++;
    var url = section.required("url", "env:NTFY_URL", ReceiverReader::address);
    var as = section.required("as", "ntfy", Choice.of(Receiver.As.class));
    var on =
        section
            .optional("on", "[updated, rejected, failed]")
            .flatMap(
                value ->
                    value.someOf(
                        Cursor.distinct(item -> item.text(Choice.of(Receiver.News.class)))));
    var secret = section.optional("secret", "env:NTFY_TOKEN", SecretReference::parse);
    var room = section.optional("room", "\"!id:example.org\"", ReceiverReader::room);
    as.ifPresent(form -> check(section, form, url));
    return section.make(
        () ->
            new Receiver(
                place,
                url.orElseThrow(),
                as.orElseThrow(),
                on.<Set<Receiver.News>>map(Set::copyOf).orElse(Receiver.DEFAULT_NEWS),
                secret,
                room));
  }

  private static void check(Section section, Receiver.As form, Optional<Receiver.Address> url) {
    switch (form) {
      case JSON -> {
        require(section, "secret", "env:NOTIFY_SECRET", "signs what is sent");
        refuse(section, "room", "as: matrix");
      }
      case SLACK -> {
        refuse(section, "secret", "another form");
        refuse(section, "room", "as: matrix");
        if (url.isPresent() && url.get() instanceof Receiver.Address.Written) {
          section.problem(
              "url",
              "whoever knows the URL of a Slack webhook can post there: name where it is kept, for"
                  + " example env:SLACK_URL");
        }
      }
      case NTFY -> refuse(section, "room", "as: matrix");
      case MATRIX -> {
        require(section, "secret", "env:MATRIX_TOKEN", "is the access token");
        require(section, "room", "\"!id:example.org\"", "is the id of the room");
      }
    }
  }

  private static void require(Section section, String key, String example, String what) {
    if (!section.has(key)) {
      section.problem(
          "", key + " is missing, which " + what + ": write for example " + key + ": " + example);
    }
  }

  private static void refuse(Section section, String key, String where) {
    if (section.has(key)) {
      section.problem(key, "is for " + where + ": leave it out");
    }
  }

  private static Receiver.Address address(String text) {
    return REFERENCE.matcher(text).matches()
        ? new Receiver.Address.Secret(SecretReference.parse(text))
        : new Receiver.Address.Written(ReceiverUrl.parse(text));
  }

  private static String room(String text) {
    if (!ROOM.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "not a room's id: it begins with ! and is in the room's settings, under Advanced");
    }
    return text;
  }

  /** Reads the list. */
  static Optional<List<Receiver>> receivers(Cursor list) {
    ReceiverReader reader = new ReceiverReader();
    return list.list(item -> item.section(reader::receiver));
  }
}
