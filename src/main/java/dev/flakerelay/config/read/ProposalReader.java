package dev.flakerelay.config.read;

import dev.flakerelay.VisibleText;
import dev.flakerelay.config.Choice;
import dev.flakerelay.config.ProposalStyle;
import dev.flakerelay.config.yaml.Cursor;
import dev.flakerelay.config.yaml.Section;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Reads a route's {@code pull-request}. */
final class ProposalReader {
  private static final int LONGEST_LABEL = 50;
  private static final Pattern ACCOUNT = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}");

  private ProposalReader() {}

  static Optional<ProposalStyle> style(Section section) {
    var labels = names(section, "labels", "[dependencies]", ProposalReader::label);
    var reviewers = names(section, "reviewers", "[octocat]", ProposalReader::account);
    var teams = names(section, "team-reviewers", "[ops]", ProposalReader::account);
    var autoMerge = section.optional("auto-merge", "false", Choice::truth);
    return section.make(
        () ->
            new ProposalStyle(
                labels.orElse(ProposalStyle.DEFAULT.labels()),
                reviewers.orElse(List.of()),
                teams.orElse(List.of()),
                autoMerge.orElse(false)));
  }

  private static Optional<List<String>> names(
      Section section, String key, String example, Function<String, String> parse) {
    return section
        .optional(key, example)
        .flatMap(value -> value.list(Cursor.distinct(item -> item.text(parse))));
  }

  private static String label(String text) {
    String label = text.strip();
    if (label.length() > LONGEST_LABEL || !VisibleText.of(label).equals(label)) {
      throw new IllegalArgumentException("a label is one line of at most 50 characters");
    }
    return label;
  }

  private static String account(String text) {
    if (!ACCOUNT.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "not the name of an account or team: write it without @ and without the organization");
    }
    return text;
  }
}
