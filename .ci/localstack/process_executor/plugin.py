"""The plug-in, as LocalStack looks it up: LAMBDA_RUNTIME_EXECUTOR=process."""

from localstack.services.lambda_.invocation.plugins import RuntimeExecutorPlugin


class ProcessExecutorPlugin(RuntimeExecutorPlugin):
    name = "process"

    def load(self, *args, **kwargs):
        # Only now: LocalStack reads all plug-ins at its start, whichever is chosen.
        from process_executor.executor import ProcessExecutor

        return ProcessExecutor
