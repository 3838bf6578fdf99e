"""The server of gate, pipe and host: nothing of an answer waits for what was sent before it."""

import socket

import h11
import httpx

from local.http1 import HttpServer, Wire, listener
from local.loops import LoopThread


def test_no_part_of_an_answer_waits_for_the_one_before_it() -> None:
    """With Nagle's algorithm a body that is sent apart from its head comes 40 ms later, at every request."""
    options: list[int] = []

    async def in_two_parts(_: h11.Request, wire: Wire) -> None:
        options.append(wire._writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        await wire.say(h11.Response(status_code=200, headers=[(b"Content-Length", b"5")]))
        await wire.say(h11.Data(data=b"hello"), h11.EndOfMessage())

    loop, bound = LoopThread("two"), listener()
    loop.start()
    server = HttpServer(in_two_parts, bound)
    loop.run(server.start())
    try:
        assert httpx.get(f"http://127.0.0.1:{bound.getsockname()[1]}/").text == "hello"
    finally:
        loop.run(server.stop())
        loop.stop()
    assert all(options)
    assert options
