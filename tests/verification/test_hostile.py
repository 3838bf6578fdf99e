"""Files that nobody should send: a clear message, in bounded time and memory."""

import io
import time
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator

import pytest

from shared.verification import Source, Verification, verify
from shared.verification.keys import Places
from tests.verification.sets import clean, encoded

MIB = 1024 * 1024
ROWS = MIB // 8  # bytes of rows: enough for several blocks, few enough for a tracing allocator
HEADER = b"SIS ID,School SIS ID,Username\r\n"


def repeated(start: bytes, piece: bytes, size: int) -> Callable[[], Iterator[bytes]]:
    def chunks() -> Iterator[bytes]:
        yield start
        for _ in range(size // len(piece)):
            yield piece

    return chunks


def run(chunks: Callable[[], Iterator[bytes]], **options: object) -> tuple[Verification, int]:
    """Student.csv from these chunks, in a clean set; gives the result and the peak of memory in bytes."""
    files = {name: encoded(rows) for name, rows in clean("sdsV1").items()}
    sources = [Source(name, None, (lambda data=data: [data])) for name, data in files.items() if name != "Student.csv"]
    tracemalloc.start()
    try:
        result = verify([*sources, Source("Student.csv", None, chunks)], **options)  # type: ignore[arg-type]
        return result, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Student.csv", bytes(8 * MIB))
    return packed.getvalue()


LINE = b"a" * MIB
CASES = {
    "one line": ("lineTooLong", repeated(HEADER, LINE, 64 * MIB)),
    "one line, no header": ("lineTooLong", repeated(b"", LINE, 64 * MIB)),
    "a million columns": ("lineTooLong", repeated(b"SIS ID", b"," * MIB, MIB)),
    "many columns": ("tooManyColumns", repeated(b"SIS ID", b"," * 50_000, 50_000)),
    "zeros": ("notText", repeated(b"", bytes(MIB), 64 * MIB)),
    "a ZIP bomb": ("notText", lambda: iter([bomb()])),
    "unclosed quote at the top": ("unclosedQuote", repeated(HEADER + b'"1,2,3\r\n', b"1,s1000,x\r\n" * 2000, ROWS)),
    "a quote in every row": ("strayQuote", repeated(HEADER, b'1,s1000,x"y\r\n' * 2000, ROWS)),
    "only quotes": ("lineBreak", repeated(HEADER, b'"' * 1001 + b"\r\n", ROWS)),
    "blank lines": ("people.noRows", repeated(HEADER, b"\n" * MIB, 32 * MIB)),
    "quoted line breaks": ("lineBreak", repeated(HEADER, b'1,"\n\n\n",x\n' * 2000, ROWS)),
    "ragged": ("columnCount", repeated(HEADER, b"1\r\n1,2,3,4\r\n" * 2000, ROWS)),
    "one-byte text": ("encoding", repeated(HEADER, b"1,s1000,\xe9\r\n" * 2000, ROWS)),
    "endless key": ("repeatedRow", repeated(HEADER, b"1" * 100_000 + b",s1000,x\r\n", 8 * MIB)),
}


@pytest.mark.parametrize("case", CASES)
def test_a_message_in_bounded_time_and_memory(case):
    rule, chunks = CASES[case]
    start = time.process_time()
    result, peak = run(chunks)
    assert rule in {finding.rule for finding in result.findings if finding.file_name == "Student.csv"}
    assert peak < 32 * MIB
    assert time.process_time() - start < 20
    assert all(len(finding.lines) <= 100 and len("".join(finding.values)) <= 400 for finding in result.findings)


def test_counts_are_exact_and_memory_flat_with_an_error_in_every_row():
    rows = b"".join(b"%d,nowhere,,31.2.2026\r\n" % i for i in range(20_000))
    result, peak = run(lambda: iter([b"SIS ID,School SIS ID,Username,Birthdate\r\n", rows]))
    found = {(f.rule, f.column): f.count for f in result.findings if f.file_name == "Student.csv"}
    assert found == {
        ("reference", "School SIS ID"): 20_000,
        ("missingValue", "Username"): 20_000,
        ("date", "Birthdate"): 20_000,
    }
    assert peak < 16 * MIB


def test_ids_that_are_nearly_the_same_are_looked_up_only_as_far_as_they_are_shown(monkeypatch):
    """A look for one of them may pass over all of them: of thousands that would be a square."""
    looked: list[int] = []
    line = Places.line
    monkeypatch.setattr(Places, "line", lambda self, number: looked.append(number) or line(self, number))
    small, capital = (b"".join(word % i + b",s1000,%d\r\n" % i for i in range(2000)) for word in (b"ab%d", b"AB%d"))
    result, peak = run(lambda: iter([HEADER, small, capital]))
    (found,) = (f for f in result.findings if (f.rule, f.column) == ("nearDuplicate", "SIS ID"))
    assert (found.count, found.lines[:2], found.others[:2]) == (2000, (2002, 2003), (2, 3))
    assert peak < 32 * MIB
    assert len(looked) < 1000


def test_a_source_that_fails_is_not_swallowed():
    def chunks() -> Iterator[bytes]:
        yield HEADER
        raise ConnectionResetError("gone")

    with pytest.raises(ConnectionResetError):
        run(chunks)


def test_progress_tells_every_byte():
    seen: dict[str, int] = {}
    result, _ = run(lambda: iter([HEADER, b"1,2,3\r\n"]), progress=lambda name, size: seen.update({name: size}))
    assert seen == {file.name: file.size for file in result.files}
