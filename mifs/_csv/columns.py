"""The columns of a CSV file: types that went wrong, the target, names not found."""

from __future__ import annotations

import difflib
import re
import warnings
from collections.abc import Sequence

import numpy as np
import pandas as pd

from mifs.exceptions import MifsWarning

# From here on neighbouring whole numbers become one float.
_FIRST_INEXACT = 2.0**53
_FIRST_TOO_LONG = 2.0**64
_WHOLE = re.compile(r"\s*[+-]?[0-9]+\s*$")


def checked_columns(frame: pd.DataFrame, decimal: str, name: str) -> pd.DataFrame:
    """Give the frame with whole numbers too long for 64 bits as floats.

    Warns where a column is text because of a few fields or of another decimal mark,
    and where floats cannot tell its whole numbers apart.
    """
    # By dtype first: a look at one column costs 0.1 ms, and tables have thousands.
    of_kind = {c: dtype.kind for c, dtype in frame.dtypes.items()}
    texts = [c for c, kind in of_kind.items() if kind == "O"]
    long = [c for c in texts if _is_long_integer(frame[c])]
    if long:
        frame = frame.astype(dict.fromkeys(long, np.float64))
    for column in texts:
        if column not in long:
            _warn_of_numbers_in_text(frame[column], decimal, name)
    numbers = frame[[c for c, kind in of_kind.items() if kind == "f"]]
    gaps = numbers.columns[numbers.isna().any().to_numpy()]
    for column in [*long, *(c for c in gaps if _was_integer(frame[c]))]:
        _warn_of_inexact_integers(column, name)
    return frame


def _is_long_integer(column: pd.Series) -> bool:
    """Tell whether all is whole numbers; pandas keeps those as objects, 2.x as text."""
    present = column.dropna()
    if present.empty or not _WHOLE.match(str(present.iloc[0])):
        return False
    return bool(present.astype(str).str.fullmatch(_WHOLE.pattern).all())


def _was_integer(column: pd.Series) -> bool:
    """Tell whether long whole numbers became floats for the sake of missing values."""
    values = column.dropna().to_numpy()
    largest = np.abs(values).max(initial=0)
    if not _FIRST_INEXACT <= largest < _FIRST_TOO_LONG:
        return False
    return bool((values == np.rint(values)).all())


def _warn_of_inexact_integers(column: str, name: str) -> None:
    warnings.warn(
        f"{name}: column {column!r} holds whole numbers beyond 2**53, read as floats, "
        "which are equal where only their last digits differ; if they are "
        "identifiers, leave it out (--exclude)",
        MifsWarning,
        stacklevel=4,
    )


def _warn_of_numbers_in_text(column: pd.Series, decimal: str, name: str) -> None:
    counts = column.value_counts()
    texts = counts.index.astype(str)
    other = "," if decimal == "." else "."
    for mark in (decimal, other):
        plain = texts.str.replace(mark, ".", regex=False)
        is_number = ~np.isnan(pd.to_numeric(plain, errors="coerce").to_numpy(float))
        share = counts.to_numpy()[is_number].sum() / max(counts.sum(), 1)
        if mark == decimal and is_number.all():
            return
        # Few numbers are levels as good as any text: "0", "1", "2", "3+".
        if is_number.sum() > 20 and share >= 0.5:
            remedy = (
                f"the decimal mark may be {mark!r} (--decimal {mark!r})"
                if mark == other
                else f"{texts[~is_number][0]!r} is not; if it stands for a missing "
                f"value, say so (--missing {texts[~is_number][0]!r})"
            )
            warnings.warn(
                f"{name}: column {column.name!r} is taken as text, yet "
                f"{share:.0%} of its values are numbers: {remedy}",
                MifsWarning,
                stacklevel=4,
            )
            return


def split_target(
    frame: pd.DataFrame, target: str, exclude: Sequence[str], name: str
) -> tuple[pd.DataFrame, pd.Series]:
    """Features and target of a frame.

    Parameters
    ----------
    frame : DataFrame of shape (n_rows, n_columns)
        The table.
    target : str
        Column that is the target.
    exclude : sequence of str
        Columns that are neither feature nor target.
    name : str
        File that the errors name.

    Returns
    -------
    DataFrame of shape (n_rows, n_features), Series of shape (n_rows,)
        The features and the target.

    Raises
    ------
    ValueError
        For a column that the frame has not, with those of near names, and where no
        feature is left.
    """
    for column in (target, *exclude):
        if column not in frame.columns:
            raise ValueError(_no_such_column(column, list(frame.columns), name))
    if target in exclude:
        raise ValueError(f"{name}: column {target!r} is both the target and excluded")
    features = frame.drop(columns=[target, *exclude])
    if features.shape[1] == 0:
        raise ValueError(
            f"{name} has no feature: no column is left beside the target {target!r}"
        )
    return features, frame[target]


def _no_such_column(column: str, columns: list[str], name: str) -> str:
    folded = [c.strip().casefold() for c in columns]
    near = difflib.get_close_matches(column.strip().casefold(), folded, n=5)
    if near:
        alike = [c for c, fold in zip(columns, folded, strict=True) if fold in near]
        listed = "near names: " + ", ".join(map(repr, alike))
    else:
        shown = ", ".join(map(repr, columns[:10]))
        more = len(columns) - 10
        listed = f"its columns: {shown}" + (f" and {more} more" if more > 0 else "")
    return f"{name} has no column {column!r}; {listed}"
