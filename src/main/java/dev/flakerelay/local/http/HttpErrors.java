package dev.flakerelay.local.http;

import dev.flakerelay.webhook.Answer;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** Answers what is not HTTP in JSON, as everything else is answered. */
final class HttpErrors implements Request.Handler {
  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    Object cause = request.getAttribute(ErrorHandler.ERROR_EXCEPTION);
    int status = cause instanceof HttpException known ? known.getCode() : response.getStatus();
    Object reason = cause instanceof HttpException known ? known.getReason() : null;
    Answer answer =
        Answer.error(
            status, Objects.requireNonNullElse(reason, HttpStatus.getMessage(status)).toString());
    response.setStatus(status);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, Answer.CONTENT_TYPE);
    response.write(true, ByteBuffer.wrap(answer.json()), callback);
    return true;
  }
}
