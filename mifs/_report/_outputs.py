"""The outputs of a target, each as a variable."""

from __future__ import annotations

from collections.abc import Sequence

from mifs._data.encoded import EncodedTable
from mifs._data.encoded_target import encode_target
from mifs._data.table import Table, Target
from mifs.plotting._two_variables import Variable, target_of


def outputs_of(
    table: Table, encoded: EncodedTable, names: Sequence[str]
) -> list[Variable]:
    """Return the target as it is encoded, and further outputs.

    ``names`` are those of the columns of y, which are joined where one target is made
    of several.
    """
    several = len(names) == 1 + len(table.further)
    own = list(names) if several else [", ".join(names)]
    return [target_of(table, encoded, own[0]), *map(_further, table.further, own[1:])]


def _further(target: Target, name: str) -> Variable:
    """Return an output that is told of, and not drawn: its bins are of no account."""
    own = encode_target(target, 2)
    values = None if target.discrete else target.values
    return Variable(name, own.codes, list(own.names()), values, own.edges)
