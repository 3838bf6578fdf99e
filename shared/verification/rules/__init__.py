"""The rules as tables: what each is called, how bad it is, how sure that is, what it says.

Whatever belongs to a rule is found by its name: its line here, who finds it in the modules around this one, its row in
docs/verification.md, and what plants it in the tests. The first sentence of a rule that the classic service has too
follows its wording (learn.microsoft.com/graph/api/educationsynchronizationprofile-start), with its `{n} row(s)`; ours
then gives the place and what to do.
"""

from ..model import Scope
from .of_cells import CELLS
from .of_files import FILES
from .of_rows import ROWS
from .of_sets import SETS
from .rule import Rule, Sure

RULES = {rule.id: rule for rule in (*SETS, *FILES, *ROWS, *CELLS)}
_SCOPES: dict[Scope, tuple[Rule, ...]] = {"set": SETS, "file": FILES, "row": (*ROWS, *CELLS)}
SCOPES: dict[str, Scope] = {rule.id: scope for scope, rules in _SCOPES.items() for rule in rules}
"""What each rule is about."""

__all__ = ["RULES", "SCOPES", "Rule", "Sure"]
