"""What the columns of a scan are, and which of its rows are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from mifs._arrays import BoolArray
from mifs._csv.columns import no_such_column
from mifs._data.series import as_array
from mifs._data.values import Column
from mifs._data.weighing import no_weight
from mifs._scan.csv_batches import FLAGS


@dataclass(frozen=True)
class Roles:
    """What the columns of a scan are.

    Attributes
    ----------
    features, targets : list of str
    weights : str or None
    drop_missing_target, infinite_as_missing : bool
    """

    features: list[str]
    targets: list[str]
    weights: str | None = None
    drop_missing_target: bool = False
    infinite_as_missing: bool = False

    @property
    def all(self) -> list[str]:
        """Every column that is read."""
        extra = [] if self.weights is None else [self.weights]
        return [*self.features, *self.targets, *extra]


def roles_of(
    names: list[str],
    target: str | Sequence[str],
    columns: Sequence[str] | None,
    exclude: Sequence[str],
    weights: str | None,
    drop_missing_target: bool,
    infinite_as_missing: bool = False,
) -> Roles:
    """Tell what the columns of a table are.

    Raises
    ------
    ValueError
        Columns that the table does not have, or no feature.
    """
    if not isinstance(target, Iterable):
        raise TypeError(f"target={target!r} is no name of a column, nor a list of such")
    targets = [target] if isinstance(target, str) else list(target)
    for given in (exclude, columns or ()):
        if isinstance(given, str):
            raise TypeError(f"{given!r} is one name; give a list of names")
    others = [*exclude, *targets, *([] if weights is None else [weights])]
    check_names((*others, *(columns or ())), names)
    if twice := sorted({column for column in others if others.count(column) > 1}):
        raise ValueError(
            f"column {twice[0]!r} is more than one of the target, the weights and what "
            "is excluded"
        )
    known, left = set(others), set(names if columns is None else columns)
    features = [name for name in names if name in left and name not in known]
    if not features or not targets:
        lack = "feature: no column is left beside the target" if targets else "target"
        raise ValueError(f"the table has no {lack}")
    said = drop_missing_target, infinite_as_missing
    return Roles(features, targets, weights, *said)


def check_names(columns: Iterable[str], names: list[str]) -> None:
    """Refuse columns that the table does not have.

    Raises
    ------
    ValueError
        With those of near names.
    """
    for column in columns:
        if column not in names:
            raise ValueError(f"the table {no_such_column(column, names)}")


class Kept:
    """Which rows are kept: those with a target, and of a weight beyond 0."""

    def __init__(self, roles: Roles, names: list[str]) -> None:
        self._roles = roles
        self._targets = [names.index(target) for target in roles.targets]
        self._weights = None if roles.weights is None else names.index(roles.weights)
        self.n_missing, self._n_rows, self._n_present = 0, 0, 0

    def rows(self, n_rows: int, read: Callable[[int], Column]) -> BoolArray:
        """Mask of the rows of a batch that are kept; ``read`` gives its columns."""
        kept = np.ones(n_rows, np.bool_)
        self._n_rows += n_rows
        if self._weights is not None:  # a row of weight 0 is not there
            kept &= ~_zero(read(self._weights))
        n_present = int(np.count_nonzero(kept))
        for target in self._targets:
            kept &= ~_missing(read(target), self._roles.infinite_as_missing)
        self.n_missing += n_present - int(np.count_nonzero(kept))
        self._n_present += n_present
        return kept

    @property
    def counts(self) -> tuple[int, int, int]:
        """Rows that were seen, those of a weight, and those of them without target."""
        return self._n_rows, self._n_present, self.n_missing

    def add(self, counts: Sequence[tuple[int, int, int]]) -> None:
        """Add what others have seen."""
        for n_rows, n_present, n_missing in counts:
            self._n_rows += n_rows
            self._n_present += n_present
            self.n_missing += n_missing

    def check(self) -> None:
        """Refuse missing targets unless they are to be left out, and some remain."""
        names, n_present = ", ".join(map(repr, self._roles.targets)), self._n_present
        fact = f"the target {names} is missing in {self.n_missing} of {n_present} rows"
        if not self._n_rows:
            raise ValueError("the table has no rows; nothing can be learnt")
        if not n_present:
            raise ValueError(no_weight(self._roles.weights))
        if self.n_missing == n_present:
            raise ValueError(f"Input y contains NaN: {fact}: nothing can be learnt")
        if self.n_missing and not self._roles.drop_missing_target:
            raise ValueError(
                f"Input y contains NaN: {fact}, and rows without a target cannot be "
                "used; leave them out by drop_missing_target=True"
            )


def _zero(column: Column) -> BoolArray:
    """Mask of the weights that are 0, or false; others than numbers are refused later.

    Booleans of a CSV file are texts as long as other texts may follow.
    """
    values, kind = column
    if kind == "labels":
        codes, labels = values
        false = [FLAGS.get(label, True) is False for label in labels]
        zero: BoolArray = np.append(np.array(false, np.bool_), False)[codes]
        return zero
    if kind == "gapped":
        return np.zeros(len(values[0]), np.bool_)
    return np.asarray(as_array(values) == 0)


def _missing(column: Column, infinite: bool) -> BoolArray:
    """Mask of the missing values of a column, the infinite ones among them or not."""
    values, kind = column
    if kind == "labels":
        return np.asarray(values[0]) < 0
    if kind == "gapped":
        return np.asarray(values[1])
    array = as_array(values)
    if kind != "f":
        return np.zeros(len(array), np.bool_)
    return ~np.isfinite(array) if infinite else np.isnan(array)
