"""What version 1 committed, and where: its ids had no letter for a story, its refusals lay in the profile's folder."""

from ..inbox import Survey
from ..record import Refusal
from .work import Work

_INCOMPLETE = b'"outcome":"incomplete"'


def told_incomplete(work: Work, run_id: str) -> bool:
    """Whether this set was told incomplete under the id of the run that it would be: then that id is used up."""
    found = work.store.read(work.settings.run_container, f"{work.folder(run_id)}/message.json")
    return found is not None and _INCOMPLETE in found[0]


def story_of(work: Work, found: Survey) -> str:
    """The id under which an incomplete set is told; the same again if version 1 told it and could not note that."""
    return found.run_id if told_incomplete(work, found.run_id) else f"{found.run_id}-i"


def folder_of(work: Work, refusal: Refusal) -> str | None:
    """Where report and message of a refusal lie that version 1 began; None: it is one of today's."""
    return work.folder(refusal.run_id) if refusal.blobs else None
