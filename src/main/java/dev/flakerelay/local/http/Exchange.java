package dev.flakerelay.local.http;

import dev.flakerelay.log.EventLog;
import dev.flakerelay.net.AddressRange;
import dev.flakerelay.webhook.Answer;
import dev.flakerelay.webhook.Intake;
import dev.flakerelay.webhook.Request;
import dev.flakerelay.webhook.RequestHead;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * One request and its answer. No thread waits for a body: {@link #run} takes what has come of it,
 * and is called again when there is more.
 */
final class Exchange implements Runnable {
  private static final int FIRST_BUFFER = 8 * 1024;

  /** GitHub sends 25 MB at most. Unread data would reset the connection, and lose the answer. */
  private static final int LONGEST_DISCARDED = 32 * 1024 * 1024;

  private static final byte[] NOTHING = new byte[0];

  private final Intake intake;
  private final EventLog log;
  private final Places places;
  private final Place place;
  private final RequestHead head;
  private final org.eclipse.jetty.server.Request request;
  private final Response response;
  private final Callback callback;

  private final AtomicBoolean answered = new AtomicBoolean();
  private final AtomicBoolean ended = new AtomicBoolean();

  /** To be done before the request has ended: the answer is written, the body is read. */
  private final AtomicInteger left = new AtomicInteger(2);

  /** Holds what has come of the body, for as long as that is needed. */
  private volatile byte[] body = NOTHING;

  private int length;

  Exchange(
      Intake intake,
      EventLog log,
      Places places,
      AddressRange client,
      RequestHead head,
      org.eclipse.jetty.server.Request request,
      Response response,
      Callback callback) {
    this.intake = intake;
    this.log = log;
    this.places = places;
    this.head = head;
    this.request = request;
    this.response = response;
    this.callback = callback;
    this.place =
        places.begin(
            request.getConnectionMetaData().getConnection().getEndPoint(), client, this::giveUp);
  }

  /** Answers by the headers alone where that can be, and begins to read the body. */
  void start() {
    intake.answerHead(head).ifPresent(this::answerEarly);
    if (answered.get() && request.getHeaders().contains(HttpHeader.EXPECT)) {
      // A client that waits for our leave sends no body.
      half();
    } else {
      run();
    }
  }

  @Override
  public void run() {
    while (true) {
      Content.Chunk chunk = request.read();
      if (chunk == null) {
        request.demand(this);
        return;
      }
      if (Content.Chunk.isFailure(chunk)) {
        fail(chunk.getFailure());
        return;
      }
      take(chunk.getByteBuffer());
      boolean last = chunk.isLast();
      chunk.release();
      if (last || length > LONGEST_DISCARDED) {
        if (answered.compareAndSet(false, true)) {
          answer();
        }
        half();
        return;
      }
    }
  }

  private void take(ByteBuffer bytes) {
    int more = bytes.remaining();
    length += more;
    places.receive(place, more);
    if (answered.get()) {
      return;
    }
    if (length > Request.LONGEST_BODY) {
      intake.answerHead(head.withLength(length)).ifPresent(this::answerEarly);
      return;
    }
    if (length > body.length && !grow()) {
      giveUp();
      return;
    }
    byte[] buffer = body;
    if (length <= buffer.length) {
      bytes.get(buffer, length - more, more);
    }
  }

  /** Makes room for what has come, and for twice as much as before. */
  private boolean grow() {
    int size =
        Math.min(Request.LONGEST_BODY, Math.max(length, Math.max(FIRST_BUFFER, 2 * body.length)));
    if (!places.hold(place, size)) {
      return false;
    }
    body = Arrays.copyOf(body, size);
    if (answered.get()) {
      body = NOTHING;
    }
    return true;
  }

  /** The body's memory is needed for others. */
  private void giveUp() {
    answerEarly(Answer.busy());
  }

  private void answerEarly(Answer answer) {
    if (answered.compareAndSet(false, true)) {
      body = NOTHING;
      if (hasBody()) {
        response.getHeaders().put(HttpHeader.CONNECTION, "close");
      }
      write(answer);
    }
  }

  private boolean hasBody() {
    return request.getLength() > 0 || request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING);
  }

  private void answer() {
    places.enter(place, Place.Phase.ANSWER);
    Answer answer = intake.answer(new Request(head, Arrays.copyOf(body, length)));
    body = NOTHING;
    places.enter(place, Place.Phase.BODY);
    write(answer);
  }

  private void write(Answer answer) {
    answer.writeTo(log);
    byte[] json = answer.json();
    response.setStatus(answer.status());
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, Answer.CONTENT_TYPE);
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, json.length);
    answer.headers().forEach(response.getHeaders()::put);
    response.write(true, ByteBuffer.wrap(json), Callback.from(this::half, this::fail));
  }

  private void half() {
    if (left.decrementAndGet() == 0 && ended.compareAndSet(false, true)) {
      places.end(place);
      callback.succeeded();
    }
  }

  private void fail(Throwable cause) {
    if (ended.compareAndSet(false, true)) {
      boolean unfinished = answered.compareAndSet(false, true);
      if (unfinished && place.isOpen()) {
        log.warn("delivery", Map.of("error", "the client did not send the whole request"));
      }
      body = NOTHING;
      places.end(place);
      // Quiet: that a client is gone is no news of Jetty's.
      callback.failed(new EofException(cause));
    }
  }
}
