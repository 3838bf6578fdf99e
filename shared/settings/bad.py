"""What is said of a setting that can't be used: one line that names it and holds nothing secret."""

import re

_NUMBER = re.compile(r"[-+]?[0-9.,eE]{1,16}|nan|inf")
_WORD = re.compile(r"[A-Za-z]{1,12}")


class BadSetting(ValueError):
    """A setting has a value that can't be used; the message is one line that names it."""


def shown(text: str) -> str:
    """A value as a message may show it: a number or a short word.

    Whatever else stands in a setting may be a secret that was pasted into the wrong line: only its length is told.
    """
    if _NUMBER.fullmatch(text) or _WORD.fullmatch(text):
        return repr(text)
    return f"a text of {len(text)} characters"
