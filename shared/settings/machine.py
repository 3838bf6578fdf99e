"""Which addresses are on this machine."""

import ipaddress
from urllib.parse import urlsplit


def is_loopback(host: str) -> bool:
    """Whether a host name or an IP literal means this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def on_this_machine(url: str) -> bool:
    """Whether a URL leads to this machine; one that can't be read doesn't."""
    try:
        return is_loopback(urlsplit(url).hostname or "")
    except ValueError:
        return False
