package dev.flakerelay.support;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Git's own HTTP server side, {@code git http-backend}, run as CGI ("git-http-backend" in Git's
 * manual, and RFC 3875). Protocol versions, gzip request bodies, shallow and partial fetches are
 * what git makes of them.
 */
final class GitBackend {
  private GitBackend() {}

  /**
   * Answers one request.
   *
   * @param root the folder that {@code path} is below
   * @param path the repository's path below the root, then git's own, such as {@code
   *     /source.git/info/refs}
   * @param pushes whether pushing is allowed; otherwise it is answered 403
   */
  static Answer answer(Request request, Path root, String path, boolean pushes) {
    // As the large forges do: any commit that can be reached may be fetched by its id, and parts of
    // a history may be left out.
    Map<String, String> cgi =
        GitCommand.environmentWith(
            Map.of(
                "http.receivepack", Boolean.toString(pushes),
                "uploadpack.allowFilter", "true",
                "uploadpack.allowAnySHA1InWant", "true"));
    cgi.put("GIT_PROJECT_ROOT", root.toString());
    cgi.put("GIT_HTTP_EXPORT_ALL", "1");
    cgi.put("PATH_INFO", path);
    cgi.put("REQUEST_METHOD", request.method());
    cgi.put("QUERY_STRING", request.query());
    cgi.put("CONTENT_LENGTH", Integer.toString(request.body().length));
    request.header("Content-Type").ifPresent(type -> cgi.put("CONTENT_TYPE", type));
    request.header("Content-Encoding").ifPresent(name -> cgi.put("HTTP_CONTENT_ENCODING", name));
    request.header("Git-Protocol").ifPresent(version -> cgi.put("GIT_PROTOCOL", version));
    Execution backend = Execution.of(root, cgi, request.body(), List.of("git", "http-backend"));
    return parse(backend);
  }

  private static Answer parse(Execution backend) {
    // ISO 8859-1 keeps a byte a character, so that positions are those of the bytes.
    String text = new String(backend.output(), StandardCharsets.ISO_8859_1);
    int end = text.indexOf("\r\n\r\n");
    if (end < 0) {
      return Answer.text(500, "git http-backend: " + backend.errors());
    }
    int status = 200;
    Map<String, String> headers = new LinkedHashMap<>();
    for (String line : text.substring(0, end).split("\r\n", -1)) {
      int colon = line.indexOf(':');
      String name = line.substring(0, colon);
      String value = line.substring(colon + 1).strip();
      if (name.equals("Status")) {
        status = Integer.parseInt(value.substring(0, 3));
      } else if (!name.equalsIgnoreCase("Content-Length")) {
        headers.put(name, value);
      }
    }
    byte[] body = text.substring(end + 4).getBytes(StandardCharsets.ISO_8859_1);
    return new Answer(status, headers, body);
  }
}
