"""The messages between host and worker, as far as azure-functions-runtime builds or reads them.

In Azure they are protobuf (github.com/Azure/azure-functions-language-worker-protobuf, FunctionRpc.proto). The
library is given the module to build them with, and asks no more of it than names, fields and `WhichOneof`.
"""

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any


class Message(SimpleNamespace):
    """A message whose fields are what it was made with."""


class TypedData:
    """A value with one of the proto's kinds: string, bytes, json, int, double, model_binding_data, …"""

    def __init__(self, **value: Any) -> None:
        ((self.kind, self.value),) = value.items()
        setattr(self, self.kind, self.value)

    def WhichOneof(self, _: str) -> str:
        return self.kind


class ParameterBinding:
    """A named value that goes into or comes out of a function."""

    def __init__(self, name: str, data: TypedData) -> None:
        self.name = name
        self.data = data

    def WhichOneof(self, _: str) -> str:
        return "data"


@dataclass
class ModelBindingData:
    """What an SDK binding (BlobClient …) is made from."""

    source: str
    content: bytes
    content_type: str = "application/json"
    version: str = "1.0"


@dataclass
class RpcException:
    message: str = ""
    stack_trace: str = ""
    source: str = ""


@dataclass
class StatusResult:
    Failure = 0
    Success = 1
    status: int
    exception: RpcException = field(default_factory=RpcException)


class BindingInfo(Message):
    """Directions and data types have the proto's numbers."""

    undefined = 0
    inout = 2
    out = 1


@dataclass
class InvocationResponse:
    invocation_id: str
    result: StatusResult
    return_value: TypedData | None = None
    output_data: list[ParameterBinding] = field(default_factory=list)


@dataclass
class RpcFunctionMetadata:
    """One function of the app; `raw_bindings` are JSON objects as in a function.json."""

    name: str
    function_id: str
    raw_bindings: list[str]
    directory: str
    script_file: str
    entry_point: str
    is_proxy: bool
    language: str
    managed_dependency_enabled: bool
    bindings: dict[str, BindingInfo]
    retry_options: Message | None
    properties: dict[str, str]


class WorkerInitResponse(Message): ...


class WorkerMetadata(Message): ...


class FunctionMetadataResponse(Message): ...


class FunctionLoadResponse(Message): ...


class RpcRetryOptions(Message): ...
