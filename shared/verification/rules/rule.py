"""What a rule is: what it is called, how bad it is, how sure that is, what it says."""

from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from ..model import Service, Type

Sure = Literal["documented", "seen in public reports", "our judgement"]
"""In a page of Microsoft's or a standard, reported of real exports, or neither."""
DOCUMENTED: Final = "documented"
SEEN: Final = "seen in public reports"
JUDGED: Final = "our judgement"


class Rule(msgspec.Struct, frozen=True):
    """One rule. Its words may hold {n}, {column}, {shape}, and what the finder passes as `detail`."""

    id: str
    type: Type
    """Where a value is required, and for whole files and rows."""
    sure: Sure
    says: str
    advice: str = ""
    of_shape: Mapping[str, str] = {}
    """The advice where it is known what about the values is wrong, by the shape; `*`: whichever it is."""
    optional: Type | None = None
    """Where the value is optional; None: as `type`."""
    industry: Type | None = None
    """For the industry data service, if it does something else with the row; None: as `type`."""

    def severity(self, service: Service, need: Literal["required", "optional"]) -> Type:
        """How bad it is: an error makes the service refuse the set or drop the record, a warning the value."""
        if need == "optional" and self.optional:
            return self.optional
        return self.industry or self.type if service == "industryData" else self.type
