"""Columns that cannot tell anything: empty, constant, ids, too many levels."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import compress
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mifs._csv.columns import what_hides_numbers
from mifs._data.kinds import MAX_LEVELS
from mifs._data.reading import read
from mifs._problem.oddities import constant, count_levels, id_like

if TYPE_CHECKING:
    from mifs._cli._table_options import TableOptions

# So many values tell of nearly all columns that they are neither constant nor ids.
_HEAD = 100


def useless(features: pd.DataFrame, options: TableOptions) -> dict[str, list[str]]:
    """Names of the columns that cannot tell anything, by what is wrong with them.

    Text must be categories here. Columns of which an option says the kind are kept,
    unless no selector could read them.
    """
    columns = dict(features.items())  # once: to take a table apart is most of the work
    unreadable = {"empty": _empty(columns)}
    unreadable[f"more than {MAX_LEVELS} levels"] = [
        c for c, values in columns.items() if _level_count(values) > MAX_LEVELS
    ]
    refused = {c for found in unreadable.values() for c in found}
    kept = (*refused, *options.wanted)
    suspects = _suspects({c: v for c, v in columns.items() if c not in kept})
    odd = _odd_columns(features[suspects], options.decimal) if suspects else {}
    return {why: found for why, found in (unreadable | odd).items() if found}


def _empty(columns: Mapping[str, pd.Series]) -> list[str]:
    return [
        column
        for column, values in columns.items()
        if pd.isna(values.array[0]) and values.isna().all()
    ]


def _level_count(values: pd.Series) -> int:
    if values.dtype != "category":
        return 0
    return len(values.cat.categories) + bool(values.hasnans)


def _suspects(columns: Mapping[str, pd.Series]) -> list[str]:
    """Names of the columns that may be constant or like ids.

    Measured numbers, most of most tables, are none: all are looked at together.
    """
    floats = [c for c, values in columns.items() if values.dtype == np.float64]
    heads = np.array([columns[c].to_numpy()[:_HEAD] for c in floats])
    measured: set[str] = set()
    if floats:
        fractions = (heads != np.floor(heads)) & ~np.isnan(heads)
        differ = np.fmin.reduce(heads, axis=1) != np.fmax.reduce(heads, axis=1)
        measured = set(compress(floats, fractions.any(axis=1) & differ))
    return [c for c in columns if c not in measured and _is_suspect(columns[c])]


def _is_suspect(values: pd.Series) -> bool:
    """Whether a column may be constant or like ids; most cannot, by their first rows.

    Only whole numbers, all different, can be ids, unless there are so few of them that
    they count as levels.
    """
    if values.dtype == "category":
        n_levels = len(values.cat.categories)
        return n_levels == 1 or 2 * n_levels > values.count()
    head = np.asarray(values.array[:_HEAD])
    kind = head.dtype.kind
    if kind not in "iufb":  # whole numbers with gaps; dates, which no selector reads
        return values.dtype.kind in "iu"
    if kind == "f":
        head = head[~np.isnan(head)]
    if not len(head) or (head == head[0]).all():
        return True
    if kind == "b" or (kind == "f" and (head != np.floor(head)).any()):
        return False
    return len(set(head.tolist())) == len(head) or values.count() <= _HEAD


def _odd_columns(features: pd.DataFrame, decimal: str) -> dict[str, list[str]]:
    """Constant and id-like columns, by the selectors' own rules."""
    table = read(features, n_jobs=1)
    levels = count_levels(table)
    ids = list(features.columns[id_like(table, levels)])
    hidden = [c for c in ids if _hides_numbers(features[c], decimal)]
    return {
        "one value only": list(features.columns[constant(table, levels)]),
        "numbers taken as text, as said above": hidden,
        "like ids or row numbers": [c for c in ids if c not in hidden],
    }


def _hides_numbers(column: pd.Series, decimal: str) -> bool:
    if column.dtype != "category":
        return False
    return what_hides_numbers(column.astype(str).value_counts(), decimal) is not None
