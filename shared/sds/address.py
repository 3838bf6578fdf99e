"""Addresses that a service gives: one strict reader for all of them, and where uploads may go.

What can't be read is None, never an exception. A host is plain ASCII, as Graph and its storage have it, so nothing is
turned into another name here; and a path leads where it seems to: no dot segments, no backslashes, encoded or not.
"""

import ipaddress
import re
from typing import NamedTuple
from urllib.parse import quote, unquote, urljoin, urlsplit

LONGEST = 8192
"""Characters of an address: a link's token may be long."""

_PORTS = {"https": 443, "http": 80}
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"{_LABEL}(\.{_LABEL})*", re.IGNORECASE)
_SAFE = "!$&'()*+,;=:@/~%[]"
_SEGMENT = re.compile(r"(?!\.{1,2}$)[\w.~'()= -]{1,200}", re.ASCII)


class Address:
    """An absolute http or https address. Neither repr nor str shows its query: that of an upload is a key."""

    __slots__ = ("host", "path", "port", "query", "scheme")

    def __init__(self, scheme: str, host: str, port: int, path: str, query: str) -> None:
        self.scheme = scheme
        self.host = host
        """Lower-case; an IPv6 address without its brackets."""
        self.port = port
        self.path = path
        """As it is sent: ASCII, percent-encoded; starts with a slash."""
        self.query = query

    @classmethod
    def read(cls, text: str) -> "Address | None":
        """None unless it is http or https and leads where it seems to."""
        if len(text) > LONGEST or _CONTROL.search(text) or "\\" in text:
            return None
        try:
            parts = urlsplit(text)
            host, port = parts.hostname or "", parts.port
            path, query = quote(parts.path, safe=_SAFE) or "/", quote(parts.query, safe=_SAFE + "?")
        except ValueError:  # half a surrogate pair, too
            return None
        if parts.scheme not in _PORTS or "@" in parts.netloc or port == 0:
            return None
        if not _is_host(host, in_brackets="[" in parts.netloc):
            return None
        if not _is_straight(path):
            return None
        return cls(parts.scheme, host, port or _PORTS[parts.scheme], path, query)

    @property
    def origin(self) -> tuple[str, str, int]:
        return self.scheme, self.host, self.port

    @property
    def authority(self) -> str:
        """Host and port, as they stand in a Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def base(self) -> str:
        return f"{self.scheme}://{self.authority}"

    @property
    def target(self) -> bytes:
        """What stands in the request line."""
        return f"{self.path}?{self.query}".encode() if self.query else self.path.encode()

    @property
    def folder(self) -> str:
        """The path in plain characters, without a slash at its end."""
        return unquote(self.path).rstrip("/")

    def joined(self, link: str) -> "Address | None":
        """The address that `link` names on a page with this address."""
        try:
            return Address.read(urljoin(f"{self.base}{self.path}", link))
        except ValueError:
            return None

    def file(self, name: str, folder: str | None = None, query: str = "") -> "Address":
        """The address of a file below `folder` (default: the address's own), with this query and then `query`."""
        path = self.path.rstrip("/") if folder is None else quote(folder, safe="/")
        asked = "&".join(filter(None, (self.query, query)))
        return Address(self.scheme, self.host, self.port, f"{path}/{quote(name, safe='')}", asked)

    def on_data_lake(self) -> "Address":
        """The same account's Data Lake endpoint: its Blob endpoint has neither append nor flush."""
        account, dot, rest = self.host.partition(".blob.")
        host = f"{account}.dfs.{rest}" if dot else self.host
        return Address(self.scheme, host, self.port, self.path, self.query)

    def __repr__(self) -> str:
        return f"Address({self.base}{self.path}, query kept back)"


class UploadPlaces(NamedTuple):
    """Where files may be uploaded to.

    `hosts` are suffixes of Azure storage's names, by https and its own port. `loopback` is for a Graph that is on this
    machine itself, a stand-in: then this machine is a place as well, by http and any port.
    """

    hosts: tuple[str, ...] = ("core.windows.net",)
    loopback: bool = False

    def read(self, text: str) -> Address | None:
        """The upload address; None if it leads elsewhere or has no SAS."""
        address = Address.read(text)
        if address is None or not address.query:
            return None
        if self.loopback and is_loopback(address.host):
            return address
        storage = any(address.host.endswith(f".{suffix.strip('.').lower()}") for suffix in self.hosts)
        return address if storage and address.scheme == "https" and address.port == _PORTS["https"] else None


def segment(value: str | None) -> str | None:
    """An id of the service, if it is one that can stand in a path and name nothing but itself."""
    return value if value is not None and _SEGMENT.fullmatch(value) else None


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _is_host(host: str, *, in_brackets: bool) -> bool:
    if not in_brackets:
        return len(host) < 254 and _HOST.fullmatch(host) is not None
    try:
        return ipaddress.IPv6Address(host).scope_id is None
    except ValueError:
        return False


def _is_straight(path: str) -> bool:
    """Whether no segment, however often it is encoded, is a step up, holds a slash, or acts on a terminal."""
    plain = path
    for _ in range(4):
        if any(part in (".", "..") for part in plain.split("/")) or "\\" in plain or _CONTROL.search(plain):
            return False
        if "%2f" in plain.lower():
            return False
        decoded = unquote(plain)
        if decoded == plain:
            return True
        plain = decoded
    return False
