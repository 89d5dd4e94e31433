package dev.flakerelay.local;

import dev.flakerelay.queue.Message;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What was received and nobody works on yet, kept hidden in its queue: SQS may give several groups
 * at a time.
 */
final class HeldMessages {
  private final Heartbeat heartbeat;
  private final Map<Message, Heartbeat.Beating> held = new LinkedHashMap<>();

  HeldMessages(Heartbeat heartbeat) {
    this.heartbeat = heartbeat;
  }

  synchronized void add(List<Message> received) {
    received.forEach(each -> held.put(each, heartbeat.keepHidden(List.of(each))));
  }

  /** The oldest first. */
  synchronized List<Message> all() {
    return new ArrayList<>(held.keySet());
  }

  /** Takes some out; they stay hidden until the result is closed. */
  synchronized Taking take(List<Message> some) {
    List<Heartbeat.Beating> beats = new ArrayList<>();
    for (Message each : some) {
      Heartbeat.Beating beat = held.remove(each);
      if (beat != null) {
        beats.add(beat);
      }
    }
    return new Taking(beats);
  }

  /** What was taken out. */
  record Taking(List<Heartbeat.Beating> beats) implements AutoCloseable {
    @Override
    public void close() {
      beats.forEach(Heartbeat.Beating::close);
    }
  }
}
