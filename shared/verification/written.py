"""How ids are written, blanks included: the service stores and compares them as received.

Source: learn.microsoft.com/schooldatasync/validation-rules-and-descriptions. Everywhere else values are compared
without the blanks around them, so that one cause has one message.
"""

from collections.abc import Mapping, Set

MOST = 200_000
"""Ids of a column with blanks around them that are remembered; if there are more, none is."""


class Written:
    """The keys of a column that have blanks around them."""

    def __init__(self) -> None:
        self.odd: dict[bytes, bytes] = {}
        """How each is written, by what it is without blanks."""
        self._both: set[bytes] = set()  # those that are written in more than one way
        self._full = False

    def note(self, written: Mapping[bytes, bytes], plain: Set[bytes]) -> None:
        """Remember some of a batch; `plain` are values that are keys as they are."""
        for value, as_it_is in () if self._full else written.items():
            if value in plain or self.odd.get(value, as_it_is) != as_it_is:
                self._both.add(value)
                self.odd.pop(value, None)
            elif value not in self._both:
                self.odd[value] = as_it_is
        if len(self.odd) > MOST:
            self.odd, self._both, self._full = {}, set(), True

    def differs(self, value: bytes, written: bytes) -> bool:
        """A key that comes again was written in another way before."""
        if self.odd.get(value, written) != written:
            self._both.add(value)
            del self.odd[value]
        return value in self._both

    def is_key(self, value: bytes, written: bytes) -> bool:
        """A value that is a key without its blanks is one with them."""
        return self._full or value in self._both or self.odd.get(value, value) == written
