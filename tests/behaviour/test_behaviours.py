"""Every behaviour, over both APIs from the same code."""

import re

import pytest

from . import following, inbox, readiness, sets, starts
from .conftest import Stage
from .drops import made, people
from .together import Playing, played

_ = following, inbox, readiness, sets, starts  # they fill BEHAVIOURS

SECRETS = re.compile(r"[?&]sig=|eyJ[\w-]{8,}\.|AccountKey|Bearer [\w-]{8}|pupil|@example", re.IGNORECASE)
"""Signatures, tokens, keys and addresses of people."""


def _of(api: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("behaviour", played(api))


def _on(*apis: str) -> pytest.MarkDecorator:
    """One stack an API: pytest keeps all tests of one value of a session's parameter together."""
    return pytest.mark.parametrize("stage", apis, indirect=True, scope="session")


@_of("classic")
@_on("classic")
def test_classic(playing: Playing, behaviour: str) -> None:
    playing.result(behaviour)


@_of("industryData")
@_on("industryData")
def test_industry_data(playing: Playing, behaviour: str) -> None:
    playing.result(behaviour)


@_on("classic", "industryData")
def test_neither_log_nor_queue_tells_secrets_or_names(stage: Stage, playing: Playing) -> None:
    playing.wait()
    everything = stage.host_log.read_text(encoding="utf-8") + "\n".join(stage.mailbox.texts)
    assert stage.mailbox.texts
    assert not (found := SECRETS.search(everything)), everything[found.start() - 200 : found.end() + 100]
    assert not [name for name in people(made()) if name in everything]
