"""What chance can do: tests of the independence of one table, or of tables in strata.

Margins are fixed within each stratum, so that a test is a function of counts alone.
"""

from mifs._chance.draws import at_least, p_of_draws
from mifs._chance.level import MOST_CELLS, NO_STRATA, LevelTest
from mifs._chance.many import MANY
from mifs._chance.strata import numbers_of_strata
from mifs._chance.table import (
    Memory,
    TableTest,
    chi_squared_test,
    permutation_test,
    table_test,
)

__all__ = [
    "MANY",
    "MOST_CELLS",
    "NO_STRATA",
    "LevelTest",
    "Memory",
    "TableTest",
    "at_least",
    "chi_squared_test",
    "numbers_of_strata",
    "p_of_draws",
    "permutation_test",
    "table_test",
]
