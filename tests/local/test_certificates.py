"""The stack's own authority is trusted where it is given, and nowhere else; its files are the owner's alone."""

import asyncio
import ssl
from pathlib import Path

import h11
import httpx
import pytest

from local.certificates import Certificates
from local.http1 import HttpServer, Wire, answer, listener
from local.loops import LoopThread


async def _hello(_: h11.Request, wire: Wire) -> None:
    await answer(wire, 200, [], b"hello")


def test_libraries_trust_it_by_its_file_alone(tmp_path: Path) -> None:
    made = Certificates.make(tmp_path / "tls")
    other = Certificates.make(tmp_path / "other")
    loop, bound = LoopThread("tls"), listener()
    loop.start()
    server = HttpServer(_hello, bound, made.server_context())
    loop.run(server.start())
    try:
        for name in ("127.0.0.1", "localhost"):
            url = f"https://{name}:{bound.getsockname()[1]}/"
            strict = ssl.create_default_context(cafile=str(made.authority))
            assert httpx.get(url, verify=strict).text == "hello"
            with pytest.raises(httpx.ConnectError):
                httpx.get(url, verify=other.client_context())
        bundle = made.with_system([other.authority, tmp_path / "none"])
        assert httpx.get(url, verify=ssl.create_default_context(cafile=str(bundle))).text == "hello"
    finally:
        loop.run(server.stop())
        loop.stop()
    content = bundle.read_text()
    assert other.authority.read_text() in content
    assert content.count("BEGIN CERTIFICATE") > 50
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "tls").iterdir()} == {0o600}
    assert (tmp_path / "tls").stat().st_mode & 0o777 == 0o700


def test_a_loop_s_work_can_fail_and_time_out() -> None:
    loop = LoopThread("work")
    loop.start()
    try:
        with pytest.raises(TimeoutError):
            loop.run(asyncio.sleep(60), timeout=0.05)
        with pytest.raises(ZeroDivisionError):
            loop.call(lambda: 1 / 0)  # type: ignore[arg-type,return-value]
    finally:
        loop.stop()
        loop.stop()
