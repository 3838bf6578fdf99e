"""Nothing in the orchestrator depends on anything but its history; and what checks that would notice."""

import inspect
from textwrap import indent

import pytest

from poll_state import orchestrator

from .rules import violations

SOURCE = inspect.getsource(orchestrator)
WITHIN = "    driver = "
"""Before this line of the orchestrator a bad example is put in."""

BAD = {
    "clock": "import time\nnow = time.time()",
    "clock, one name": "from time import monotonic\nnow = monotonic()",
    "clock of datetime": "from datetime import datetime\nnow = datetime.now()",
    "clock of datetime, whole module": "import datetime\nnow = datetime.datetime.utcnow()",
    "sleep": "from time import sleep\nsleep(1)",
    "random": "import random\nnumber = random.random()",
    "secrets": "from secrets import token_hex\nnumber = token_hex()",
    "uuid": "from uuid import uuid4\nnumber = uuid4()",
    "environment": "import os\nname = os.environ['SDS_API']",
    "environment, one name": "from os import getenv\nname = getenv('SDS_API')",
    "process": "import subprocess\nsubprocess.run(['date'])",
    "file": "text = open('host.json').read()",
    "path": "from pathlib import Path\ntext = Path('host.json').read_text()",
    "socket": "import socket\nconnected = socket.create_connection(('localhost', 80))",
    "http": "import httpx\nanswer = httpx.get('https://graph.microsoft.com')",
    "azure client": "from azure.storage.blob import BlobServiceClient\nclient = BlobServiceClient('https://x.example')",
    "log": "import logging\nlogging.getLogger('rosterdrop').info('%s', profile)",
    "print": "print(profile)",
    "thread": "import threading\nthreading.Thread(target=len).start()",
    "settings": "from shared.settings import Settings\nsettings = Settings.load()",
    "settings, relative": "from ..shared.settings import Settings\nsettings = Settings.load()",
    "another module of ours": "from .blueprint import FAULTS\nmost = FAULTS",
    "import by name": "time = __import__('time')",
    "code": "number = eval('1')",
    "hash": "number = hash(profile)",
    "identity": "number = id(context)",
    "set": "for name in {'take', 'verify'}:\n    pass",
    "set of a list": "for name in set(['take', 'verify']):\n    pass",
    "asks whether it is replayed": "first = not context.is_replaying",
    "event": "yield context.wait_for_external_event('landed')",
    "http by the engine": "yield context.call_http('GET', 'https://x.example')",
    "entity": "context.signal_entity('counter', 'add')",
    "context by another name": "other = context\nyield other.wait_for_external_event('landed')",
    "nothing waits": "context.call_activity('observe', input=driver)",
    "a timer beside": "timer = context.create_timer(timedelta(seconds=1))",
    "waits for nothing": "yield",
    "waits for others": "yield from (context.create_timer(timedelta(seconds=n)) for n in range(3))",
    "behind the public": "number = context._sequence_number",
    "state": "global ROUNDS\nROUNDS = 51",
    "builtin state": "number = globals()",
}


@pytest.mark.parametrize("name", BAD)
def test_what_does_not_follow_from_the_history_is_noticed(name: str) -> None:
    assert SOURCE.count(WITHIN) == 1
    assert list(violations(SOURCE.replace(WITHIN, indent(BAD[name], "    ") + "\n" + WITHIN)))


@pytest.mark.parametrize("line", ["SEEN = []", "SEEN: dict = {}", "import time", "async def other(context): ..."])
def test_so_is_what_stands_beside_the_orchestrator(line: str) -> None:
    assert list(violations(f"{SOURCE}\n{line}\n"))


def test_the_orchestrator_follows_from_its_history() -> None:
    assert list(violations(SOURCE)) == []


def test_a_violation_is_told_with_its_line() -> None:
    assert list(violations("from time import time\n")) == ["line 1: from time import time: is not allowed"]
