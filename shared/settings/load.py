"""From the environment to settings."""

import re
from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from .bad import BadSetting
from .kinds import BadValue
from .kinds_of_sds import form
from .machine import on_this_machine
from .model import Settings
from .near import meant
from .table import TABLE, Setting

_BY_NAME = {setting.name: setting for setting in TABLE}
_FREE = "SDS_X_"
_OURS = tuple(name for name in _BY_NAME if name.startswith(("SDS_", "GRAPH_", "DROP_STORAGE")))
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,100}")


def load(environment: Mapping[str, str], *, app: bool = False) -> Settings:
    """Read the settings. Raises BadSetting."""
    found: dict[str, Any] = {}
    for setting in TABLE:
        text = environment.get(setting.name, "").strip()
        if text and (setting.field or setting.name == "SDS_TASK_HUB"):
            value = _value(setting, setting.name, text, setting.value)
            if setting.field:
                found[setting.field] = value
    settings = Settings(**found)
    if settings.poll_max < settings.poll:
        raise BadSetting(
            "SDS_POLL_MAX_SECONDS is below SDS_POLL_SECONDS; the longest interval can't be the shorter one"
        )
    if len({settings.drop_container, settings.run_container, settings.state_container}) < 3:
        raise BadSetting(
            "SDS_DROP_CONTAINER, SDS_RUN_CONTAINER and SDS_STATE_CONTAINER must be three different containers"
        )
    settings = _with_profiles_own(settings, environment)
    if app:
        check_app(settings, environment)
    return settings


def check_app(settings: Settings, environment: Mapping[str, str]) -> None:
    """What the function app refuses at its start, and people's commands don't. Raises BadSetting.

    A real Graph without a word on which API and which profiles would take any GUID that somebody drops into.
    """
    from ..azure_connection import Connection

    Connection.read(environment, app=True)
    if on_this_machine(settings.graph_base_url):
        return
    if not environment.get("SDS_API", "").strip():
        raise BadSetting("SDS_API is not set; set it to industryData, or to classic for a classic profile")
    if not settings.profiles:
        raise BadSetting("SDS_PROFILES is not set; name the allowed profiles: a GUID or alias=GUID, comma-separated")


def _value(setting: Setting, name: str, text: str, base: Any) -> Any:
    try:
        return setting.kind.parse(text, base)
    except BadValue as error:
        raise BadSetting(f"{name} {error}") from None


def _with_profiles_own(settings: Settings, environment: Mapping[str, str]) -> Settings:
    """The settings with those of one profile alone. Raises BadSetting for `SDS_` names that no table knows."""
    keys = {form(key): key for key in settings.profiles}
    given: dict[str, dict[Setting, str]] = {}
    for name in environment:
        if name in _BY_NAME or not _is_ours(name):
            continue
        base, separator, alias = name.partition("__")
        setting = _BY_NAME.get(base)
        if setting is None or not separator:
            raise BadSetting(_unknown(name))
        if not setting.per_profile:
            raise BadSetting(f"{base} can't be set for one profile alone, as {_shown(name)} does")
        key = keys.get(form(alias))
        if key is None:
            raise BadSetting(f"{_shown(name)} is for an alias that SDS_PROFILES doesn't have; correct one of the two")
        if setting in given.setdefault(key, {}):
            raise BadSetting(f"{base} is given twice for the alias {key}; keep one of {base}__…")
        given[key][setting] = name
    own, problems = {}, {}
    for key, names in given.items():
        own[key], problem = _own(settings, environment, names)
        if problem:
            problems[key] = problem
    return replace(settings, own=own, problems=problems)


def _own(
    settings: Settings, environment: Mapping[str, str], names: Mapping[Setting, str]
) -> tuple[Settings, str | None]:
    """One profile's settings, and what is wrong with the first bad one of them in the table's order."""
    changes: dict[str, Any] = {}
    problem = None
    for setting in TABLE:
        name = names.get(setting)
        if name is None or setting.field is None or not (text := environment[name].strip()):
            continue
        try:
            changes[setting.field] = _value(setting, name, text, getattr(settings, setting.field))
        except BadSetting as error:
            problem = problem or str(error)
    return replace(settings, **changes), problem


def _is_ours(name: str) -> bool:
    """Whether a name is for the app to know: one of `SDS_`, or what was meant to be a setting of its own.

    Names of the platform (`AZURE_…`, `WEBSITE_…`, `FUNCTIONS_…`) are never one, however near they come.
    """
    upper = name.upper()
    if upper.startswith(_FREE):
        return False
    return upper.startswith("SDS_") or _meant(name) is not None


def _meant(name: str) -> str | None:
    base = name.partition("__")[0]
    # DROP_STORAGE has parts behind "__", which are known to whoever reads them.
    return None if base == "DROP_STORAGE" else meant(name, _OURS) or meant(base, _OURS)


def _unknown(name: str) -> str:
    from difflib import get_close_matches

    near = _meant(name) or next(iter(get_close_matches(name.partition("__")[0].upper(), _BY_NAME, 1, 0.75)), None)
    hint = f"did you mean {near}? " if near else ""
    return f"{_shown(name)} is no setting; {hint}correct or remove it (names of your own may begin with {_FREE})"


def _shown(name: str) -> str:
    return name if _NAME.fullmatch(name) else f"a variable whose name has {len(name)} characters"
