"""What the check knows of other products' words, other languages' months and files that are no text."""

import pytest

from shared.formats.elsewhere import ELSEWHERE
from shared.verification.encoding import foreign, wide
from shared.verification.lists import MEANT
from shared.verification.suspects import changed_id, changed_ids, rare, suspects

WORDS = """
student: learner pupil schueler scholar schüler schülerin élève eleve étudiant etudiant alumno alumna estudiante
student3: s
teacher3: t
student2: studente alunno aluno leerling elev oppilas uczeń žák öğrenci
parent: mother father mom dad stepparent stepfather stepmother
guardian: carer fosterparent fostermother fosterfather legalguardian
relative: grandparent sibling brother sister aunt uncle grandmother grandfather
teacherAssistant: aide
teacher: educator lehrer lehrerin lehrkraft professeur enseignant enseignante profesor profesora maestro maestra
teacher2: docente insegnante leraar lærer lärare opettaja nauczyciel učitel öğretmen
teacher22: leadteacher coteacher teacherofrecord primaryteacher primary
principal: headteacher head
other: guardian parent
male: m boy
female: f girl
kg: kindergarten k
ps: preschool
pk: prekindergarten
schoolYear: year fullyear
term: trimester summer
gradingPeriod: markingperiod
district: lea
academicTrust: trust
"""
OWN = "{}id {}number id personid localid uniqueid identifier"
MAIL = "email emailaddress useremail mail login loginid upn userprincipalname userid"
COLUMNS = f"""
SIS ID: {{}}sisid {OWN}
School SIS ID: schoolid schoolnumber schoolcode campusid
Section SIS ID: sectionid classid courseid sectionnumber
Username: {MAIL}
Name: schoolname sitename campusname
Section Name: classname coursename title sectiontitle
sourcedId: sisid {OWN}
username: {MAIL}
userSourcedId: userid studentid personid studentsourcedid sisid
orgSourcedId: orgid schoolid schoolsourcedid schoolsisid
classSourcedId: classid sectionid sectionsourcedid sectionsisid
First Name: givenname forename firstname
Last Name: familyname surname lastname
Grade: gradelevel yeargroup yearlevel
Term StartDate: begindate startdate termstart
Term EndDate: enddate termend
sessionSourcedId: termsourcedid academicsessionsourcedid termid sessionid
sessionSourcedIds: termsourcedids termsourcedid academicsessionsourcedids termid sessionids
startDate: begindate termstart
endDate: finishdate termend
roleStartDate: begindate startdate
roleEndDate: enddate finishdate
phone: telephone mobile phonenumber tel
Phone: telephone mobile phonenumber tel
grade: gradelevel yeargroup grades yearlevel
givenName: firstname forename
familyName: lastname surname
title: classname sectionname classtitle name
name: orgname schoolname
"""
FOREIGN = {
    b"PK\x03\x04\x14\0": "an Excel workbook or a ZIP archive",
    b"PK\x05\x06\0\0": "a ZIP archive",
    b"\xd0\xcf\x11\xe0\xa1\xb1": "an old Excel workbook",
    b"\x1f\x8b\x08\0": "a gzip archive",
    b"BZh9": "a bzip2 archive",
    b"7z\xbc\xaf\x27\x1c\0\x04": "a 7-Zip archive",
    b"\xfd7zXZ\0": "an xz archive",
    b"\x28\xb5\x2f\xfd\x04": "a Zstandard archive",
    b"Rar!\x1a\x07": "a RAR archive",
    b"%PDF-1.7": "a PDF document",
    b"\x89PNG\r\n\x1a\n": "a picture",
    b"\xff\xd8\xff\xe0": "a picture",
    b"SQLite format 3\0": "a database",
    b"PAR1\x15\x04": "a Parquet file",
    b"<!doctype html>": "a web page",
    b"\r\n<HTML>": "a web page",
    b'<?xml version="1.0"?>': "XML",
    b"\0\0\0\0": "nothing but NULs",
}
MONTHS = """
Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec
Mrz Mär Mai Okt Dez janv févr mars avr mai juin juil août sept oct nov déc
ene feb mar abr jun jul ago sep dic mrt apr mei aug okt gen mag giu lug set ott
"""


def _table(text: str) -> dict[str, list[str]]:
    return {name: words.split() for name, words in (line.split(": ") for line in text.strip().splitlines())}


def test_what_other_products_write_for_a_value():
    assert {word: meant.rstrip("23") for meant, words in _table(WORDS).items() for word in words} == MEANT


def test_what_other_products_call_a_column():
    assert {name: list(words) for name, words in ELSEWHERE.items()} == _table(COLUMNS)


@pytest.mark.parametrize(("start", "name"), FOREIGN.items(), ids=FOREIGN.values())
def test_a_file_that_is_no_text_is_called_by_its_name(start, name):
    assert foreign(start) == name


@pytest.mark.parametrize(
    ("codec", "name"),
    [("utf-16-le", "UTF-16"), ("utf-16-be", "UTF-16"), ("utf-32-le", "UTF-32"), ("utf-32-be", "UTF-32")],
)
def test_wide_text_is_known_with_and_without_its_mark(codec, name):
    assert wide("\ufeffSIS ID,Name\r\n".encode(codec)) == name
    assert wide("\ufeff\u4e00\u4e01".encode(codec)) == name
    assert wide("SIS ID,Name\r\n".encode(codec)) == name
    assert wide(b"SIS ID,Name\r\n") is None
    assert wide(b"\0\0ab" * 20) is None


@pytest.mark.parametrize("month", MONTHS.split())
@pytest.mark.parametrize("form", ["5-{}", "5. {}", "05-{}-26"])
def test_an_id_that_became_a_date_is_seen_in_every_language(month, form):
    written = form.format(month).encode()
    assert changed_id(written) == "a date (5-Jan)", written
    assert changed_ids(b"7\n" + written + b"\n")


LATIN = "".join(map(chr, range(0xC0, 0x100)))
CENTRAL = "łńŅņŇŉŊŋŌōŎŏŐőŒœŔŕŖŗŘřŚśŜŝŞşŠšŢţŤťŦŧŨũŪūŬŮůŰűŲųŴŵŶŷŸŹźŻżŽž"
MISREAD = {  # the letters that tell it, in UTF-8 read as another encoding
    "cp1252": LATIN + CENTRAL + "ĀĂăĄąĆćĈĉĊċČčĎđĒēĔĕĖėĘęĚěĜĞğĠġĢģĤĥĦħĨĩĪīĬĮįİıĲĳĴĵĶķĸĹĺĻļĽľĿŀ",
    "cp1250": LATIN + CENTRAL + "Ččď",
    "cp1251": "АБВГДЕЖЗЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдежзийклмнопрстуфхцчшщъыьэюя",
    "mac_roman": LATIN + CENTRAL,
    "cp850": LATIN + CENTRAL,
}
CALLED = {"cp1252": "1252", "cp1250": "1250", "cp1251": "1251", "mac_roman": "Mac Roman", "cp850": "CP850"}
UNHARMED = """
RĂŞCANU|„SFÂNTA ANĂ”|DĹŽKA|VĹČEK|STĹPEC|PAMÄŤ|PÄŤ|»PÅ«|«SKOLEN PÅ»|”METSÄ”|„Évi”|«Ä»|Ängström|JÄÄ|O’Neill|m³ Wasser|a ÷ b|5 ÷ 3
Zażółć gęślą jaźń|İstanbul|Größe|Țară|Ştefan|Ångström|Đorđe|Þór|Николай|ТРЁХ|Σχολείο|naïve|Ñandú|Ķēniņš|Şişli|Ağrı|Ö”|x²y³|№ 5
"""  # noqa: E501, RUF001 - letters of names as they are


def told(text):
    """What is said of a value's letters, one word for each kind."""
    block = f"7,{text},x\n".encode()
    cell = text.encode()
    found = [kind.find(cell) for kind in suspects(block, rare(block)) if kind.rule == "damagedText"]
    return [shape for shape in found if shape]


@pytest.mark.parametrize("encoding", MISREAD)
def test_each_letter_that_was_read_in_another_encoding_is_told_once(encoding):
    for letter in MISREAD[encoding]:
        try:
            text = (f"{letter}а" if encoding == "cp1251" else f"ab{letter}cd").encode().decode(encoding)  # noqa: RUF001
        except UnicodeDecodeError:
            continue
        assert [CALLED[encoding] in shape for shape in told(text)] == [True], (letter, text, told(text))


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        *[("M\u201erz", "CP850 read as"), ("J\u201drg", "CP850 read as"), ("Andr\u201as", "CP850 read as")],
        *[("M³ller", "Windows-1252 read as"), ("J÷rg", "Windows-1252 read as"), ("Stra▀e", "Windows-1252 read as")],
        *[("KovĂˇÄŤek", "1250"), ("ÄŤepice", "1250"), ("DvoĹ™Ăˇk", "1250")],
    ],
)
def test_letters_of_dos_and_of_central_europe_are_told_once(text, shape):
    assert [shape in one for one in told(text)] == [True]


@pytest.mark.parametrize("text", UNHARMED.strip().replace("\n", "|").split("|"))
def test_what_people_write_is_no_damage(text):
    assert told(text) == []
