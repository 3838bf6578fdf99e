"""One upload session: a directory that takes files until it is validated or expires."""

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from .lake_file import LakeFile


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
        self.folder.mkdir(parents=True)

    def create(self, name: str) -> LakeFile:
        """A new empty file in place of any of the name. Names never become paths on this machine."""
        self.files[name] = LakeFile(name, self.folder / uuid4().hex)
        return self.files[name]

    def discard(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
