"""What is done to the files of a clean set to spoil them."""

from collections.abc import Callable

from tests.verification.sets import encoded

Data = dict[str, bytes]


def without(*names: str) -> Callable[[Data], Data]:
    return lambda data: {name: text for name, text in data.items() if name not in names}


def replaced(name: str, text: bytes | Callable[[bytes], bytes]) -> Callable[[Data], Data]:
    return lambda data: data | {name: text(data[name]) if callable(text) else text}


def renamed(old: str, new: str) -> Callable[[Data], Data]:
    return lambda data: {new if name == old else name: text for name, text in data.items()}


def header(name: str, old: str, new: str) -> Callable[[Data], Data]:
    """A change of the first line."""

    def changed(text: bytes) -> bytes:
        line, end, rest = text.partition(b"\r\n")
        assert old.encode() in line
        return line.replace(old.encode(), new.encode(), 1) + end + rest

    return replaced(name, changed)


def first_line(name: str, change: Callable[[bytes], bytes]) -> Callable[[Data], Data]:
    """Another change of the first line."""

    def changed(text: bytes) -> bytes:
        line, end, rest = text.partition(b"\r\n")
        return change(line) + end + rest

    return replaced(name, changed)


def only(*names: str) -> Callable[[Data], Data]:
    return lambda data: {name: data[name] for name in names}


def delimited(by: str) -> Callable[[bytes], bytes]:
    return lambda text: text.replace(b",", by.encode())


def many(text: bytes) -> bytes:
    line, end, _ = text.partition(b"\r\n")
    return line + end + b"".join(b"z%d,Zone\r\n" % i for i in range(500_003))


def few_columns(name: str, *columns: str) -> Callable[[Data], Data]:
    """A file cut down to some columns."""

    def cut(text: bytes) -> bytes:
        rows = [line.split(",") for line in text.decode().splitlines()]
        keep = [rows[0].index(column) for column in columns]
        return encoded([[row[i] for i in keep] for row in rows])

    return replaced(name, cut)


def both(*changes: Callable[[Data], Data]) -> Callable[[Data], Data]:
    def changed(data: Data) -> Data:
        for change in changes:
            data = change(data)
        return data

    return changed


def uk(data: Data) -> Data:
    return header("School.csv", "SIS ID", "DfE Number")(data)


def circle(text: bytes) -> bytes:
    """The 2nd and the 3rd organisation are each other's parents, the 5th is its own."""
    lines = text.split(b"\r\n")
    lines[2] += b"o1002"
    lines[3] += b"o1001"
    lines[5] += b"o1004"
    return b"\r\n".join(lines)


CLASS = ("sourcedId", "orgSourcedId", "title")


def no_email(text: bytes) -> bytes:
    return text.replace(b",u1003@school.example,", b",,")


def marked(name: str, mark: bytes) -> Callable[[Data], Data]:
    """Every cell of the file's rows has a mark on both sides."""

    def changed(text: bytes) -> bytes:
        head, *rows = text.split(b"\r\n")
        rows = [b",".join(mark + cell + mark for cell in row.split(b",")) for row in rows[:-1]]
        return b"\r\n".join([head, *rows, b""])

    return replaced(name, changed)
