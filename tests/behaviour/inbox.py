"""Behaviours of blobs that belong to no profile or no format: moved, told of once, and in nobody's way."""

from .drops import made
from .profile import Profile
from .together import behaviour


def _moved(profile: Profile, data: dict[str, object], files: dict[str, bytes]) -> None:
    drop = data["drop"]
    assert isinstance(drop, dict)
    assert drop["container"] == "sds-runs"
    assert drop["prefix"].startswith("_refused/")
    kept = profile.listed("sds-runs", drop["prefix"])
    for name, content in files.items():
        (whole,) = [each for each in kept if each.endswith(name)]
        assert profile.read("sds-runs", drop["prefix"] + whole) == content


@behaviour(usually="classic")
def files_below_a_folder_are_refused_and_the_next_drop_works(profile: Profile) -> None:
    deep = {"old/Student.csv": b"SIS ID\n1\n", "old/x/y.bin": b"\0"}
    profile.drop(deep)
    data = profile.verification("invalidDrop")
    _moved(profile, data, deep)
    profile.wait_for(lambda: profile.inbox == set())
    profile.drop(made())
    profile.verification("started")
    profile.sync("succeeded")


@behaviour(usually="industryData")
def misplaced_files_do_not_hold_up_a_set_beside_them(profile: Profile) -> None:
    profile.drop({"deep/er.csv": b"x"})
    profile.drop(made())
    outcomes = {profile.next("verification")["outcome"] for _ in range(2)}
    assert outcomes == {"invalidDrop", "started"}
    profile.sync("succeeded")


@behaviour(usually="classic")
def files_of_no_profile_are_refused_under_the_container_s_name(profile: Profile) -> None:
    with profile.blobs.get_blob_client("sds-drop", "loose file.csv") as blob:
        blob.upload_blob(b"loose")
    profile.drop({"School.csv": b"malformed"}, folder="no, profile!")
    _nobodys(profile, {"loose file.csv": b"loose", "no, profile!/School.csv": b"malformed"})
    profile.wait_for(lambda: not profile.listed("sds-drop", "loose") and not profile.listed("sds-drop", "no, "))


def _nobodys(profile: Profile, lost: dict[str, bytes], under: str | None = None) -> None:
    """All of nobody's files are told together, whoever dropped them, these among them: without a profile, or, if they
    lie in one folder, as of that."""

    def moved() -> dict[str, str]:
        told = [data["drop"] for data in profile.told("/sds-drop", "invalidDrop", None)]
        told += [data["drop"] for data in profile.told(f"/{under}", "invalidDrop", under)] if under else []
        found = {file["name"]: drop["prefix"] + file["name"] for drop in told for file in drop["files"]}
        return {name: blob for name, blob in found.items() if name in lost}

    profile.wait_for(lambda: moved().keys() == lost.keys())
    assert {name: profile.read("sds-runs", blob) for name, blob in moved().items()} == lost


@behaviour(usually="industryData")
def a_profile_that_is_not_allowed_is_refused_with_all_that_is_nobody_s(profile: Profile) -> None:
    name = f"north-{profile.guid[:8]}"
    profile.drop(made(), folder=name)
    _nobodys(profile, {f"{name}/{file}": content for file, content in made().items()}, name)
    profile.wait_for(lambda: profile.listed("sds-drop", f"{name}/") == {})


@behaviour(usually="classic")
def a_set_of_no_known_format_is_refused_and_the_next_drop_works(profile: Profile) -> None:
    files = {"children.csv": b"a,b\n1,2\n", "readme.txt": b"hello"}
    profile.drop(files)
    _moved(profile, profile.verification("invalidDrop"), files)
    profile.wait_for(lambda: profile.inbox == set())
    profile.drop(made())
    profile.verification("started")
    profile.sync("succeeded")


@behaviour(usually="industryData")
def names_that_differ_only_in_case_are_refused_and_the_next_drop_works(profile: Profile) -> None:
    profile.drop({**made(), "student.csv": b"another"})
    data = profile.verification("invalidDrop")
    assert {"Student.csv", "student.csv"} <= {f["name"].rpartition("/")[2] for f in data["drop"]["files"]}
    profile.wait_for(lambda: profile.inbox == set())
    profile.drop(made())
    profile.verification("started")
    profile.sync("succeeded")


@behaviour(usually="classic")
def foreign_files_alone_wait_for_a_set_and_are_told_of(profile: Profile) -> None:
    profile.drop({"readme.txt": b"hello"})
    profile.verification("incomplete")
    assert profile.inbox == {"readme.txt"}
    profile.drop(made())
    assert profile.verification("started")["drop"]["ignored"] == ["readme.txt"]
    profile.sync("succeeded")
