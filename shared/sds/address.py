"""Addresses that hold a secret: where files are uploaded to."""

import ipaddress
from urllib.parse import quote

import httpx


class SecretUrl:
    """An upload address with its SAS. Shows no query: not in repr, not in str."""

    def __init__(self, url: httpx.URL) -> None:
        self._url = url

    @classmethod
    def read(cls, text: str) -> "SecretUrl | None":
        """None unless it is https (http on this machine only), has a query, and no user before the host."""
        try:
            url = httpx.URL(text)
        except (httpx.InvalidURL, ValueError, UnicodeError):
            return None
        if not url.host or url.userinfo or not url.query or "/.." in url.path:
            return None
        if url.scheme != "https" and not (url.scheme == "http" and is_loopback(url.host)):
            return None
        return cls(url.copy_with(fragment=None))

    @property
    def path(self) -> str:
        return self._url.path.rstrip("/")

    def file(self, name: str, path: str | None = None, query: str = "") -> httpx.URL:
        """The address of a file below `path` (default: the address's own), with the SAS and then `query`."""
        folder = quote(path, safe="/") if path is not None else _raw_path(self._url)
        asked = self._url.query + (f"&{query}".encode() if query else b"")
        return self._url.copy_with(raw_path=f"{folder}/{quote(name, safe='')}?".encode() + asked)

    def on_data_lake(self) -> "SecretUrl":
        """The same account's Data Lake endpoint: its Blob endpoint has neither append nor flush."""
        account, dot, rest = self._url.host.partition(".blob.")
        return SecretUrl(self._url.copy_with(host=f"{account}.dfs.{rest}")) if dot else self

    def __repr__(self) -> str:
        return f"SecretUrl({self._url.scheme}://{self._url.host}{self._url.path}, query kept back)"


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _raw_path(url: httpx.URL) -> str:
    return url.raw_path.decode("ascii").partition("?")[0].rstrip("/")
