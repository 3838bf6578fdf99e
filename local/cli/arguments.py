"""What the commands take, and what their --help says."""

import argparse
import math
from collections.abc import Sequence
from pathlib import Path

from shared.arguments import Parser

SAMPLE = Path(__file__).parents[2] / "samples" / "drop"

EXITS = """\
exit codes:
  0  the service accepted the files (or they were unchanged), and the sync didn't fail
  3  the files are at fault: rejected, incomplete, not a drop, superseded, not approved
  4  the sync failed after the start
  1  anything else, --timeout included
  2  the command line can't be understood
"""
ACCOUNT = """\
DROP_STORAGE names the storage account: a connection string such as `python -m local up` prints, or
DROP_STORAGE__blobServiceUri and DROP_STORAGE__queueServiceUri to sign in with an Azure identity.
"""
RESULTS = """\
Messages stay on the queue unless --take is given, so nothing is lost to the queue's subscribers. A queue lets
32 messages be looked at without taking them; when more are waiting, the command says so.

"""


OPERATOR = f"""\
{ACCOUNT}By identity it needs to read runs and to write state.

exit codes:
  0  done
  1  not done; a line says why
  2  the command line can't be understood
"""
_OF_A_PROFILE = (
    ("report", "print the report of a run, of the newest one if none is named", False),
    ("approve", "let a held run go on, although it removes much", True),
    ("reject", "end a held run; nothing is sent", True),
    ("retry", "repeat a finished run, the last one if none is named, from its snapshot", False),
    ("pause", "take, upload and start nothing more until it is resumed", None),
    ("resume", "go on after a pause", None),
)
"""Name, what it does, and whether it needs a run (None: it takes none)."""


def _seconds(text: str) -> float:
    value = float(text)
    if not math.isfinite(value) or value <= 0:
        raise ValueError
    return value


_seconds.__name__ = "number of seconds"  # argparse says "invalid number of seconds value"


def _profile(text: str) -> str:
    if text.strip(".") == "" or any(mark in text for mark in "/\\?#%") or not text.isprintable():
        raise argparse.ArgumentTypeError(f"{text!r} is no profile: give a GUID or an alias of SDS_PROFILES")
    return text


def _stack(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--api", choices=["classic", "industryData"], help="default: SDS_API, or classic")
    parser.add_argument("--graph-url", metavar="URL", help="use this Graph root instead of the emulator")
    parser.add_argument(
        "--yes-real",
        action="store_true",
        help="take a Graph that is not on this machine: what is dropped changes a school",
    )
    parser.add_argument("--scenario", metavar="NAME", help="what the emulator does: one of docs/emulator.md, or a file")
    parser.add_argument("--chaos", type=int, metavar="SEED", help="let the host misbehave as a real one may")
    parser.add_argument("--no-events", action="store_true", help="lose every event: only the sweep notices files")


def parser() -> argparse.ArgumentParser:
    top = Parser(
        prog="python -m local",
        description="Rosterdrop on one machine: storage, a functions host and School Data Sync, all emulated.",
        epilog="Settings in the environment (see the README) override the stack's own.",
    )
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)

    def command(name: str, summary: str, epilog: str | None) -> argparse.ArgumentParser:
        return commands.add_parser(
            name,
            help=summary,
            description=f"{summary[0].upper()}{summary[1:]}.",
            epilog=epilog,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )

    run = command("run", "boot the stack, drop a folder, wait for its result, stop", EXITS)
    run.add_argument("--drop", type=Path, default=SAMPLE, metavar="DIR", help="default: the sample drop")
    run.add_argument("--profile", type=_profile, metavar="P", help="default: the stack's own profile")
    _stack(run)
    run.add_argument(
        "--wait", choices=["verification", "sync"], default="sync", help="what to wait for; default: %(default)s"
    )
    run.add_argument("--timeout", type=_seconds, default=600, metavar="SECONDS", help="default: %(default)s")
    run.add_argument("--json", action="store_true", help="print the messages, one per line, and nothing else")

    up = command("up", "boot the stack and stay until Ctrl-C", None)
    up.add_argument("--data", type=Path, metavar="DIR", help="keep the storage here between starts")
    _stack(up)
    up.add_argument("--json", action="store_true", help="print where everything is as one JSON object")

    drop = command("drop", "drop a folder's files into a profile's inbox", ACCOUNT)
    drop.add_argument("directory", type=Path, metavar="DIR")
    drop.add_argument("--profile", type=_profile, metavar="P", help="default: the stack's own profile")

    results = command("results", "print the messages on the results queue", RESULTS + ACCOUNT)
    results.add_argument("--follow", action="store_true", help="go on until Ctrl-C")
    results.add_argument("--take", action="store_true", help="remove what is printed from the queue")
    results.add_argument("--json", action="store_true", help="print the messages, one per line, and nothing else")

    status = command("status", "say what the profiles are doing, and how their last runs came out", OPERATOR)
    status.add_argument("--profile", type=_profile, metavar="P", help="default: all")
    for name, summary, run_needed in _OF_A_PROFILE:
        one = command(name, summary, OPERATOR)
        one.add_argument("profile", type=_profile, metavar="PROFILE")
        if run_needed is not None:
            one.add_argument("run", metavar="RUN", nargs=None if run_needed else "?")
    return top


def parse(arguments: Sequence[str] | None) -> tuple[argparse.ArgumentParser, argparse.Namespace]:
    top = parser()
    return top, top.parse_args(arguments)
