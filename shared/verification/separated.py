"""A block with quotation marks, taken apart in a few passes over all of it: what is quoted in the usual way."""

from collections.abc import Sequence

_EDGES = b",\n"
BY = b"\r"
"""What the cells are separated by afterwards: no cell has a carriage return in it, which ends a line."""
_SWAPPED = bytes.maketrans(b"," + BY, BY + b",")
_QUOTE = ord('"')


def separated(lines: Sequence[bytes]) -> bytes | None:
    """The lines with their cells separated by `BY`, without the quotation marks around them.

    None: some line is no record of its own, or a quotation mark is where RFC 4180 has none.
    """
    at = [i for i, line in enumerate(lines) if _QUOTE in line]
    if len(at) == len(lines):
        return _separated(lines)
    mixed = list(lines)
    if at:
        data = _separated([lines[i] for i in at])
        if data is None:
            return None
        for i, line in zip(at, data.translate(_SWAPPED).split(b"\n"), strict=True):  # back again with all others
            mixed[i] = line
    return b"\n".join(mixed).translate(_SWAPPED)


def _separated(lines: Sequence[bytes]) -> bytes | None:
    """As `separated`, for lines with quotation marks."""
    data = b"\n".join(lines)
    plain = _all_quoted(data, len(lines))
    if plain is not None:
        return plain
    parts = data.split(b'"')
    outside = parts[::2]
    if not len(parts) & 1 or b"\n" in b"".join(parts[1::2]) or not _at_edges(outside):
        return None
    parts[::2] = b'"'.join(outside).replace(b",", BY).split(b'"')
    if b"" in outside[1:-1]:  # a doubled one, inside of a cell
        parts[2:-1:2] = [part or b'"' for part in parts[2:-1:2]]
    return b"".join(parts)


def _all_quoted(data: bytes, lines: int) -> bytes | None:
    """As `separated`, if every cell has quotation marks around it and none inside; else None."""
    if len(data) < 2 or data[0] != _QUOTE or data[-1] != _QUOTE:
        return None
    cells = data[1:-1].replace(b'","', BY)
    plain = cells.replace(b'"\n"', b"\n")
    return plain if _QUOTE not in plain and len(cells) - len(plain) == 2 * (lines - 1) else None


def _at_edges(outside: Sequence[bytes]) -> bool:
    """What is between quoted cells begins and ends where a cell does."""
    if len(outside) == 1:
        return True
    first, last = outside[0], outside[-1]
    inner = set(outside[1:-1]) - {b""}
    between = {part[0] for part in inner} | {part[-1] for part in inner}
    return between.issubset(_EDGES) and (not first or first[-1] in _EDGES) and (not last or last[0] in _EDGES)
