package dev.flakerelay.webhook;

import dev.flakerelay.queue.Job;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One entry of a 202's body.
 *
 * @param target for people, as the log has it: {@link Job#target}
 * @param job the job's id
 * @param duplicate whether it is not queued, because it was before
 */
record Accepted(String route, String target, String input, String job, boolean duplicate) {
  static final String DUPLICATE = "duplicate";

  static Accepted of(Job job, boolean duplicate) {
    return new Accepted(job.route(), job.target(), job.input(), job.id(), duplicate);
  }

  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("route", route);
    json.put("target", target);
    json.put("input", input);
    json.put("job", job);
    if (duplicate) {
      json.put(DUPLICATE, true);
    }
    return json;
  }
}
