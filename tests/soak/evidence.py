"""What a season leaves behind, as plain values: what was dropped, and what storage, queue and Graph's log hold."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Version:
    """One write of a file into the inbox."""

    profile: str
    night: int
    name: str
    """Below the profile's folder."""
    etag: str
    md5: str
    sha256: str
    size: int
    modified: datetime
    began: float
    """The moments (seconds since 1970) between which it came into being."""
    there: float


@dataclass(frozen=True)
class Night:
    """One drop of a profile."""

    profile: str
    number: int
    kind: str
    whole: bool
    """Every file that a set needs was written, once, by nobody disturbed: it must be told."""
    good: bool
    """Nothing in its files is an error."""
    etags: dict[str, str]
    """The last version of each file of the set, by name."""


@dataclass(frozen=True)
class Told:
    """One message of the queue, as often as it came."""

    id: str
    type: str
    subject: str
    source: str
    text: str
    data: dict[str, Any]


@dataclass(frozen=True)
class Lying:
    """A blob at the end."""

    name: str
    etag: str
    md5: str
    size: int
    modified: datetime


@dataclass(frozen=True)
class Asked:
    """A request of Graph that matters: `upload` (an address or a session), `start` or `validate`."""

    what: str
    time: str
    profile: str
    phase: str
    """What the profile was in when it arrived."""
    worked: int | None
    files: dict[str, str] | None
    """What the service had then: SHA-256 by name; None where it did not look."""
    started: bool = False


@dataclass
class Evidence:
    """All of it."""

    api: str
    spread: float
    """Seconds by which the files of one set may be apart."""
    versions: list[Version] = field(default_factory=list)
    replaced: dict[str, float] = field(default_factory=dict)
    """ETags of versions that a later write took the place of in the inbox, and when at the latest."""
    nights: list[Night] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    inbox: list[Lying] = field(default_factory=list)
    """Names with the profile's folder."""
    runs: list[Lying] = field(default_factory=list)
    records: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By the blob's name in the state container."""
    committed: dict[str, str] = field(default_factory=dict)
    """The text of each message.json, by the blob's name."""
    asked: list[Asked] = field(default_factory=list)
