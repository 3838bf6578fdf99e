"""The life of a run: its stages, and the only moves between them. No other code sets a stage.

`picture` draws it for the docs (docs/life-of-a-run.md).
"""

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from msgspec.structs import replace

if TYPE_CHECKING:
    from .record import Current

Stage = Literal[
    "taken",
    "cleared",
    "held",
    "checked",
    "uploading",
    "uploaded",
    "verifying",
    "verified",
    "starting",
    "ended",
    "following",
    "synced",
]
FIRST: Stage = "taken"
"""Where a run begins: its snapshot is whole, and the swap that names it in the record was won."""

MEANING: dict[Stage, str] = {
    "taken": "the snapshot is whole",
    "cleared": "the inbox holds the drop's files no more, as far as deleting is allowed",
    "held": "it would remove too much: a person decides",
    "checked": "our own check lets it pass; the profile may still have to become ready",
    "uploading": "files of this run may be with the service",
    "uploaded": "all files are with the service",
    "verifying": "the service was asked to verify them, where that is apart from the start",
    "verified": "only the start is left",
    "starting": "a POST to start went out, or was about to",
    "ended": "the outcome is decided",
    "following": "the outcome is announced, the sync is watched",
    "synced": "the sync's outcome is decided",
}

BEFORE_UPLOAD: tuple[Stage, ...] = ("taken", "cleared", "held", "checked")
BEFORE_START: tuple[Stage, ...] = (*BEFORE_UPLOAD, "uploading", "uploaded", "verifying", "verified")
RUNNING: tuple[Stage, ...] = (*BEFORE_START, "starting")
"""Stages in which a run has no outcome yet."""


class Move(NamedTuple):
    """`origins`: the stages it may come from; `to`: where it leads; `why` it is made."""

    origins: tuple[Stage, ...]
    to: Stage
    why: str


MOVES: dict[str, Move] = {
    "clear": Move(("taken",), "cleared", "the inbox was emptied of the drop's files"),
    "hold": Move(("cleared",), "held", "it would remove more than the guard allows"),
    "pass": Move(("cleared",), "checked", "our own check found nothing that stops it"),
    "approve": Move(("held",), "checked", "a person approved it"),
    "open": Move(("checked", "uploading"), "uploading", "an upload session was opened"),
    "upload": Move(("uploading",), "uploaded", "every file was sent"),
    "anew": Move(("uploaded", "verifying", "verified"), "uploading", "the session is over: all is sent again"),
    "ask": Move(("uploaded",), "verifying", "verification is asked for"),
    "unask": Move(("verifying",), "uploaded", "the service turned the question away unread"),
    "verify": Move(("verifying",), "verified", "the service accepted the files"),
    "intend": Move(("uploaded", "verified", "starting"), "starting", "a POST to start is about to be sent"),
    "withdraw": Move(("starting",), "verified", "the first POST was turned away unread: it counts for nothing"),
    "end": Move(RUNNING, "ended", "the outcome is decided"),
    "follow": Move(("ended",), "following", "the start is announced"),
    "settle": Move(("following",), "synced", "the sync has ended, or is given up"),
}


class IllegalMove(Exception):
    """A run can't go there from where it is: a defect of ours, never the world's doing."""


def may(current: "Current", move: str) -> bool:
    """Whether the run is at a stage that this move may come from."""
    return current.stage in MOVES[move].origins


def moved(current: "Current", move: str, **changes: Any) -> "Current":
    """The run after a move, with what changes along with it. Raises IllegalMove."""
    if not may(current, move):
        raise IllegalMove(f"{move} from {current.stage}")
    return replace(current, stage=MOVES[move].to, **changes)


def picture() -> str:
    """The table as a Mermaid state diagram."""
    lines = ["stateDiagram-v2", f"    [*] --> {FIRST}: take"]
    lines += [f"    {origin} --> {move.to}: {name}" for name, move in MOVES.items() for origin in move.origins]
    lines += ["    ended --> [*]: close", "    synced --> [*]: close"]
    return "\n".join(lines) + "\n"
