"""Files and folders that only their owner can read: a stack's storage and log may hold what is about real people."""

import os
from pathlib import Path

OWNER_ALONE = 0o077
"""The umask of everything that the stack starts."""


def private_folder(folder: Path) -> Path:
    """Make a folder, if it isn't there, that nobody else can look into. Raises OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def open_private(path: Path, *, append: bool = False) -> int:
    """A file descriptor for writing; the file is made if need be, and closed to everybody else. Raises OSError."""
    how = os.O_WRONLY | os.O_CREAT | (os.O_APPEND if append else os.O_TRUNC)
    number = os.open(path, how, 0o600)
    os.fchmod(number, 0o600)
    return number


def write_private(path: Path, content: bytes) -> None:
    with os.fdopen(open_private(path), "wb") as file:
        file.write(content)
