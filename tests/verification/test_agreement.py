"""The command and a run judge the same folder alike: whether it is taken, and why not."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shared.formats import FORMATS
from shared.inbox import file_name, survey
from shared.messages import of_lacks
from shared.settings import Settings
from shared.store import Blob
from shared.verification import Source, verify
from shared.verification.__main__ import main
from tests.verification.sets import clean, rendered

Data = dict[str, bytes]
NOW = datetime(2026, 11, 28, tzinfo=UTC)


def with_files(**more: bytes) -> Callable[[Data], Data]:
    return lambda data: data | {name.replace("__", "."): text for name, text in more.items()}


def lower(data: Data) -> Data:
    return {name.lower(): text for name, text in data.items()}


def capital(data: Data) -> Data:
    return {name.capitalize(): text for name, text in data.items()}


def headers_only(data: Data) -> Data:
    return {name: text.partition(b"\n")[0] + b"\n" for name, text in data.items()}


def spoilt(data: Data) -> Data:
    return {name: text.replace(b"1003", b"2003", 1) for name, text in data.items()}


def renamed(old: str, new: str) -> Callable[[Data], Data]:
    return lambda data: {new if name == old else name: text for name, text in data.items()}


WITHOUT_CLASSES = ("School.csv", "Student.csv", "Teacher.csv", "orgs.csv", "users.csv", "roles.csv")
GUARDIANS = ("User.csv", "GuardianRelationship.csv", "relationships.csv")
FOLDERS: dict[str, Callable[[Data], Data]] = {
    "whole": lambda data: data,
    "lower case": lower,
    "capitals": capital,
    "headers only": headers_only,
    "spoilt": spoilt,
    "strangers": with_files(schools__csv=b"a\n", students__csv=b"b\n", readme__txt=b"", old__zip=b"PK"),
    "strangers of the other format": with_files(Orgs__csv=b"a\n", SCHOOL__csv=b"a\n"),
    "two in one name": with_files(STUDENT__csv=b"a\n", USERS__csv=b"a\n"),
    "a near miss": renamed("Student.csv", "Students.csv"),
    "another near miss": renamed("users.csv", "user.csv"),
    "an ending too many": renamed("Teacher.csv", "Teacher.csv.txt"),
    "only an archive": lambda _: {"tonight.zip": b"PK"},
    "another product": lambda _: dict.fromkeys(("schools.csv", "students.csv", "teachers.csv"), b"a\n"),
    "no names": lambda data: {f"{n}.csv": text for n, text in enumerate(data.values())},
    "both formats": lambda _: rendered(clean("sdsV1")) | rendered(clean("sdsV2.1")),
    "no classes": lambda data: {name: text for name, text in data.items() if name in WITHOUT_CLASSES},
    "no guardians": lambda data: {name: text for name, text in data.items() if name not in GUARDIANS},
    "an empty file": lambda data: data | {next(iter(data)): b""},
}


def run_takes(data: Data, settings: Settings) -> bool:
    """What a run does with an inbox that holds these files and nothing else."""
    blobs = [Blob(f"north/{name}", "e", len(text), NOW) for name, text in data.items()]
    found = survey(blobs, settings)
    if found is None or not found.complete:
        return False
    sources = [
        Source(name := file_name(blob), blob.size, lambda name=name: iter([data[name]]))  # type: ignore[misc]
        for blob in found.files.values()
    ]
    form = next(form for form in FORMATS if form.id == found.format)
    return verify(sources, format=form, service=settings.api, allow_empty=settings.allow_empty).taken


def said(data: Data) -> str:
    """What a run says of a set that it refuses by its names."""
    found = survey([Blob(f"north/{name}", "e", len(text), NOW) for name, text in data.items()], Settings())
    return found.advice if found and found.problem else ""


@pytest.mark.parametrize("options", [[], ["--allow-empty"]])
@pytest.mark.parametrize("api", ["classic", "industryData"])
@pytest.mark.parametrize("format_id", ["sdsV1", "sdsV2.1"])
@pytest.mark.parametrize("folder", FOLDERS)
def test_one_verdict(
    folder: str, format_id: str, api: str, options: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = FOLDERS[folder](rendered(clean(format_id)))
    for name, text in data.items():
        (tmp_path / name).write_bytes(text)
    code = main([str(tmp_path), "--api", api, "--json", *options])
    messages = json.loads(capsys.readouterr().out)["messages"]
    if problem := said(data):
        assert problem in [message["description"] for message in messages]
    settings = Settings(api="classic" if api == "classic" else "industryData", allow_empty=bool(options))
    assert (code == 0) == run_takes(data, settings), [message["description"] for message in messages]


def test_some_are_taken_and_some_are_not() -> None:
    taken = {name for name, change in FOLDERS.items() if run_takes(change(rendered(clean("sdsV1"))), Settings())}
    assert taken == {"whole", "lower case", "capitals", "strangers", "another near miss", "no guardians"}


@pytest.mark.parametrize(
    ("files", "code"),
    [("School.csv,Student.csv,Teacher.csv", 0), ("School.csv,Student.csv,Teacher.csv,Section.csv", 3)],
)
def test_files_that_make_a_set_whole(files: str, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    people = ("School.csv", "Student.csv", "Teacher.csv")
    data = {name: text for name, text in rendered(clean("sdsV1")).items() if name in people}
    for name, text in data.items():
        (tmp_path / name).write_bytes(text)
    monkeypatch.setenv("SDS_FILES", files)
    assert main([str(tmp_path), "--json"]) == code
    assert run_takes(data, Settings.load()) == (code == 0)


@pytest.mark.parametrize("format_id", ["sdsV1", "sdsV2.1"])
@pytest.mark.parametrize("stated", [True, False])
def test_a_file_that_is_missing_or_empty_gets_one_word(
    format_id: str, stated: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Near misses included: what the queue says of an incomplete set is what the command says of the folder."""
    form = next(form for form in FORMATS if form.id == format_id)
    usual = [spec.name for spec in form.files if spec.usual]
    if stated:
        monkeypatch.setenv("SDS_FILES", ",".join(usual))
    settings = Settings.load()
    for gone in usual:
        for near in (None, gone.replace(".csv", "_2026.csv"), gone):
            data = {name: text for name, text in rendered(clean(format_id)).items() if name in usual}
            text = data.pop(gone)
            if near:
                data[near] = b"" if near == gone else text
            folder = tmp_path / f"{gone}-{near}"
            folder.mkdir()
            for name, text in data.items():
                (folder / name).write_bytes(text)
            assert main([str(folder), "--json"]) == 3
            said = json.loads(capsys.readouterr().out)["messages"]
            found = survey([Blob(f"north/{name}", "e", len(text), NOW) for name, text in data.items()], settings)
            assert found is not None
            (entry,) = of_lacks(found, stated=stated)
            words = {(m["rule"], m["fileName"], m["description"]) for m in said}
            assert (entry.rule, entry.file_name, entry.description) in words
            assert entry.rule == ("emptyFile" if near == gone else "missingFile")
            assert (near is not None and near != gone) == ("did you mean that?" in entry.description)
