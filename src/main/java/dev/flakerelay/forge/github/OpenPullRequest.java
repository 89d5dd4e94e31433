package dev.flakerelay.forge.github;

/**
 * An open pull request.
 *
 * @param number its number in the repository
 * @param url its page
 * @param title one line
 * @param body Markdown; empty if there is none
 */
public record OpenPullRequest(int number, String url, String title, String body) {

  /** Whether it says this already; GitHub keeps line ends as browsers send them. */
  public boolean says(String otherTitle, String otherBody) {
    return title.equals(otherTitle) && plain(body).equals(plain(otherBody));
  }

  private static String plain(String text) {
    return text.replace("\r\n", "\n").strip();
  }
}
