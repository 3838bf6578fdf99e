"""The parser of all command lines. Heavy libraries are none of its business: `--help` is quick."""

import argparse
from typing import NoReturn

from .text import visible


class Parser(argparse.ArgumentParser):
    """Says what it can't understand without letting it act on the terminal: arguments may be names of files."""

    def error(self, message: str) -> NoReturn:
        super().error(visible(message))
