"""Which columns are discrete, and whether they can be used at all."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from mifs._data.blocks import Block
from mifs._data.labels import Labels
from mifs._data.table import Columns

MAX_LEVELS = 65_535


def decide_kinds(
    columns: Columns,
    discrete_features: object = "auto",
    n_counted: int | None = None,
    argument: str = "discrete_features",
) -> NDArray[np.bool_]:
    """Mask (n_features,) of the discrete columns; refuse what cannot be used.

    ``n_counted`` is the n of the rule that makes integers discrete, if some rows count
    more than once; ``argument`` is how a user calls ``discrete_features``.

    Raises
    ------
    ValueError
        Infinite values, a column without any value, more than 65 535 levels, unknown
        columns. Columns are named.
    """
    _check_values(columns)
    mask = discrete_mask(discrete_features, columns, n_counted, argument)
    _check_levels(columns, mask, argument)
    return mask


def discrete_mask(
    discrete_features: object,
    table: Columns,
    n_counted: NDArray[np.int64] | int | None = None,
    argument: str = "discrete_features",
) -> NDArray[np.bool_]:
    """Boolean mask (n_features,) of the discrete columns.

    ``"auto"``: booleans, strings, categories, and columns that hold only integers with
    at most ``max(2, min(50, n / 10))`` different ones. A bool is for all columns;
    otherwise a mask, indices or names.
    """
    if isinstance(discrete_features, str) and discrete_features == "auto":
        return _automatic(table, table.n_rows if n_counted is None else n_counted)
    if isinstance(discrete_features, (bool, np.bool_)):
        return np.full(table.n_features, bool(discrete_features)) | _labelled(table)
    chosen = Labels(table.labels).places(discrete_features, argument)
    mask = _labelled(table)
    mask[chosen] = True
    return mask


def _labelled(table: Columns) -> NDArray[np.bool_]:
    """Columns that are discrete by their dtype alone."""
    mask = np.zeros(table.n_features, dtype=np.bool_)
    for block in table.blocks:
        mask[block.columns] = block.categorical
    return mask


def _automatic(table: Columns, n_counted: NDArray[np.int64] | int) -> NDArray[np.bool_]:
    if table.n_features == 1:
        return np.array([_is_discrete(table.blocks[0], np.asarray(n_counted).item())])
    levels = table.n_levels
    present = levels - (table.n_missing > 0)
    few = present <= np.maximum(2, np.minimum(50, np.asarray(n_counted) / 10))
    mask: NDArray[np.bool_] = (levels >= 0) & few
    return mask | _labelled(table)


def _is_discrete(block: Block, n_counted: int) -> bool:
    """Whether a column by itself is discrete, without arrays of one entry."""
    if block.categorical:
        return True
    levels = int(block.n_levels[0])
    if levels < 0:
        return False
    return levels - bool(block.n_missing[0]) <= max(2, min(50, n_counted / 10))


def _check_values(table: Columns) -> None:
    infinite = table.n_infinite
    bad = np.flatnonzero(infinite).tolist()
    if len(bad):
        listing = _listed(f"{table.labels[j]!r} ({infinite[j]} of them)" for j in bad)
        raise ValueError(
            f"Input X contains infinity, in columns {listing}; replace infinite values "
            "by missing ones or by a bound, or drop the columns"
        )
    empty = np.flatnonzero(table.n_missing == table.n_rows).tolist()
    if len(empty):
        listing = _listed(repr(table.labels[j]) for j in empty)
        raise ValueError(
            f"Input X has no value at all, only missing ones, in columns {listing}; "
            "drop them"
        )


def _listed(words: Iterable[str]) -> str:
    """Join the first ten of some words, and say how many more there are."""
    every = list(words)
    more = f" and {len(every) - 10} more" if len(every) > 10 else ""
    return ", ".join(every[:10]) + more


def _check_levels(table: Columns, discrete: NDArray[np.bool_], argument: str) -> None:
    levels = table.n_levels.copy()
    if levels.min() >= 0 and levels.max() <= MAX_LEVELS:
        return
    missing = table.n_missing > 0
    for j in np.flatnonzero(discrete & (levels < 0)).tolist():
        levels[j] = len(table.levels(j)) + missing[j]
    many = np.flatnonzero(discrete & (levels > MAX_LEVELS)).tolist()
    if many:
        j = many[0]
        raise ValueError(
            f"column {table.labels[j]!r} is discrete and has {levels[j]} levels, more "
            f"than {MAX_LEVELS}: an id, perhaps; drop it, or declare it continuous by "
            f"{argument} if it is a number"
        )
