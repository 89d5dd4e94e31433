package dev.flakerelay.webhook;

import dev.flakerelay.queue.Job;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One entry of a 202's body.
 *
 * @param target for people, as the log has it: {@link Job#target}
 * @param job the job's id
 */
record Accepted(String route, String target, String input, String job) {
  static Accepted of(Job job) {
    return new Accepted(job.route(), job.target(), job.input(), job.id());
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
