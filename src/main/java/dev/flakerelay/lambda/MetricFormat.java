package dev.flakerelay.lambda;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes an outcome's log line one that CloudWatch counts ("Specification: Embedded metric format",
 * Amazon CloudWatch User Guide): for each outcome and route, and for each outcome alone, the number
 * of {@code jobs} and every time in the line that ends in {@code _ms}.
 */
final class MetricFormat {
  private static final List<List<String>> DIMENSIONS =
      List.of(List.of("outcome", "route"), List.of("outcome"));
  private static final String JOBS = "jobs";

  private final String namespace;
  private final InstantSource clock;

  /**
   * Counts in a namespace, which is what tells this deployment from others of the same account and
   * region.
   */
  MetricFormat(String namespace, InstantSource clock) {
    this.namespace = namespace;
    this.clock = clock;
  }

  /** The same fields, and what CloudWatch needs besides. */
  Map<String, @Nullable Object> of(Map<String, @Nullable Object> fields) {
    List<Map<String, String>> metrics = new ArrayList<>();
    metrics.add(Map.of("Name", JOBS, "Unit", "Count"));
    fields.forEach(
        (name, value) -> {
          if (name.endsWith("_ms") && value != null) {
            metrics.add(Map.of("Name", name, "Unit", "Milliseconds"));
          }
        });
    Map<String, Object> directive = new LinkedHashMap<>();
    directive.put("Namespace", namespace);
    directive.put("Dimensions", DIMENSIONS);
    directive.put("Metrics", metrics);
    Map<String, @Nullable Object> all = new LinkedHashMap<>(fields);
    all.put(JOBS, 1);
    all.put("_aws", Map.of("Timestamp", clock.millis(), "CloudWatchMetrics", List.of(directive)));
    return all;
  }
}
