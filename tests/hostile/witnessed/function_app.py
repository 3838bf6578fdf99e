"""The app, with a witness: all that the durable engine hands to it and gets back is written to a file."""

import importlib.util
import os
from pathlib import Path
from typing import Any

from local.host.durable import Durable

_WITNESS = Path(os.environ["SDS_X_WITNESS"])
_PLACE = Path(os.environ["SDS_X_APP"])

_spec = importlib.util.spec_from_file_location("the_app", _PLACE / "function_app.py")
assert _spec is not None
assert _spec.loader is not None
_module = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_module)
app = _module.app


def _witnessed(name: str) -> None:
    method = getattr(Durable, name)

    async def call(self: Any, *given: Any) -> Any:
        answer = await method(self, *given)
        with _WITNESS.open("ab") as file:
            for message in (*given, answer):
                file.write(message.SerializeToString() if hasattr(message, "SerializeToString") else b"")
        return answer

    setattr(Durable, name, call)


_witnessed("_orchestrate")
_witnessed("_run")
