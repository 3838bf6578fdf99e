"""What is said of a setting that can't be used: one line that names it and holds nothing secret."""

import re
from difflib import get_close_matches

_NUMBER = re.compile(r"[-+]?[0-9.,eE]{1,16}|nan|inf")
_LONGEST = 24


class BadSetting(ValueError):
    """A setting has a value that can't be used; the message is one line that names it."""


def shown(text: str, choices: tuple[str, ...] = (), *, number: bool = False) -> str:
    """A value as a message may show it: a `number` where one belongs, or a slip of a word that may stand there.

    Whatever else stands in a setting may be a secret that was pasted into the wrong line: only its length is told.
    """
    slip = len(text) <= _LONGEST and get_close_matches(text.lower(), [word.lower() for word in choices], 1)
    if slip or (number and _NUMBER.fullmatch(text)):
        return repr(text)
    return f"a text of {len(text)} characters"
