package dev.flakerelay.forge;

import java.util.List;

/**
 * An open pull or merge request.
 *
 * @param number its number in the repository
 * @param url its page
 * @param title one line
 * @param body Markdown; empty if there is none
 * @param labels the names of its labels
 */
public record OpenProposal(int number, String url, String title, String body, List<String> labels) {

  /** Whether it says this already; a forge keeps line ends as browsers send them. */
  public boolean says(String otherTitle, String otherBody) {
    return title.equals(otherTitle) && plain(body).equals(plain(otherBody));
  }

  private static String plain(String text) {
    return text.replace("\r\n", "\n").strip();
  }
}
