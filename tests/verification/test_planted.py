"""Plants errors of many rules in a clean set and finds exactly those: no misses, no false alarms, right places."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.verification.rules import RULES
from tests.verification.plants import PLANTS, V1, V21, Plant
from tests.verification.sets import SPARE, Files, Place, cell, check, clean, encoded, places

BOTH = ("classic", "industryData")


def planted(
    files: Files, plants: list[tuple[Plant, int]], *, end: str, quote: bool
) -> tuple[dict[str, bytes], set[Place]]:
    """The set as bytes with these errors, each in a row of its own (by index), and the places they must be found."""
    by_place = {(plant.file, row): plant for plant, row in plants}
    expected: set[Place] = set()
    data: dict[str, bytes] = {}
    for name, rows in files.items():
        out, line = b"", 1
        for number, row in enumerate(rows):
            plant = by_place.get((name, number))
            values = _values(row, rows, plant) if plant else row
            text = ",".join(cell(value, quote=quote) for value in values).encode(errors="surrogateescape")
            at = line
            if plant and plant.text:
                text = plant.text(text)
            if plant:
                expected.add((plant.rule, name, at, plant.column))
            text += end.encode()
            line += (
                text.count(b"\r\n") + text.replace(b"\r\n", b"").count(b"\n") + text.replace(b"\r\n", b"").count(b"\r")
            )
            out += text
        data[name] = out
    return data, expected


def _values(row: list[str], rows: list[list[str]], plant: Plant) -> list[str]:
    values = list(row)
    for column in plant.together or ((plant.twin,) if plant.twin else ()):
        at = rows[0].index(column)
        values[at] = rows[1][at]
    if plant.value is not None and plant.column:
        values[rows[0].index(plant.column)] = plant.value
    return values


def spare_rows(files: Files, name: str) -> list[int]:
    """Rows of a file that nothing else depends on."""
    return list(range(2 if len(files[name]) <= SPARE + 1 else SPARE + 1, len(files[name])))


@pytest.mark.parametrize("service", BOTH)
@pytest.mark.parametrize("plant", PLANTS, ids=lambda p: f"{p.rule}-{p.file}-{p.column}")
def test_each_alone(plant: Plant, service):
    files = clean(plant.format)
    rows = spare_rows(files, plant.file)
    data, expected = planted(files, [(plant, rows[-1])], end="\r\n", quote=False)
    findings = check(data, service=service).findings
    if plant.service not in (None, service):
        assert findings == ()
        return
    assert places(findings) == expected
    (finding,) = findings
    assert finding.count == 1
    rule = RULES[plant.rule]
    assert finding.type in {rule.severity(service, "required"), rule.severity(service, "optional")}


@st.composite
def mixtures(draw):
    format_id = draw(st.sampled_from([V1, V21]))
    service = draw(st.sampled_from(BOTH))
    fitting = [p for p in PLANTS if p.format == format_id and p.service in (None, service)]
    chosen = draw(st.lists(st.sampled_from(fitting), min_size=1, max_size=25))
    files = clean(format_id)
    free = {name: draw(st.permutations(spare_rows(files, name))) for name in files}
    placed = []
    values = set()
    for plant in chosen:
        again = plant.value and (plant.file, plant.column, plant.value) in values
        values.add((plant.file, plant.column, plant.value))
        if free[plant.file] and not again:  # the same value twice in a unique column would be one error more
            placed.append((plant, free[plant.file].pop()))
    return format_id, service, placed


@given(
    mixture=mixtures(),
    end=st.sampled_from(["\r\n", "\n", "\r"]),
    quote=st.booleans(),
    chunk=st.sampled_from([3, 100, 1 << 16]),
)
@settings(max_examples=80, deadline=None)
def test_any_mixture(mixture, end, quote, chunk):
    format_id, service, plants = mixture
    # after a CR, the LF of a blank line would belong to that
    plants = [(p, row) for p, row in plants if p.rule != "blankLine" or end != "\r"]
    files = clean(format_id)
    data, expected = planted(files, plants, end=end, quote=quote)
    result = check(data, chunk=chunk, service=service, examples=100)
    assert places(result.findings) == expected
    counts = Counter((rule, file, column) for rule, file, _, column in expected)
    assert {(f.rule, f.file_name, f.column): f.count for f in result.findings} == counts
    assert [file.rows for file in result.files] == [len(rows) - 1 for rows in files.values()]


@pytest.mark.parametrize("name", list(clean(V1)) + list(clean(V21)))
def test_planting_nothing_gives_what_a_plain_writer_gives(name):
    for format_id in (V1, V21):
        files = clean(format_id)
        data, expected = planted(files, [], end="\r\n", quote=False)
        assert expected == set()
        if name in files:
            assert data[name] == encoded(files[name])
