"""Whether the service refused a start because of its own limit on starts.

At most five runs in twelve hours may be started (reference page of `industryDataRun: start`); what is answered to the
sixth isn't documented. So every refusal is a form of it whose code says so, or whose words are about runs and a limit.
A refusal that is only busy or throttled ("Too many requests") says nothing of runs.
"""

import re

REFUSALS = frozenset({400, 403, 409, 422, 429})

_CODES = frozenset({"quotalimitreached", "quotaexceeded", "runlimitreached", "runlimitexceeded", "toomanyruns"})
_RUNS = re.compile(r"\bruns?\b|\bindustryDataRuns?\b|Runs?(?=[A-Z]|\b)")
_LIMIT = re.compile(r"limit|quota|maximum|at most|too many|no more than|exceed|allowed (number|per)", re.IGNORECASE)


def tells_of_limit(code: str, words: str) -> bool:
    """Whether an error code, or the words beside it, tell of the limit on starts."""
    said = f"{code} {words}"[:2000]
    return code.lower() in _CODES or (_RUNS.search(said) is not None and _LIMIT.search(said) is not None)
