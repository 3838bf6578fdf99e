"""What is said of a setting that can't be used: one line that names it and holds nothing of its value."""

from difflib import get_close_matches

_LONGEST = 24


class BadSetting(ValueError):
    """A setting has a value that can't be used; the message is one line that names it."""


def shown(text: str, choices: tuple[str, ...] = ()) -> str:
    """A value as a message may tell of it: its length, and which of the `choices` was meant if it is a slip of one.

    Nothing of the value itself: it may be a secret that was pasted into the wrong line, also if it is a number.
    """
    words = {word.lower(): word for word in choices}
    near = get_close_matches(text.lower(), words, 1) if len(text) <= _LONGEST else []
    hint = f" (did you mean {words[near[0]]}?)" if near else ""
    return f"a text of {len(text)} character{'s' if len(text) != 1 else ''}{hint}"
