"""A request's body on its way in."""

from starlette.types import Message, Receive


class Inflow:
    """Stands for a request's `receive`: counts the bytes of its body, and can let it break off."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self.received = 0
        """Bytes so far."""
        self.most: int | None = None
        """The body breaks off after so many bytes, if it is longer: as if the client had gone."""
        self._broken = False

    async def __call__(self) -> Message:
        if self._broken:
            return {"type": "http.disconnect"}
        message = await self._receive()
        body: bytes = message.get("body", b"")
        if self.most is not None and self.received + len(body) > self.most:
            body, self._broken = body[: self.most - self.received], True
            message = {"type": "http.request", "body": body, "more_body": True}
        self.received += len(body)
        return message
