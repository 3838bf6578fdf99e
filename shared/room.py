"""The process's room: store, service and settings, made once and shared by its activities."""

from functools import cache

from .azure_store import AzureStore
from .sds.connect import connect
from .settings import Settings
from .steps.room import Room
from .together import on_threads


@cache
def room() -> Room:
    """The room of this process, by its environment."""
    settings = Settings.load()
    return Room(AzureStore(settings), lambda: connect(settings), settings, together=on_threads)
