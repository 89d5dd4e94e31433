"""Runs a function's execution environment as a process of this machine.

Two variables of LocalStack's own environment tell how: PROCESS_EXECUTOR_JAVA, the java program, and PROCESS_EXECUTOR_RUNTIME, the
folder with the jars of the AWS Lambda Runtime Interface Client.

What Docker would give and a process does not: /opt, /var/task, a read-only file system, a user of its own. The code is the working
directory, where the Runtime Interface Client looks for it. Layers are unpacked into one folder, and whatever names /opt in the
function's environment names that folder instead.
"""

import json
import logging
import os
import platform
import shutil
import signal
import subprocess
import tempfile
import threading
import zipfile
from concurrent.futures import TimeoutError
from pathlib import Path

from localstack.services.lambda_.invocation.executor_endpoint import StatusErrorException
from localstack.services.lambda_.invocation.lambda_models import FunctionVersion, InvocationResult
from localstack.services.lambda_.invocation.runtime_executor import RuntimeExecutor

from process_executor.runtime_api import Invocation, RuntimeApi, RuntimeFailure

LOG = logging.getLogger(__name__)

# What flake-relay finds below /opt by itself, relative to it.
DEFAULTS = {"RELAY_CONFIG": "relay.yaml", "RELAY_NIX": "nix/bin/nix"}


class ProcessExecutor(RuntimeExecutor):
    """One execution environment: a folder and, one after the other, the processes that serve it."""

    def __init__(self, id: str, function_version: FunctionVersion) -> None:
        super().__init__(id, function_version)
        self._folder = Path(tempfile.mkdtemp(prefix=f"{function_version.id.function_name}-"))
        self._log = self._folder / "log"
        self._environment: dict[str, str] = {}
        self._process: subprocess.Popen | None = None
        self._api: RuntimeApi | None = None
        self._logged = 0

    @classmethod
    def prepare_version(cls, function_version: FunctionVersion) -> None:
        for part in (function_version.config, *function_version.config.layers):
            part.code.prepare_for_execution()

    @classmethod
    def cleanup_version(cls, function_version: FunctionVersion) -> None:
        pass

    @classmethod
    def validate_environment(cls) -> bool:
        return True

    def get_address(self) -> str:
        return "127.0.0.1"

    def get_endpoint_from_executor(self) -> str:
        return "127.0.0.1"

    def get_runtime_endpoint(self) -> str:
        return ""  # only LocalStack's own init program would ask there

    def start(self, env_vars: dict[str, str]) -> None:
        layers = self._folder / "opt"
        layers.mkdir()
        for layer in self.function_version.config.layers:
            # As links: a layer has tens of megabytes, and every environment has it.
            shutil.copytree(
                layer.code.get_unzipped_code_location(), layers, symlinks=True, copy_function=os.link, dirs_exist_ok=True
            )
        environment = {name: str(value) for name, value in env_vars.items()}
        for name, value in environment.items():
            if value.startswith("/opt/"):
                environment[name] = str(layers / value.removeprefix("/opt/"))
        for name, path in DEFAULTS.items():
            if (layers / path).exists():
                environment.setdefault(name, str(layers / path))
        if (self.function_version.config.snap_start or {}).get("OptimizationStatus") == "On":
            # The runtime then runs the function's hooks around a checkpoint that nobody takes.
            environment["AWS_LAMBDA_INITIALIZATION_TYPE"] = "snap-start"
        self._environment = environment | {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "en_US.UTF-8"}
        self._start_process()

    def _start_process(self) -> None:
        self._kill()
        config = self.function_version.config
        temporary = self._folder / "tmp"
        temporary.mkdir(exist_ok=True)
        code = config.code.get_unzipped_code_location()
        runtime = Path(os.environ["PROCESS_EXECUTOR_RUNTIME"])
        api = RuntimeApi()
        command = [
            os.environ["PROCESS_EXECUTOR_JAVA"],
            # As the managed runtime does it: its client calls native code, and brings checkpoints of its own.
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "-Dorg.crac.Core.Compat=com.amazonaws.services.lambda.crac",
            f"-Xmx{config.memory_size * 85 // 100}m",
            f"-Djava.io.tmpdir={temporary}",
            f"-Dcom.amazonaws.services.lambda.runtime.api.client.runtimeapi.NativeClient.JNI={self._native_client(runtime)}",
            "-cp",
            f"{runtime}/*",
            "com.amazonaws.services.lambda.runtime.api.client.AWSLambda",
            config.handler,
        ]
        with self._log.open("ab") as log:
            process = subprocess.Popen(
                command,
                cwd=code,
                env=self._environment
                | {"AWS_LAMBDA_RUNTIME_API": api.address, "LAMBDA_TASK_ROOT": str(code), "TMPDIR": str(temporary)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # so that its children die with it, as they would in a sandbox
            )
        self._process, self._api = process, api
        threading.Thread(target=self._watch, args=(process, api), name="runtime-watch", daemon=True).start()
        try:
            api.ready.result()
        except RuntimeFailure as failure:
            LOG.warning("%s did not start: %s", self.function_version.qualified_arn, self._new_logs())
            raise StatusErrorException("Environment startup failed", payload=failure.payload) from failure
        if api.restored:
            with self._log.open("a") as log:
                log.write("RESTORE_REPORT\n")

    def _native_client(self, runtime: Path) -> str:
        """By itself the runtime unpacks its native code to one place in /tmp, under the feet of others that run."""
        [jar] = runtime.glob("aws-lambda-java-runtime-interface-client-*.jar")
        machine = {"x86_64": "x86_64", "aarch64": "aarch_64"}[platform.machine()]
        return zipfile.ZipFile(jar).extract(f"jni/libaws-lambda-jni.linux-{machine}.so", self._folder)

    def _watch(self, process: subprocess.Popen, api: RuntimeApi) -> None:
        code = process.wait()
        api.fail(_error("Runtime.ExitError", f"Error: Runtime exited with error: exit status {code}"))
        api.close()

    def invoke(self, payload: dict[str, str]) -> InvocationResult:
        # After a timeout or a crash the environment stays, and Lambda starts another process in it.
        if self._process.poll() is not None:
            self._start_process()
        request_id = payload["invoke-id"]
        timeout = self.function_version.config.timeout
        invocation = Invocation(
            request_id, payload["invoked-function-arn"], payload["trace-id"], payload["payload"].encode(), timeout
        )
        self._api.submit(invocation)
        try:
            answer, failed = invocation.result.result(timeout), False
        except RuntimeFailure as failure:
            answer, failed = failure.payload, True
        except TimeoutError:
            self._kill()
            message = f"RequestId: {request_id} Error: Task timed out after {timeout}.00 seconds"
            answer, failed = _error("Sandbox.Timedout", message), True
        logs = f"START RequestId: {request_id}\n{self._new_logs()}END RequestId: {request_id}\n"
        return InvocationResult(request_id, answer, is_error=failed, logs=logs)

    def _new_logs(self) -> str:
        with self._log.open("rb") as log:
            log.seek(self._logged)
            text = log.read()
        self._logged += len(text)
        return text.decode(errors="replace")

    def get_logs(self) -> str:
        return self._log.read_text(errors="replace")

    def _kill(self) -> None:
        if self._process:
            try:
                os.killpg(self._process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass  # it had ended, and its children, too
            self._process.wait()

    def stop(self) -> None:
        self._kill()
        shutil.rmtree(self._folder, ignore_errors=True)


def _error(type: str, message: str) -> bytes:
    return json.dumps({"errorType": type, "errorMessage": message}).encode()
