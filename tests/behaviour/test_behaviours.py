"""Every behaviour, over both APIs from the same code."""

import re

import pytest

from . import following, inbox, readiness, sets, starts
from .conftest import Stage
from .drops import made, people
from .together import BEHAVIOURS, Playing

_ = following, inbox, readiness, sets, starts  # they fill BEHAVIOURS

ALL = [(api, name) for api in ("classic", "industryData") for name, one in BEHAVIOURS.items() if api in one.apis]

SECRETS = re.compile(r"[?&]sig=|eyJ[\w-]{8,}\.|AccountKey|Bearer [\w-]{8}|pupil|@example", re.IGNORECASE)
"""Signatures, tokens, keys and addresses of people."""


@pytest.mark.parametrize(("stage", "behaviour"), ALL, indirect=["stage"], scope="session")
def test_behaviour(playing: Playing, behaviour: str) -> None:
    playing.result(behaviour)


@pytest.mark.parametrize("stage", ["classic", "industryData"], indirect=True, scope="session")
def test_neither_log_nor_queue_tells_secrets_or_names(stage: Stage, playing: Playing) -> None:
    playing.wait()
    everything = stage.host_log.read_text(encoding="utf-8") + "\n".join(stage.mailbox.texts)
    assert stage.mailbox.texts
    assert not (found := SECRETS.search(everything)), everything[found.start() - 200 : found.end() + 100]
    assert not [name for name in people(made()) if name in everything]
