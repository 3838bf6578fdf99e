"""Profiles or flows by id, with the template that makes the ones nobody has made yet."""

from collections.abc import Callable, Iterable
from typing import Any, Protocol

from shared.settings import GUID

from .specs import NamedSpec, patched
from .timetable import Timetable

EVERY = "*"
GONE = "gone"
"""The state in which something answers 404."""


class Moving[S](Protocol):
    """What a registry holds: something that is configured by a spec and has states."""

    spec: S
    state: Timetable

    def change(self, spec: S) -> None: ...

    def seen(self) -> dict[str, object]: ...


class Registry[S: NamedSpec, T: Moving[Any]]:
    """Things by lower-case id. `make` makes one, `default` is the spec that a change of a new id starts from."""

    def __init__(self, make: Callable[[S], T], default: S) -> None:
        self._make = make
        self._default = default
        self._template: S | None = None
        self._items: dict[str, T] = {}

    def peek(self, id: str) -> T | None:  # noqa: A002 - the field's word
        """What has this id, gone or not; nothing is made."""
        return self._items.get(id.lower())

    def get(self, id: str) -> T | None:  # noqa: A002
        """What has this id and isn't gone; made from the template if there is one and the id is a GUID."""
        key = id.lower()
        if key not in self._items and self._template and GUID.fullmatch(key):
            self._items[key] = self._make(patched(self._template, {"id": key}))
        item = self._items.get(key)
        return None if item is None or item.state.state() == GONE else item

    def all(self) -> list[T]:
        """Everything that isn't gone."""
        return [item for item in self._items.values() if item.state.state() != GONE]

    def put(self, spec: S) -> None:
        """Create or change; the id `*` changes all of them and those to come."""
        if spec.id == EVERY:
            self._template = spec
            for key in self._items:
                self.put(patched(spec, {"id": key}))
            return
        spec = patched(spec, {"id": spec.id.lower()})
        if spec.id in self._items:
            self._items[spec.id].change(spec)
        else:
            self._items[spec.id] = self._make(spec)

    def put_all(self, specs: Iterable[S]) -> None:
        for spec in specs:
            self.put(spec)

    def patch(self, id: str, changes: dict[str, object]) -> None:  # noqa: A002
        """Change some fields. Raises msgspec.ValidationError."""
        item = self.get(id)
        template = self._template or self._default
        self.put(patched(item.spec if item else template, changes | {"id": id}))

    def remove(self, id: str) -> None:  # noqa: A002
        self._items.pop(id.lower(), None)
