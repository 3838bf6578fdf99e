"""The messages between host and worker, as far as azure-functions-runtime builds or reads them.

In Azure they are protobuf (github.com/Azure/azure-functions-language-worker-protobuf, FunctionRpc.proto). The
library is given the module to build them with, and asks no more of it than names, fields and `WhichOneof`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from types import SimpleNamespace
from typing import Any, ClassVar


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
class RpcHttp:
    """An HTTP request on its way to a function, or its answer."""

    method: str = ""
    url: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, str] = field(default_factory=dict)
    body: TypedData | None = None
    status_code: str = ""
    cookies: "list[RpcHttpCookie] | None" = None
    enable_content_negotiation: bool = False


@dataclass
class Nullable:
    """A value that may also be missing: the proto has one such message for each type."""

    value: Any


NullableString = NullableBool = NullableDouble = NullableTimestamp = Nullable


@dataclass
class Timestamp:
    seconds: int


@dataclass
class RpcHttpCookie:
    """A cookie that a function sets. As text it is the value of a Set-Cookie header."""

    name: str
    value: str
    domain: Nullable | None = None
    path: Nullable | None = None
    expires: Nullable | None = None
    secure: Nullable | None = None
    http_only: Nullable | None = None
    same_site: str = ""
    max_age: Nullable | None = None

    SameSite: ClassVar = SimpleNamespace(Lax="Lax", Strict="Strict", ExplicitNone="None", **{"None": ""})

    def __str__(self) -> str:
        parts = [f"{self.name}={self.value}"]
        named = {"Domain": self.domain, "Path": self.path}
        parts += [f"{name}={given.value}" for name, given in named.items() if given and given.value]
        if self.max_age:
            parts.append(f"Max-Age={int(self.max_age.value)}")
        if self.expires:
            parts.append(f"Expires={formatdate(self.expires.value.seconds, usegmt=True)}")
        flags = {"Secure": self.secure, "HttpOnly": self.http_only}
        parts += [name for name, given in flags.items() if given and given.value]
        if self.same_site:
            parts.append(f"SameSite={self.same_site}")
        return "; ".join(parts)


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
