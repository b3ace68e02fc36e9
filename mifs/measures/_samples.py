"""Samples as the measures take them: columns, each discrete or continuous."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mifs._arrays import FloatArray, IntArray
from mifs._data.intake import read_columns
from mifs._data.kinds import discrete_mask
from mifs._data.table import Columns, Numbered
from mifs._data.weighing import read_weights


@dataclass(frozen=True)
class Sample:
    """A variable, of one column or several.

    Attributes
    ----------
    continuous : list of ndarray of shape (n,), float64
    discrete : list of ndarray of shape (n,), intp
        Dense codes.
    n_rows : int
    ordered : bool, default=False
        Whether it is one column of numbers, whose codes or bins are in their order.
    """

    continuous: list[FloatArray]
    discrete: list[IntArray]
    n_rows: int
    ordered: bool = False


def read_sample(values: object, discrete: Any, name: str) -> Sample:
    """Read a variable of shape (n,) or (n, d); its kinds are given or found.

    ``discrete`` is ``"auto"``, a bool, or a mask of d bools. ``"auto"``: booleans,
    strings, categories, and integers of at most ``max(2, min(50, n / 10))`` levels.

    Raises
    ------
    ValueError
        More than two dimensions, no rows, missing or infinite values, a mask of
        another length, a continuous column that holds no numbers.
    TypeError
        Columns that are neither numbers nor labels.
    """
    columns = read_columns(values, name, apart=True)
    refuse_gaps(columns, name)
    kinds = read_kinds(discrete, columns, name)
    return _sample(columns, range(columns.n_features), kinds)


def read_samples(**given: tuple[object, Any]) -> list[Sample]:
    """Read samples of ``name=(values, discrete)``, all with the same number of rows."""
    samples = [
        read_sample(values, kinds, name) for name, (values, kinds) in given.items()
    ]
    sizes = [sample.n_rows for sample in samples]
    if len(set(sizes)) > 1:
        raise ValueError(
            f"{', '.join(given)} have {sizes} rows; the numbers must be equal"
        )
    return samples


def read_variables(values: tuple[object, ...], discrete: Any) -> list[Sample]:
    """Read several variables; the columns of one matrix, if it is alone."""
    if not values:
        raise ValueError("no variable is given: pass one array at least")
    kinds = _each_kind(discrete, len(values))
    names = [f"variables[{place}]" for place in range(len(values))]
    given = zip(names, values, kinds, strict=True)
    if len(values) > 1:
        return read_samples(**{name: (value, kind) for name, value, kind in given})
    return read_dimensions(values[0], kinds[0], "variables")[1]


def read_dimensions(
    values: object, discrete: Any, name: str
) -> tuple[Sequence[Hashable], list[Sample]]:
    """Labels and samples of the columns of a matrix, each a variable of its own."""
    columns = read_columns(values, name, apart=True)
    refuse_gaps(columns, name)
    kinds = read_kinds(discrete, columns, name)
    samples = [_sample(columns, [j], kinds) for j in range(columns.n_features)]
    numbered = isinstance(columns.labels, Numbered) or columns.labels == [name]
    return list(range(len(samples))) if numbered else columns.labels, samples


def read_weight(sample_weight: object, n_rows: int) -> FloatArray | None:
    """Weights as float64, (n_rows,); None stays None."""
    return None if sample_weight is None else read_weights(sample_weight, n_rows)


def subject_of(columns: Columns, column: int, name: str) -> str:
    """How an error calls one of the columns of a variable."""
    if columns.n_features == 1:
        return name
    own = columns.labels[column]
    if isinstance(own, str) and own.startswith(f"{name}["):
        return own
    return f"column {own!r} of {name}"


def read_kinds(
    discrete: Any,
    columns: Columns,
    name: str,
    n_counted: NDArray[np.int64] | None = None,
) -> NDArray[np.bool_]:
    """Which columns are discrete, (d,), by what a user says of them.

    ``n_counted`` are the rows by which "auto" goes, of each column.

    Raises
    ------
    ValueError
        Neither "auto", a bool nor a mask of d bools; labels that are to be continuous.
    """
    mask = _as_mask(discrete, columns, name, n_counted)
    for column, counted in enumerate(mask.tolist()):
        if not counted and columns.labelled(column):
            held = columns.levels(column)[0]
            raise ValueError(
                f"{subject_of(columns, column, name)} is to be continuous but holds "
                f"{held!r}; pass it as discrete, or as numbers"
            )
    return mask


def _as_mask(
    discrete: Any, columns: Columns, name: str, n_counted: NDArray[np.int64] | None
) -> NDArray[np.bool_]:
    if isinstance(discrete, str) and discrete == "auto":
        return discrete_mask("auto", columns, n_counted)
    n_columns, argument = columns.n_features, _discrete_of(name)
    if isinstance(discrete, str):
        raise ValueError(
            f"{argument}={discrete!r} is neither 'auto', a bool nor a mask"
        )
    if isinstance(discrete, (bool, np.bool_)):
        return np.full(n_columns, bool(discrete))
    mask = np.asarray(discrete)
    if mask.dtype != np.bool_:
        raise ValueError(
            f"{argument}={discrete!r} must be 'auto', a bool, or a mask of "
            f"{n_columns} bools"
        )
    if mask.shape != (n_columns,):
        raise ValueError(
            f"{argument} is a mask of {mask.size} entries for {n_columns} columns of "
            f"{name}"
        )
    return mask


def _discrete_of(name: str) -> str:
    """Name the parameter that says which columns of a variable are discrete.

    Functions of ``*variables`` have one for all of them.
    """
    place = name.removeprefix("variables")
    return f"discrete_{name}" if place == name else f"discrete{place}"


def refuse_gaps(columns: Columns, name: str) -> None:
    """Refuse missing and infinite values.

    Raises
    ------
    ValueError
        With the column and the count.
    """
    if columns.has_missing:
        n_missing = columns.n_missing
        column = int(np.flatnonzero(n_missing)[0])
        subject = subject_of(columns, column, name)
        raise ValueError(
            f"{n_missing[column]} of {columns.n_rows} values of "
            f"{subject} are missing: drop these rows, or impute them"
        )
    refuse_infinite(columns, name)


def refuse_infinite(columns: Columns, name: str) -> None:
    """Refuse infinite values.

    Raises
    ------
    ValueError
        With the column and the count.
    """
    if columns.has_infinite:
        n_infinite = columns.n_infinite
        column = int(np.flatnonzero(n_infinite)[0])
        raise ValueError(
            f"{subject_of(columns, column, name)} has infinite values "
            f"({n_infinite[column]} of {columns.n_rows}): replace them or drop these "
            "rows"
        )


def _sample(
    columns: Columns, which: Sequence[int], discrete: NDArray[np.bool_]
) -> Sample:
    return Sample(
        [columns.numeric(j) for j in which if not discrete[j]],
        [columns.codes(j) for j in which if discrete[j]],
        columns.n_rows,
        len(which) == 1 and not columns.labelled(which[0]),
    )


def _each_kind(discrete: Any, n_variables: int) -> list[Any]:
    if n_variables == 1 or isinstance(discrete, (bool, np.bool_)):
        return [discrete] * n_variables
    if isinstance(discrete, str) and discrete == "auto":
        return [discrete] * n_variables
    if isinstance(discrete, str) or not np.iterable(discrete):
        raise ValueError(
            f"discrete={discrete!r} must be 'auto', a bool, or one entry for each of "
            f"the {n_variables} variables"
        )
    kinds = list(discrete)
    if len(kinds) != n_variables:
        raise ValueError(
            f"discrete has {len(kinds)} entries for {n_variables} variables; give one "
            "for each, or 'auto' or a bool for all"
        )
    return kinds
