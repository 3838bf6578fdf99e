"""The app inside Microsoft's worker library: indexing, and the one way to call a function."""

import json
import os
import sys
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import azure_functions_runtime as runtime

from local.child import StartError
from local.host import protos
from local.host.protos import Message, ParameterBinding, TypedData


class InvocationFailed(Exception):
    """A function raised. `kind` is the exception's type name; the host learns no more of it than text."""

    def __init__(self, message: str, stack_trace: str) -> None:
        super().__init__(message)
        kind, colon, text = message.partition(": ")
        self.kind, self.text = (kind, text) if colon and kind.isidentifier() else ("(unknown)", message)
        self.stack_trace = stack_trace


@dataclass(frozen=True)
class Function:
    """An indexed function: its trigger and its other bindings, as in a function.json."""

    name: str
    id: str
    trigger: Mapping[str, Any]
    others: tuple[Mapping[str, Any], ...]

    @property
    def kind(self) -> str:
        return str(self.trigger["type"])


class Worker:
    """The library keeps its state in module globals, so a process has one worker."""

    def __init__(self, app: Path) -> None:
        self._app = app
        self._client_binding = ""

    def give_durable_client(self, configuration: Mapping[str, Any]) -> None:
        """What functions with a durable client binding get, from now on."""
        self._client_binding = json.dumps(configuration)

    async def start(self) -> list[Function]:
        """Import and index the app. Raises StartError with the app's own message in one line."""
        sys.path.insert(0, str(self._app))
        os.chdir(self._app)
        runtime.start_threadpool_executor()
        init = Message(capabilities={}, function_app_directory=str(self._app), worker_directory="", host_version="4")
        initialised = await runtime.worker_init_request(_request(worker_init_request=init))
        _check(initialised.result, "the app can't be indexed")
        answer = await runtime.functions_metadata_request(_request(functions_metadata_request=Message()))
        _check(answer.result, "the app can't be indexed")
        if not answer.function_metadata_results:
            raise StartError(f"{self._app} has no functions (is there a function_app.py?)")
        functions = [_function(metadata) for metadata in answer.function_metadata_results]
        for function in functions:
            load = Message(function_id=function.id)
            loaded = await runtime.function_load_request(_request(function_load_request=load))
            _check(loaded.result, f"{function.name} can't be loaded")
        return functions

    async def invoke(
        self, function: Function, value: TypedData, metadata: Mapping[str, TypedData] | None = None
    ) -> TypedData | None:
        """Call a function with its trigger's value and give what it returns. Raises InvocationFailed."""
        inputs = [ParameterBinding(function.trigger["name"], value)]
        inputs += [
            ParameterBinding(binding["name"], TypedData(string=self._client_binding))
            for binding in function.others
            if binding["type"] == "durableClient"
        ]
        invocation = Message(
            invocation_id=str(uuid.uuid4()),
            function_id=function.id,
            input_data=inputs,
            trigger_metadata=dict(metadata or {}),
            trace_context=Message(
                trace_parent=f"00-{uuid.uuid4().hex}-{uuid.uuid4().hex[:16]}-01", trace_state="", attributes={}
            ),
            retry_context=Message(retry_count=0, max_retry_count=0, exception=None),
        )
        response = await runtime.invocation_request(_request(invocation_request=invocation))
        if response.result.status != protos.StatusResult.Success:
            raise InvocationFailed(response.result.exception.message, response.result.exception.stack_trace)
        value_returned: TypedData | None = response.return_value
        return value_returned


def _request(**request: Message) -> Message:
    return Message(request=Message(**request), properties={"protos": protos, "host": "127.0.0.1"})


def _check(result: protos.StatusResult, what: str) -> None:
    if result.status != protos.StatusResult.Success:
        lines = result.exception.message.strip().splitlines()
        raise StartError(f"{what}: {lines[0] if lines else 'no reason given'}")


def _function(metadata: protos.RpcFunctionMetadata) -> Function:
    bindings = [json.loads(raw) for raw in metadata.raw_bindings]
    triggers = [binding for binding in bindings if binding["type"].endswith("Trigger")]
    if len(triggers) != 1:
        raise StartError(f"{metadata.name} has {len(triggers)} triggers; a function has one")
    others = tuple(binding for binding in bindings if binding is not triggers[0])
    return Function(metadata.name, metadata.function_id, triggers[0], others)
