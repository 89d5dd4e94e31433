"""The Lambda Runtime API, version 2018-06-01 ("Using the Lambda runtime API for custom runtimes", AWS Lambda Developer Guide)."""

import queue
import re
import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PREFIX = "/2018-06-01/runtime"


class RuntimeFailure(Exception):
    """The runtime reported an error, or is gone; `payload` is the JSON that the invoker gets."""

    def __init__(self, payload: bytes):
        super().__init__(payload.decode(errors="replace"))
        self.payload = payload


@dataclass
class Invocation:
    """One event for the function; `result` gets the response's bytes, or a RuntimeFailure."""

    request_id: str
    function_arn: str
    trace_id: str
    payload: bytes
    timeout: int
    result: Future = field(default_factory=Future)


class RuntimeApi:
    """Serves one runtime process on a free port: it fetches events here, and brings the results back."""

    def __init__(self):
        self.ready = Future()  # done when the runtime asks for its first event, or reports that it can't start
        self.restored = False  # whether it has run its hooks for SnapStart
        self._events: queue.Queue[Invocation | None] = queue.Queue()
        self._current: Invocation | None = None
        api = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                api._get(self)

            def do_POST(self):
                api._post(self)

            def log_message(self, format, *args):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.address = f"127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, name="runtime-api", daemon=True).start()

    def submit(self, invocation: Invocation) -> None:
        """Hands an event to the runtime; one at a time."""
        self._current = invocation
        self._events.put(invocation)

    def fail(self, payload: bytes) -> None:
        """Ends whatever somebody waits for: the runtime will not answer any more."""
        failure = RuntimeFailure(payload)
        for waiting in (self.ready, self._current.result if self._current else None):
            if waiting and not waiting.done():
                waiting.set_exception(failure)

    def close(self) -> None:
        self._events.put(None)
        self._server.shutdown()
        self._server.server_close()

    def _get(self, request: BaseHTTPRequestHandler) -> None:
        # A runtime with SnapStart asks this between its hooks; the answer means that it was restored from a snapshot.
        if request.path == f"{PREFIX}/restore/next":
            self.restored = True
            return _answer(request, 200)
        if request.path != f"{PREFIX}/invocation/next":
            return _answer(request, 404)
        if not self.ready.done():
            self.ready.set_result(None)
        invocation = self._events.get()
        if invocation is None:
            request.close_connection = True
            return None
        return _answer(
            request,
            200,
            invocation.payload,
            {
                "Lambda-Runtime-Aws-Request-Id": invocation.request_id,
                "Lambda-Runtime-Deadline-Ms": str(int((time.time() + invocation.timeout) * 1000)),
                "Lambda-Runtime-Invoked-Function-Arn": invocation.function_arn,
                "Lambda-Runtime-Trace-Id": invocation.trace_id,
            },
        )

    def _post(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers.get("Content-Length", 0)))
        if request.path in (f"{PREFIX}/init/error", f"{PREFIX}/restore/error"):
            self.fail(body)
            return _answer(request, 202)
        matched = re.fullmatch(f"{PREFIX}/invocation/([^/]+)/(response|error)", request.path)
        current = self._current
        if not matched or current is None or matched[1] != current.request_id or current.result.done():
            return _answer(request, 400)
        if matched[2] == "error":
            current.result.set_exception(RuntimeFailure(body))
        else:
            current.result.set_result(body)
        return _answer(request, 202)


def _answer(request: BaseHTTPRequestHandler, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
    request.send_response(status)
    for name, value in (headers or {}).items():
        request.send_header(name, value)
    request.send_header("Content-Type", "application/json")
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body)
