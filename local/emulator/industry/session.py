"""One upload session: a directory that takes files until it is validated or expires."""

import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import uuid4

from .lake_file import LakeFile

OWNER_ALONE = 0o700
"""Uploaded files are about real people where the emulator is tried with real ones."""


@dataclass
class Session:
    connector: str
    folder: Path
    expires: float
    container_expires: float
    append_limit: int
    container: str = field(default_factory=lambda: str(uuid4()))
    files: dict[str, LakeFile] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.folder.mkdir(mode=OWNER_ALONE, parents=True)

    def create(self, name: str) -> LakeFile:
        """A new empty file in place of any of the name. Names never become paths on this machine."""
        self.files[name] = LakeFile(name, self.folder / uuid4().hex)
        return self.files[name]

    def put(self, name: str, content: bytes) -> None:
        """A whole file that no upload brought."""
        file = self.create(name)
        file.put(content)

    def copied(self, folder: Path) -> "Session":
        """The same container, open and with its files, in another folder."""
        copy = replace(self, folder=folder, files={})
        for name, file in self.files.items():
            copy.put(name, file.path.read_bytes()[: file.size])
        return copy

    def discard(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
