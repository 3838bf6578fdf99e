"""A message of the results queue, read as any subscriber would."""

from typing import Any

import msgspec

from shared.text import visible_json


class Message(msgspec.Struct, frozen=True):
    """A CloudEvent. `text` is the JSON of it, on one line and harmless on a terminal."""

    text: str
    id: str
    source: str
    type: str
    subject: str
    data: dict[str, Any]

    @property
    def key(self) -> tuple[str, str]:
        """What repeats have in common."""
        return self.source, self.id

    @property
    def kind(self) -> str:
        """`verification`, `sync` or `held`; the whole type if it isn't Rosterdrop's."""
        parts = self.type.split(".")
        return parts[1] if len(parts) == 3 and parts[0] == "rosterdrop" else self.type

    @property
    def outcome(self) -> str:
        return str(self.data.get("outcome", ""))


class _Envelope(msgspec.Struct):
    id: str
    source: str
    type: str
    subject: str = ""
    data: dict[str, Any] = {}


def parse(text: str) -> Message | None:
    """The message that a queue entry's text holds, None if it is no CloudEvent."""
    try:
        envelope = msgspec.json.decode(text, type=_Envelope)
    except (msgspec.DecodeError, UnicodeError):
        return None
    if any(blank in text for blank in "\n\r\t"):
        text = msgspec.json.encode(msgspec.json.decode(text)).decode()
    return Message(visible_json(text), envelope.id, envelope.source, envelope.type, envelope.subject, envelope.data)
