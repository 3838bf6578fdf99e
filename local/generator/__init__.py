"""Sample drops of any size, the same for the same seed: invented people in valid SDS files."""

from .plan import Plan
from .spoil import SPOILS, Spoil
from .tables import Table
from .v1 import v1_tables
from .v21 import v21_tables

__all__ = ["SPOILS", "Plan", "Spoil", "Table", "v1_tables", "v21_tables"]
