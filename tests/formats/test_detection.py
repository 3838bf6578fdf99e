"""What the files of a folder are, by their names and header rows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.formats import FORMATS, classify
from shared.formats.names import ARCHIVES, meant

V1, V21 = FORMATS
SIX = ["School.csv", "Section.csv", "Student.csv", "Teacher.csv", "StudentEnrollment.csv", "TeacherRoster.csv"]
FIVE = ["orgs.csv", "users.csv", "roles.csv", "classes.csv", "enrollments.csv"]
CLEVER = ["schools.csv", "students.csv", "teachers.csv", "sections.csv", "enrollments.csv"]


def told(names, **options):
    folder = classify(names, **options)
    return {(remark.rule, remark.type, remark.name) for remark in folder.remarks}


@pytest.mark.parametrize(("names", "form"), [(SIX, V1), (FIVE, V21), ([*SIX[::2], "School.csv"], V1)])
def test_a_set_in_its_own_spelling_needs_no_remark(names, form):
    folder = classify([*names, "readme.txt", ".done", "photo.jpg"])
    assert folder.format is form
    assert set(folder.files) == set(names)
    assert all(spec == name for spec, name in folder.files.items())
    assert folder.remarks == ()
    assert folder.refused is None


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.id)
def test_every_file_of_a_format_in_capitals_is_that_file(form):
    names = [spec.name for spec in form.files]
    shouted = [name.upper() for name in names]
    folder = classify(shouted)
    assert folder.files == dict(zip(names, shouted, strict=True))
    assert folder.refused is None
    rules = {(remark.rule, remark.name) for remark in folder.remarks}
    assert rules == (set() if form is V1 else {("fileNameCase", name) for name in shouted})
    if form is V21:
        says = next(remark.says for remark in folder.remarks if remark.name == "USERFLAGS.CSV")
        assert "sent as userFlags.csv" in says


@pytest.mark.parametrize("names", [SIX, FIVE])
def test_two_names_that_differ_in_case_alone_refuse_the_set(names):
    folder = classify([*names, names[1].swapcase()])
    assert folder.refused
    assert folder.refused.rule == "duplicateFile"
    assert folder.refused.name == names[1].swapcase()
    assert folder.files[names[1]] == names[1]


@pytest.mark.parametrize(
    "strangers",
    [CLEVER, CLEVER[:2], ["manifest.csv"], ["orgs.csv", "users.csv"], ["notes.csv", "a.zip", "x.CSV.bak"]],
)
def test_strangers_never_decide_about_a_whole_set(strangers):
    folder = classify([*SIX, *strangers])
    assert folder.format is V1
    assert folder.files == {name: name for name in folder.files}
    assert set(folder.files) == set(SIX)
    assert folder.refused is None
    assert {remark.name for remark in folder.remarks} == set(strangers)
    headers = {"students.csv": ["School_id", "Student_id"], "orgs.csv": ["sourcedId", "dateLastModified"]}
    assert classify([*SIX, *strangers], headers=headers) == folder


def test_two_whole_sets_are_one_too_many():
    folder = classify(SIX + FIVE)
    assert folder.refused
    assert (folder.refused.rule, folder.refused.name) == ("mixedFormats", None)
    assert "SDS V1 and one of SDS V2.1" in folder.refused.says
    assert folder.format is V1
    assert classify(SIX + FIVE, formats=(V21,)).refused is None


def test_a_stray_file_of_the_other_format_is_a_warning():
    assert told([*SIX, "orgs.csv"]) == {("unknownFile", "warning", "orgs.csv")}
    (remark,) = classify([*SIX, "orgs.csv"]).remarks
    assert "SDS V2.1" in remark.says
    assert "SDS V1" in remark.says


def test_a_plural_beside_its_friends_is_a_near_miss_and_no_format_of_its_own():
    names = [name for name in SIX if name not in ("Student.csv", "School.csv")] + ["Students.csv", "schools.csv"]
    folder = classify(names)
    assert folder.format is V1
    assert folder.refused is None
    assert folder.meant == {"Student.csv": "Students.csv", "School.csv": "schools.csv"}
    assert {remark.says.rpartition("not sent. ")[2] for remark in folder.remarks} == {
        "Did you mean Student.csv?",
        "Did you mean School.csv?",
    }


@pytest.mark.parametrize(
    ("name", "spec"),
    [
        ("Students.csv", "Student.csv"),
        ("student (1).csv", "Student.csv"),
        ("Student - Copy.csv", "Student.csv"),
        ("Copy of Student.csv", "Student.csv"),
        ("Student_20261122.csv", "Student.csv"),
        ("2026-11-22 student.CSV", "Student.csv"),
        ("SDS_Student.csv.txt", "Student.csv"),
        ("Student.csv.csv", "Student.csv"),
        ("Student .csv", "Student.csv"),
        ("Student.xlsx", "Student.csv"),
        ("Studnet.csv", "Student.csv"),
        ("Student_Enrollment.csv", "StudentEnrollment.csv"),
        ("StudentEnrolment.csv", "StudentEnrollment.csv"),
        ("teacher-rosters.csv", "TeacherRoster.csv"),
    ],
)
def test_near_misses(name, spec):
    names = [known for known in SIX if known != spec]
    folder = classify([*names, name])
    assert folder.meant == {spec: name}
    (remark,) = folder.remarks
    assert (remark.rule, remark.type, remark.name) == ("unknownFile", "warning", name)
    assert remark.says.endswith(f"Did you mean {spec}?")
    (second,) = classify([*SIX, name]).remarks
    assert second.says.startswith(f"It looks like a second {spec}")


@pytest.mark.parametrize("name", ["attendance.csv", "2026.csv", ".csv", "photos.csv", "staff list.csv"])
def test_what_is_near_nothing(name):
    assert meant(name, [spec.name for form in FORMATS for spec in form.files]) is None
    (remark,) = classify([*SIX, name]).remarks
    assert remark.says == "SDS V1 has no file of this name: it is not sent. Remove it."


ENDINGS = "csv txt tsv xls xlsx xlsm ods bak old dat zip 7z rar gz tgz tar bz2 xz zst csv.txt csv.bak csv.gz tar.gz"
BESIDE = "copy kopie copia copie export sds sis v csv new neu final full latest current of the 2026-11-22 (1) v2"


# A name of one letter is near no other: what is not known to be left out would be seen.
@pytest.mark.parametrize("ending", ENDINGS.split())
def test_a_name_is_meant_whatever_its_ending(ending):
    assert meant(f"Q.{ending}", ["Q.csv"]) == "Q.csv"


@pytest.mark.parametrize("word", BESIDE.split())
def test_a_name_is_meant_whatever_stands_beside_it(word):
    for name in (f"{word} Q.csv", f"Q_{word}.csv", f"{word.upper()}-q.csv"):
        assert meant(name, ["Q.csv"]) == "Q.csv"


@pytest.mark.parametrize("ending", ARCHIVES)
def test_an_archive_alone_is_to_be_unzipped(ending):
    folder = classify([f"roster{ending}", "readme.txt"])
    assert folder.format is None
    assert folder.refused
    assert (folder.refused.rule, folder.refused.name) == ("unknownFormat", None)
    assert "Unzip it" in folder.refused.says
    assert told([f"roster{ending}", "readme.txt"]) == {("unknownFormat", "error", None)}
    assert told([*FIVE, f"roster{ending}"]) == {("archive", "warning", f"roster{ending}")}


@pytest.mark.parametrize("names", [["a.csv"], [], ["readme.txt"], ["attendance.csv", "x.zip"]])
def test_no_format(names):
    folder = classify(names)
    assert folder.format is None
    assert folder.files == {}
    assert folder.refused
    assert folder.refused.rule == "unknownFormat"
    assert "School.csv" in folder.refused.says
    assert "orgs.csv" in folder.refused.says


def test_only_near_misses_are_asked_about():
    folder = classify(["Students.csv", "Organization list.csv"])
    assert folder.refused
    assert folder.refused.says.endswith("right names: Students.csv for Student.csv.")
    assert folder.meant == {"Student.csv": "Students.csv"}
    assert len(folder.remarks) == 1


@pytest.mark.parametrize(
    ("names", "headers", "title"),
    [
        (CLEVER, {}, "Clever"),
        (CLEVER[:2], {"students.csv": ["School_id", "Student_id", "First_name"]}, "Clever"),
        (["manifest.csv", "orgs.csv", "users.csv", "classes.csv"], {}, "OneRoster"),
        (["orgs.csv", "users.csv"], {"orgs.csv": ["sourcedId", "status", "dateLastModified"]}, "OneRoster"),
    ],
)
def test_formats_that_are_not_taken(names, headers, title):
    folder = classify(names, headers=headers)
    assert folder.format is None
    (remark,) = folder.remarks
    assert (remark.rule, remark.type, remark.name) == ("refusedFormat", "error", None)
    assert remark.says.startswith(f"This is {title}.")


def test_two_plurals_are_no_format_by_names_alone():
    (refusal, *_) = classify(["schools.csv", "students.csv"]).remarks
    assert refusal.rule == "unknownFormat"
    assert classify(["students.csv"], headers={"students.csv": ["Student_id", "Name"]}).refused == (
        classify(["students.csv"]).refused
    )


def test_others_are_remarked_on_and_decide_nothing():
    folder = classify(SIX, others=[*FIVE, "student.CSV", "Teacher (1).csv", "x.zip", "readme.txt"], formats=(V1,))
    assert folder.format is V1
    assert folder.refused is None
    assert set(folder.files) == set(SIX)
    assert {remark.name for remark in folder.remarks} == {*FIVE, "student.CSV", "Teacher (1).csv", "x.zip"}
    lacking = classify([name for name in SIX if name != "Teacher.csv"], others=["Teachers.csv"])
    assert lacking.meant == {"Teacher.csv": "Teachers.csv"}


WORDS = st.sampled_from(
    [*SIX, *FIVE, *CLEVER, "USERS.csv", "student.csv", "a.zip", "manifest.csv", "x.csv", "", "é.csv"]
)


@given(st.lists(WORDS | st.text(max_size=12), max_size=12))
def test_any_names(names):
    folder = classify(names)
    assert folder == classify(reversed(names))
    assert (folder.format is None) == (not folder.files)
    assert set(folder.files.values()) <= set(names)
    if folder.format is None:
        assert folder.refused
    for remark in folder.remarks:
        assert remark.name is None or remark.name in names
        assert remark.says.endswith((".", "?"))


@pytest.mark.parametrize(
    ("names", "says"),
    [
        (
            ["a.csv"],
            "No file here has a name of SDS V1 (School.csv, Student.csv, …) or SDS V2.1 (orgs.csv, users.csv, …).",
        ),
        (["a.zip"], "There is only an archive, a.zip. Unzip it, and put the CSV files themselves here."),
        (
            ["a.zip", "b.zip"],
            "There are only archives, a.zip, b.zip. Unzip them, and put the CSV files themselves here.",
        ),
        (["notes.csv", "a.zip"], "If the set is in a.zip, unzip it, and put the CSV files here."),
        (["b.csv", *(f"{i:02}.7z" for i in range(12))], "08.7z, 09.7z and 2 more, unzip them"),
        (["School_1.csv"], "Perhaps they only need their right names: School_1.csv for School.csv."),
        (["my-Teachers.csv", "Schools.csv"], "Schools.csv for School.csv, my-Teachers.csv for Teacher.csv."),
    ],
)
def test_a_folder_of_no_known_format_is_told_what_names_there_are(names, says):
    (refused,) = classify(names).remarks
    assert refused.rule == "unknownFormat"
    assert says in refused.says
    assert "XX" not in refused.says
