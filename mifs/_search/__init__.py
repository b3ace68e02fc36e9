"""Forward search: terms and a criterion in, a path out.

Nothing here knows where the terms come from. `search` runs the procedure that a
criterion's record names; all of them leave the same `Path`.
"""

from mifs._search._cache import PAIRS, TermCache
from mifs._search._coverage import INFOMAX, cover
from mifs._search._greedy import Constraints, Start, search
from mifs._search._path import Path, Step
from mifs._search._pool import spread, term_pool, worker_pool
from mifs._search._stopping import StopAfter, StoppingRule
from mifs._search._tiers import Gate
from mifs._search._together import Gates, elementwise, search_rows

__all__ = [
    "INFOMAX",
    "PAIRS",
    "Constraints",
    "Gate",
    "Gates",
    "Path",
    "Start",
    "Step",
    "StopAfter",
    "StoppingRule",
    "TermCache",
    "cover",
    "elementwise",
    "search",
    "search_rows",
    "spread",
    "term_pool",
    "worker_pool",
]
