"""Names of variables that were meant to be another's: what differs by case, by what joins its words, or by one slip."""

from collections.abc import Iterable

_JOINTS = str.maketrans("", "", "_-.: ")
_SHORT = 8
"""Names of so few letters and digits have neighbours that mean something else (`SDK_API`)."""


def meant(name: str, known: Iterable[str]) -> str | None:
    """The known name that a variable's name was meant to be, None if there is none.

    A slip is one letter too many, missing, wrong, or two that changed places.
    """
    bare = _bare(name)
    pairs = [(one, _bare(one)) for one in known]
    same = next((one for one, letters in pairs if letters == bare), None)
    return same or next((one for one, letters in pairs if len(letters) > _SHORT and _one_slip(bare, letters)), None)


def _bare(name: str) -> str:
    return name.lower().translate(_JOINTS)


def _one_slip(left: str, right: str) -> bool:
    if abs(len(left) - len(right)) > 1:
        return False
    shorter, longer = sorted((left, right), key=len)
    start = next((at for at, letter in enumerate(shorter) if letter != longer[at]), len(shorter))
    rest, other = shorter[start:], longer[start:]
    if len(shorter) < len(longer):
        return rest == other[1:]
    return rest[1:] == other[1:] or (rest[2:] == other[2:] and rest[:2] == other[1::-1])
