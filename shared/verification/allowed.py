"""Values that a tenant has added to the lists of School Data Sync: the setting SDS_ALLOWED_VALUES."""

from ..formats.values import LISTS


def parse_allowed(text: str) -> dict[str, frozenset[str]]:
    """Parse `grade=13a|13b;orgRole=mentor` into lower-case values by list.

    Raises ValueError with one line that names the setting.
    """
    known = {values.id.lower(): values.id for values in LISTS}
    allowed: dict[str, frozenset[str]] = {}
    for entry in filter(None, (part.strip() for part in text.split(";"))):
        name, equals, values = entry.partition("=")
        id_ = known.get(name.strip().lower())
        if not equals or id_ is None:
            raise ValueError(
                f"SDS_ALLOWED_VALUES holds {entry!r}; an entry must be list=value|value, the list one of: "
                + ", ".join(known.values())
            )
        added = frozenset(value.strip().lower() for value in values.split("|")) - {""}
        allowed[id_] = allowed.get(id_, frozenset()) | added
    return allowed
