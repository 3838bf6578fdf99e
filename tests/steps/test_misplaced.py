"""Why files are refused for the place where they lie: the words, and whose the message is."""

import json

import pytest

from shared.inbox import UNADDRESSED

from .test_refuse import data, inbox, refuse, world


@pytest.mark.parametrize(
    ("names", "profile", "reason"),
    [
        (
            ("a.csv", "no way/b.csv"),
            UNADDRESSED,
            (
                "These files name no profile. A file belongs at sds-drop/<profile>/<file>.csv, where <profile> is a "
                "GUID or an alias from SDS_PROFILES. They were moved to sds-runs/_refused."
            ),
        ),
        (
            ("south/School.csv",),
            UNADDRESSED,
            (
                "'south' is not an allowed profile. Use a name from SDS_PROFILES, or add it there. The files were "
                "moved to sds-runs/_refused."
            ),
        ),
        (
            ("a.csv", "south/School.csv", "east/School.csv"),
            UNADDRESSED,
            (
                "These files name no profile. A file belongs at sds-drop/<profile>/<file>.csv, where <profile> is a "
                "GUID or an alias from SDS_PROFILES. They were moved to sds-runs/_refused. "
                "'east', 'south' are each not an allowed profile. Use a name from SDS_PROFILES, or add it there. The "
                "files were moved to sds-runs/_refused."
            ),
        ),
        (
            ("north/old/School.csv",),
            "north",
            (
                "These files lie deeper than sds-drop/north/<file>.csv, where they belong. They were moved to "
                "sds-runs/_refused."
            ),
        ),
    ],
)
def test_why_a_file_is_misplaced(names: tuple[str, ...], profile: str, reason: str) -> None:
    made = world(*names, profile=profile, poke=False)
    refuse(made, profile)
    assert data(made)["messages"][0]["description"] == reason
    folders = {name.partition("/")[0] if "/" in name else "" for name in names}
    place = f"/{folders.pop()}" if folders in ({"south"}, {"north"}) else ""
    assert json.loads(made.store.sent[0])["source"] == f"https://account.example/sds-drop{place}"
    assert data(made)["profile"] == (place[1:] or None)
    assert inbox(made) == {}
