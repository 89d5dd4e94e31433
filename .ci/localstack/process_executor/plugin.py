"""The plug-in, as LocalStack looks it up: LAMBDA_RUNTIME_EXECUTOR=process."""

from localstack.services.lambda_.invocation.plugins import RuntimeExecutorPlugin


class ProcessExecutorPlugin(RuntimeExecutorPlugin):
    name = "process"

    def load(self, *args, **kwargs):
        # Only now: LocalStack reads all plug-ins at its start, whichever is chosen.
        from localstack.services.lambda_.invocation.execution_environment import ExecutionEnvironment

        from process_executor.executor import ProcessExecutor

        # LocalStack stores a function's LoggingConfig, and then logs to another group.
        ExecutionEnvironment.get_log_group_name = lambda self: self.function_version.config.logging_config["LogGroup"]
        return ProcessExecutor
