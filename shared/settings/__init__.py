"""Settings: the one place where the environment is read.

`TABLE` has a row for every setting: the code, the README and the deployment's template are held to it by tests.
"""

from .bad import BadSetting, shown
from .machine import is_loopback, on_this_machine
from .model import ALIAS, GUID, Settings
from .near import meant
from .table import TABLE, Setting

__all__ = [
    "ALIAS",
    "GUID",
    "TABLE",
    "BadSetting",
    "Setting",
    "Settings",
    "is_loopback",
    "meant",
    "on_this_machine",
    "shown",
]
