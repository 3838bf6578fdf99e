"""Names of blobs that Azure doesn't take. The emulator does, and then fails at every listing with some of them in it.

The address is refused before any storage sees it, by a page of the web server's own, without a storage error code
(Azure/azure-cli#24623, Azure/azure-sdk-for-js#20320).
"""

from unicodedata import category

STATUS = 400
PAGE = b"<html><head><title>Bad Request</title></head><body>HTTP Error 400. The request URL is invalid.</body></html>"


def is_refused(name: str) -> bool:
    """Whether a request for this name is refused, whatever it asks for."""
    return any(map(_is_refused, name))


def _is_refused(character: str) -> bool:
    """Control characters and what is no Unicode character.

    learn.microsoft.com, "Naming and referencing containers, blobs, and metadata", has 0x00 to 0x1F, U+0081 "etc." and
    "code points like U+E000"; U+FFFD, which stands for bytes that are no text, is azure-cli's report above. DEL is in
    neither.
    """
    code = ord(character)
    no_character = 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE
    return code < 0x20 or 0x80 <= code <= 0x9F or code == 0xFFFD or no_character or category(character) in ("Co", "Cs")
