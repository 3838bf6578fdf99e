"""The steps of a run: what the activities do. Each may be repeated, and run twice at once, without harm."""

from .arrive import join, leave, observe
from .refuse import refuse
from .report import report
from .room import Room
from .start import start
from .take import take
from .upload import upload
from .verify import verify

STEPS = {
    "observe": observe,
    "take": take,
    "verify": verify,
    "upload": upload,
    "start": start,
    "report": report,
    "refuse": refuse,
}
"""Plan to step. A step returns the plan that follows when that is sure, else None: look again."""

__all__ = ["STEPS", "Room", "join", "leave"]
