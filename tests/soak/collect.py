"""Reads storage at the end of a season into evidence."""

import json
import re
from collections.abc import Mapping
from typing import Any

from azure.storage.blob import BlobProperties, BlobServiceClient, ContainerClient

from tests.soak.checker import UNDER_WAY
from tests.soak.evidence import Lying

_RECORD = re.compile(r"[0-9a-f-]{36}\.json(\.damaged-.*)?")


def lying(container: ContainerClient) -> list[Lying]:
    return [_lying(blob) for blob in container.list_blobs()]


def records(blobs: BlobServiceClient, prefix: str = "") -> dict[str, dict[str, Any]]:
    """The record of every profile whose name begins like this, by the blob's name; copies of damaged ones, too."""
    with blobs.get_container_client("sds-state") as container:
        names = [str(name) for name in container.list_blob_names(name_starts_with=prefix)]
        return {name: json.loads(container.download_blob(name).readall()) for name in names if _RECORD.fullmatch(name)}


def busy(found: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether something of a profile is under way."""
    return any(record.get(what) for record in found.values() for what in UNDER_WAY)


def committed(container: ContainerClient) -> dict[str, str]:
    """The text of every message that a run or a story has."""
    names = [str(name) for name in container.list_blob_names()]
    return {
        name: container.download_blob(name).readall().decode()
        for name in names
        if name.rpartition("/")[2] in ("message.json", "sync.json", "held.json")
    }


def _lying(blob: BlobProperties) -> Lying:
    md5 = blob.content_settings.content_md5
    return Lying(str(blob.name), str(blob.etag).strip('"'), md5.hex() if md5 else "", blob.size, blob.last_modified)
