"""The parts of the code that faults are put into, and the tests that are to notice them: those that take minutes.

Left out are tests of real parts, which take long for what they say of one fault, and most of the model's worlds.
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
_NIGHTS = "tests/model/test_nights.py::test_whatever_happens_every_night_ends_in_a_run_or_a_message"
_LONG = (
    "shared/test_door.py::test_the_first_use_may_be_by_many_threads_at_once",
    "shared/test_decide.py::test_what_no_plan_may_do",
    "steps/test_answers.py::test_a_throttled_start_waits_and_is_no_try",
    "steps/test_answers.py::test_a_throttled_repeat_still_is_the_only_repeat",
    "steps/test_runs_of_others.py::test_what_is_put_off_until_the_deadline_was_verified",
    "steps/test_targets.py::test_settings_that_change_at_any_point_send_no_run_elsewhere",
    "steps/test_what_stays.py::test_twenty_thousand_misplaced_files_are_worked_off_and_the_good_set_does_not_wait",
    "steps/test_wishes.py::test_a_repetition_that_is_interrupted_anywhere_still_is_one",
)
_OTHERS = ("azure_store", "azure_connection", "text", "settings", "settings_ncrontab")

PARTS = {
    "core": Part(
        (*(f"shared/{module}.py" for module in _MODULES), "shared/steps/*.py"),
        (
            *(
                "tests/steps",
                "tests/shared",
                "tests/docs/test_life.py::test_the_picture_is_the_table_s",
                "tests/upgrade/test_records.py",
            ),
            "tests/hostile/test_queue_limit.py",
            *(f"{_NIGHTS}[{seed}]" for seed in range(4)),
            *(f"--deselect=tests/{test}" for test in _LONG),
            *(f"--ignore=tests/shared/test_{other}.py" for other in _OTHERS),
        ),
    ),
    "verification": Part(
        ("shared/verification/*.py", "shared/formats/*.py"),
        ("tests/verification", "tests/formats"),
    ),
}
