"""The policies of missing values that estimators know."""

from __future__ import annotations

import numpy as np

from mifs._data.table import Table

CATEGORY = "category"


def check_missing(missing: object, allowed: tuple[str, ...], name: str) -> None:
    """Refuse an unknown policy.

    Raises
    ------
    ValueError
        With those that the estimator knows.
    """
    if missing not in allowed:
        known = " or ".join(repr(policy) for policy in allowed)
        hint = "; only PlugIn takes missing for a level" if missing == CATEGORY else ""
        text = f"missing={missing!r} is unknown to {name}; it knows {known}{hint}"
        raise ValueError(text)


def refuse_missing(table: Table, what: str, remedy: str) -> None:
    """Refuse a table with missing values.

    Raises
    ------
    ValueError
        The columns are named.
    """
    missing = np.flatnonzero(table.n_missing)
    if not len(missing):
        return
    names = ", ".join(repr(table.labels[j]) for j in missing[:10])
    more = f" and {len(missing) - 10} more" if len(missing) > 10 else ""
    raise ValueError(
        f"{what} (NaN, None, NA); {len(missing)} columns have some: {names}{more}; "
        f"{remedy}"
    )
