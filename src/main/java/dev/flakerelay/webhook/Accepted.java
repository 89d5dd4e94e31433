package dev.flakerelay.webhook;

import dev.flakerelay.queue.Job;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * One entry of a 202's body.
 *
 * @param target the target's URL and branch, for people
 * @param job the job's id
 */
record Accepted(String route, String target, String input, String job) {
  private static final Pattern USER_INFO = Pattern.compile("^([A-Za-z][A-Za-z0-9+.-]*://)[^/]*@");
  private static final Pattern QUERY = Pattern.compile("[?#].*$", Pattern.DOTALL);

  static Accepted of(Job job) {
    return new Accepted(job.route(), target(job.repository(), job.branch()), job.input(), job.id());
  }

  /** Whoever may send a delivery need not know the password that a URL may carry. */
  private static String target(String repository, String branch) {
    String noQuery = QUERY.matcher(repository).replaceFirst("");
    return USER_INFO.matcher(noQuery).replaceFirst("$1") + " branch " + branch;
  }

  Map<String, String> json() {
    Map<String, String> json = new LinkedHashMap<>();
    json.put("route", route);
    json.put("target", target);
    json.put("input", input);
    json.put("job", job);
    return json;
  }
}
