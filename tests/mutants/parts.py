"""The parts of the code that faults are put into, and the tests that are to notice them: those that take minutes.

They are those that hold one function or step to the last field. Left out are tests of real parts and of whole lives: a
mutant that survives costs the time of all tests that touch its function.
"""

from typing import NamedTuple


class Part(NamedTuple):
    """Patterns of the files, and pytest's arguments."""

    files: tuple[str, ...]
    tests: tuple[str, ...]


_MODULES = (
    *("decide", "learn", "record", "door", "life", "inbox", "kept", "starts", "baseline", "snapshot", "upgrade"),
    "results",
)
_STEPS = (
    *("check", "join", "looks", "mend", "question", "refuse", "retry", "start", "start_answers", "sweep", "take"),
    *("told", "told_incomplete", "told_sync", "upload"),
)
_NIGHTS = "tests/model/test_nights.py::test_whatever_happens_every_night_ends_in_a_run_or_a_message"
_LONG = (
    "test_door.py::test_the_first_use_may_be_by_many_threads_at_once",
    "test_decide.py::test_what_no_plan_may_do",
    "test_decide.py::test_a_step_that_changes_nothing_is_followed_by_a_longer_and_longer_wait",
    "test_inbox.py::test_twenty_thousand_misplaced_blobs_come_in_portions",
)
_OTHERS = ("azure_store", "azure_connection", "text", "settings", "settings_ncrontab")

TABLES = "tables"
PARTS = {
    "core": Part(
        (*(f"shared/{module}.py" for module in _MODULES), "shared/steps/*.py"),
        (
            "tests/shared",
            *(f"tests/steps/test_{step}.py" for step in _STEPS),
            "tests/docs/test_life.py::test_the_picture_is_the_table_s",
            "tests/upgrade/test_records.py",
            *(f"{_NIGHTS}[{seed}]" for seed in range(2)),
            *(f"--deselect=tests/shared/{test}" for test in _LONG),
            *(f"--ignore=tests/shared/test_{other}.py" for other in _OTHERS),
        ),
    ),
    "verification": Part(
        ("shared/verification/*.py", "shared/formats/*.py"),
        ("tests/verification", "tests/formats"),
    ),
    TABLES: Part(
        ("shared/verification/**/*.py", "shared/formats/*.py"),
        ("tests/verification", "tests/formats", "tests/docs"),
    ),
}
