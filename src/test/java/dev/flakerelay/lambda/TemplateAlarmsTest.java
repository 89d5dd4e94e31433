package dev.flakerelay.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.queue.Redrive;
import dev.flakerelay.webhook.Fixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What is deployed says how it is: logs, alarms, and the alarm that tries again. */
class TemplateAlarmsTest {
  private final Template template = Template.read();

  @ParameterizedTest
  @ValueSource(strings = {"Receive", "Update", "Retry", "Reconcile"})
  void everyFunctionLogsToAGroupThatForgets(String function) {
    assertThat(template.properties(function + "Function").at("/LoggingConfig/LogGroup"))
        .isEqualTo(Template.ref(function + "Logs"));
    assertThat(template.resources("AWS::Logs::LogGroup"))
        .containsKeys(function + "Logs", "ApiLogs")
        .allSatisfy(
            (id, group) ->
                assertThat(group.at("/Properties/RetentionInDays"))
                    .isEqualTo(Template.ref("LogRetention")));
  }

  /** "Invoke a Lambda function from an alarm", Amazon CloudWatch user guide. */
  @Test
  void theAlarmOnDeadLettersMayInvokeRetryFunction() {
    JsonNode alarm = template.properties("DeadLetterAlarm");
    // NumberOfMessagesSent would not count what SQS moves itself.
    assertThat(alarm.get("MetricName").stringValue())
        .isEqualTo("ApproximateNumberOfMessagesVisible");
    assertThat(alarm.at("/Dimensions/0/Value/Fn::GetAtt").stringValue())
        .isEqualTo("UpdateDeadLetterQueue.QueueName");
    assertThat(alarm.get("Threshold").intValue()).isZero();
    assertThat(alarm.at("/AlarmActions/0")).isEqualTo(Template.arn("RetryFunction"));
    // It acts once: RetryFunction must find something that is due.
    long seconds =
        (long) alarm.get("Period").intValue() * alarm.get("EvaluationPeriods").intValue();
    assertThat(Duration.ofSeconds(seconds)).isGreaterThan(Redrive.DELAYS.getFirst());

    JsonNode permission = template.properties("RetryPermission");
    assertThat(permission.get("Principal").stringValue())
        .isEqualTo("lambda.alarms.cloudwatch.amazonaws.com");
    assertThat(permission.get("SourceArn")).isEqualTo(Template.arn("DeadLetterAlarm"));
    assertThat(permission.get("SourceAccount")).isEqualTo(Template.ref("AWS::AccountId"));
    assertThat(permission.get("FunctionName")).isEqualTo(Template.ref("RetryFunction"));
  }

  @Test
  void theSampleOfAnAlarmIsOfThatOne() {
    JsonNode sample = new Fixture("alarm").json().get("alarmData");
    JsonNode alarm = template.properties("DeadLetterAlarm");
    assertThat(sample.at("/state/value").stringValue()).isEqualTo("ALARM");
    assertThat(sample.get("alarmName").stringValue()).contains("DeadLetterAlarm");
    assertThat(sample.at("/configuration/description")).isEqualTo(alarm.get("AlarmDescription"));
    JsonNode metric = sample.at("/configuration/metrics/0/metricStat");
    assertThat(metric.at("/metric/name")).isEqualTo(alarm.get("MetricName"));
    assertThat(metric.get("stat")).isEqualTo(alarm.get("Statistic"));
    assertThat(metric.get("period")).isEqualTo(alarm.get("Period"));
  }

  @ParameterizedTest
  @CsvSource({"RetryFunction, RetrySchedule", "ReconcileFunction, ReconcileSchedule"})
  void aScheduleInvokesToo(String function, String parameter) {
    JsonNode event = template.properties(function).at("/Events/Schedule");
    assertThat(event.get("Type").stringValue()).isEqualTo("Schedule");
    assertThat(event.at("/Properties/Schedule")).isEqualTo(Template.ref(parameter));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Receive", "Update", "Retry", "Reconcile"})
  void everyFunctionHasAnAlarmOnErrorsAndOneAt80PercentOfItsTimeout(String function) {
    JsonNode errors = template.properties(function + "ErrorsAlarm");
    JsonNode duration = template.properties(function + "DurationAlarm");
    assertThat(errors.get("MetricName").stringValue()).isEqualTo("Errors");
    assertThat(duration.get("MetricName").stringValue()).isEqualTo("Duration");
    assertThat(errors.at("/Dimensions/0/Value")).isEqualTo(Template.ref(function + "Function"));
    assertThat(duration.at("/Dimensions/0/Value")).isEqualTo(Template.ref(function + "Function"));
    int timeout = template.properties(function + "Function").get("Timeout").intValue();
    assertThat(duration.get("Threshold").intValue()).isEqualTo(timeout * 800);
  }

  @Test
  void whatIsAnsweredWithAnErrorIsAnAlarmThoughNoFunctionFailed() {
    JsonNode alarm = template.properties("ApiErrorsAlarm");
    assertThat(alarm.get("Namespace").stringValue()).isEqualTo("AWS/ApiGateway");
    assertThat(alarm.get("MetricName").stringValue()).isEqualTo("5xx");
    assertThat(alarm.at("/Dimensions/0/Value")).isEqualTo(Template.ref("Api"));
  }

  /** "Monitor HTTP APIs": the API counts all of 4xx together; each request is in its log. */
  @Test
  void whatIsThrottledIsAnAlarmOfItsOwn() {
    JsonNode filter = template.properties("ThrottledMetric");
    JsonNode counted = filter.at("/MetricTransformations/0");
    JsonNode alarm = template.properties("ThrottledAlarm");
    assertThat(filter.get("LogGroupName")).isEqualTo(Template.ref("ApiLogs"));
    assertThat(filter.get("FilterPattern").stringValue()).isEqualTo("{ $.status = 429 }");
    assertThat(alarm.get("MetricName")).isEqualTo(counted.get("MetricName"));
    assertThat(alarm.get("Namespace")).isEqualTo(counted.get("MetricNamespace"));
    assertThat(alarm.has("Dimensions")).isFalse();
    // What a variable has no value for is logged as a dash, which is no JSON number: such a line
    // would be counted by no filter.
    String line =
        template
            .properties("Api")
            .at("/AccessLogSettings/Format")
            .stringValue()
            .replace("$context.status", "429")
            .replaceAll("[$]context[.][A-Za-z.]+", "-");
    assertThat(JsonMapper.shared().readTree(line).get("status").intValue()).isEqualTo(429);
  }

  @ParameterizedTest
  @CsvSource({"FailedJobsAlarm, failed", "RejectedJobsAlarm, rejected"})
  void everyJobThatDidNotEndWellIsAnAlarm(String id, String outcome) {
    JsonNode alarm = template.properties(id);
    Map<String, @Nullable Object> line = Map.of("outcome", outcome, "route", "app");
    JsonNode counted =
        JsonMapper.shared()
            .valueToTree(new MetricFormat("flake-relay", InstantSource.system()).of(line));
    JsonNode directive = counted.at("/_aws/CloudWatchMetrics/0");
    assertThat(alarm.get("MetricName")).isEqualTo(directive.at("/Metrics/0/Name"));
    assertThat(directive.get("Dimensions").toString())
        .contains("[" + alarm.at("/Dimensions/0/Name") + "]");
    assertThat(alarm.at("/Dimensions/0/Value")).isEqualTo(counted.get("outcome"));
  }

  /** Both counted in one namespace: a job that failed in one was an alarm of the other, too. */
  @Test
  void twoStacksOfOneAccountCountApart() {
    JsonNode name = Template.ref("AWS::StackName");
    assertThat(
            template
                .properties("UpdateFunction")
                .at("/Environment/Variables/RELAY_METRICS_NAMESPACE"))
        .isEqualTo(name);
    for (String alarm : List.of("FailedJobsAlarm", "RejectedJobsAlarm")) {
      assertThat(template.properties(alarm).get("Namespace")).isEqualTo(name);
    }
    assertThat(template.properties("Dashboard").at("/DashboardBody/Fn::Sub").stringValue())
        .contains("[\"${AWS::StackName}\", \"age_ms\"")
        .doesNotContain("flake-relay");
  }

  @Test
  void everyAlarmTellsTheAddressIfThereIsOne() {
    assertThat(template.resources(Template.ALARM))
        .hasSize(14)
        .allSatisfy(
            (id, alarm) ->
                assertThat(alarm.at("/Properties/AlarmActions").toString())
                    .contains("{\"Fn::If\":[\"HasEmail\",{\"Ref\":\"AlarmTopic\"}"));
  }

  @Test
  void theDashboardShowsWhatTheCodeCounts() throws IOException {
    String body = template.properties("Dashboard").at("/DashboardBody/Fn::Sub").stringValue();
    JsonNode widgets = JsonMapper.shared().readTree(body).get("widgets");
    Set<String> times = new TreeSet<>();
    Matcher time = Pattern.compile("\\b[a-z]+_ms\\b").matcher(widgets.toString());
    while (time.find()) {
      times.add(time.group());
    }
    assertThat(times)
        .containsExactly("age_ms", "duration_ms", "fetch_ms", "history_ms", "lock_ms", "push_ms");
    StringBuilder code = new StringBuilder();
    try (Stream<Path> files = Files.walk(Path.of("src/main/java/dev/flakerelay"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        code.append(Files.readString(file));
      }
    }
    assertThat(times)
        .allSatisfy(
            name ->
                assertThat(code.toString())
                    .containsAnyOf('"' + name + '"', '"' + name.replace("_ms", "") + '"'));
    assertThat(widgets.toString()).contains("{\\\"${AWS::StackName}\\\",outcome}", "\\\"jobs\\\"");
  }
}
