"""Errors of whole files and sets, one table line each."""

from tests.verification.cases_of_files import FILES
from tests.verification.cases_of_headers import HEADERS
from tests.verification.cases_of_sets import SETS

CASES = [*SETS, *FILES, *HEADERS]
