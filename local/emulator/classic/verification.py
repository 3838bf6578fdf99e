"""What `start` does with the uploaded files: reads them from the storage account and verifies them."""

from functools import partial
from typing import Literal

from shared.verification import Finding, Source, verify

from .containers import Containers


def verified(
    containers: Containers, profile: str, extent: Literal["full", "none"]
) -> tuple[list[dict[str, object]], tuple[Finding, ...]]:
    """The files that were uploaded (name, size, SHA-256, rows) and what is wrong with them. Blocks.

    With the extent `none` the files are only listed, and nothing is ever wrong with them.
    """
    uploaded = containers.files(profile)
    if extent == "none":
        return [{"name": file.name, "size": file.size} for file in uploaded], ()
    sources = [Source(file.name, file.size, partial(containers.read, profile, file.name)) for file in uploaded]
    verification = verify(sources, service="classic")
    files: list[dict[str, object]] = [
        {"name": file.name, "size": file.size, "sha256": file.sha256, "rows": file.rows} for file in verification.files
    ]
    return files, verification.findings
