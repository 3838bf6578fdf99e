"""`up`: boot the stack and stay."""

import argparse
import json
import time
from typing import Any

from local.cli.booting import Keeper, booted
from local.cli.display import Display
from local.cli.ends import Stopped
from shared.text import visible

_PAUSE = 0.5  # seconds between two looks at the host


def up(arguments: argparse.Namespace) -> int:
    """Returns 0 when told to end. Raises Failed."""
    try:
        with Display("Booting the local stack") as display, booted(arguments, display.note) as stack:
            display.end()
            place: dict[str, Any] = {
                "dropStorage": stack.connection_string,
                "graphBaseUrl": stack.graph_base_url,
                "identityEndpoint": stack.identity_endpoint,
                "identityHeader": stack.identity_header,
                "profiles": stack.profiles,
                "httpBaseUrl": stack.http_base_url,
                "httpKey": stack.http_key,
            }
            if arguments.json:
                print(json.dumps(place), flush=True)
            else:
                _print(place, stack.page)
            keeper = Keeper(stack, display.note)
            while True:
                keeper.look()
                time.sleep(_PAUSE)
    except Stopped:
        return 0


def _print(place: dict[str, Any], page: str) -> None:
    """For a person: where to drop, and lines to paste into another terminal."""
    profile = next(iter(place["profiles"]), "PROFILE")
    print(
        f"""The local stack is up. In another terminal:

  export DROP_STORAGE='{place["dropStorage"]}'
  python -m local drop samples/drop --profile {profile}
  python -m local results --follow

  python -m local status

Status page, an address that works once: {visible(page)}
Graph root: {visible(place["graphBaseUrl"])}
Profiles:   {", ".join(f"{name} = {guid}" for name, guid in place["profiles"].items())}

Ctrl-C ends it.""",
        flush=True,
    )
