"""Mutual information of all pairs of columns."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeAlias, cast

import numpy as np
import pandas as pd

from mifs._arrays import FloatArray, IntArray
from mifs._data.containers import check_names, shape_of, take, unwrap
from mifs._data.intake import read_columns
from mifs._data.parallel import run
from mifs._data.reading import of_columns
from mifs._data.table import Numbered, Table, Target
from mifs._data.weights import Weights, to_units
from mifs._terms import CONDITIONAL_REDUNDANCY, REDUNDANCY
from mifs.estimators import Estimator, resolve
from mifs.estimators._base import CountingEstimator
from mifs.estimators.plugin.codes import entropy_of
from mifs.measures._estimates import (
    Direct,
    choose,
    counted,
    counts,
    information,
    rows_that_count,
    taken,
)
from mifs.measures._normalized import MEANS
from mifs.measures._samples import Sample, read_sample, read_weight
from mifs.probability._tables import check_base

# I(X;X|Z) of a column, and I(X;X_j|Z) with others.
Row: TypeAlias = Callable[[int, IntArray], tuple[float, FloatArray]]

# Entropies below it are those of constants, up to rounding.
_NOTHING = 1e-12


def pairwise_mutual_information(
    X: Any,
    *,
    estimator: Any = "plugin",
    discrete: Any = "auto",
    base: float = math.e,
    n_jobs: int | None = None,
    given: Any = None,
    discrete_given: Any = "auto",
    normalized: str | None = None,
    sample_weight: Any = None,
) -> FloatArray | pd.DataFrame:
    r"""Mutual information of every pair of columns, I(X_i;X_j) or I(X_i;X_j|Z).

    The redundancy terms of the selectors, one row of the matrix at a time: besides the
    matrix, memory is that of the encoded table.

    Parameters
    ----------
    X : {array-like, DataFrame} of shape (n_samples, n_features)
        Numbers, booleans, strings or categories; missing values are a level of their
        own for ``"plugin"``, and an error for others.
    estimator : str or estimator object, default="plugin"
        As ``mi_estimator`` of the selectors: one for the whole matrix.
    discrete : {"auto"}, bool, mask, indices or names, default="auto"
        As ``discrete_features`` of the selectors.
    base : float, default=math.e
        Base of the logarithm: 2 for bits, e for nats, 10 for bans.
    n_jobs : int, default=None
        As in joblib, over rows of the matrix.
    given : array-like of shape (n_samples,) or (n_samples, d), default=None
        Z, to condition on.
    discrete_given : {"auto"}, bool or array-like of d bools, default="auto"
        Which columns of ``given`` are discrete, as in `entropy`.
    normalized : {"arithmetic", "geometric", "min", "max"}, default=None
        Divide by this mean of the two entropies, H(X_i) and H(X_j), or H(X_i|Z) and
        H(X_j|Z), as `normalized_mutual_information`: a share from 0 to 1 (with Z, of
        what it leaves), without unit. Of discrete or binned columns only.
    sample_weight : array-like of shape (n_samples,), default=None
        How often each row counts, as in the selectors.

    Returns
    -------
    ndarray or DataFrame of shape (n_features, n_features), float64
        A DataFrame with the labels of the columns on both axes if X is a frame.
        Symmetric, in units of ``log(base)``, never clipped. The diagonal is I(X;X) or
        I(X;X|Z): the (conditional) entropy of a discrete or binned column, +∞ for a
        continuous one (0 if it is constant).

    Raises
    ------
    ValueError
        Infinite values, unknown columns, estimator or ``normalized``, wrong ``base``
        or weights; fewer than two rows; two columns of one name.
    TypeError
        Columns that are neither numbers nor labels, an estimator that is none;
        ``normalized`` where a column is not counted.

    Notes
    -----
    Columns are measured one against one: an estimate can differ from
    `mutual_information` of the two columns where that counts continuous columns in
    other bins (``PlugIn(edges=…)``).

    References
    ----------
    T. M. Cover, J. A. Thomas, *Elements of Information Theory*, 2006, eq. 2.28.

    Examples
    --------
    >>> from mifs.measures import pairwise_mutual_information
    >>> X = [[0, 0, 0], [0, 0, 1], [1, 1, 0], [1, 1, 1]]
    >>> pairwise_mutual_information(X, base=2)
    array([[1., 1., 0.],
           [1., 1., 0.],
           [0., 0., 1.]])
    >>> pairwise_mutual_information(X, normalized="arithmetic", given=[0, 1, 0, 1])
    array([[1., 1., 0.],
           [1., 1., 0.],
           [0., 0., 1.]])
    """
    unit = check_base(base)
    if normalized is not None and normalized not in MEANS:
        raise ValueError(
            f"normalized={normalized!r} is unknown; pass one of {', '.join(MEANS)}"
        )
    chosen = resolve(estimator, "estimator")
    if counts(chosen):
        counting = cast(CountingEstimator, chosen)
        counting.check()
        # What its own parameter says is for selectors, as in all measures.
        chosen = counting.uncorrected()
    known = None if given is None else read_sample(given, discrete_given, "given")
    table, known = _read(X, discrete, chosen, known, sample_weight, n_jobs)
    pairs = _Pairs(chosen, table, known)
    matrix = pairs.matrix(n_jobs)
    matrix = matrix / unit if normalized is None else _shares(matrix, normalized)
    if isinstance(table.labels, Numbered):
        return matrix
    index = pd.Index(table.labels)
    return pd.DataFrame(matrix, index=index, columns=index)


@dataclass(frozen=True)
class _Pairs:
    """Pairs of the columns of a table, whose target is Z.

    Attributes
    ----------
    estimator : Estimator
    table : Table
    given : Sample or None
        Z; None: nothing is known.
    """

    estimator: Estimator
    table: Table
    given: Sample | None

    def matrix(self, n_jobs: int | None) -> FloatArray:
        """I(X_i;X_j|Z) in nats, (p, p)."""
        p = self.table.n_features
        row = self._by_samples() if self._beyond_tables else self._by_terms(n_jobs)
        matrix = np.empty((p, p))

        def fill(column: int) -> None:
            others = np.arange(column + 1, p)
            matrix[column, column], found = row(column, others)
            matrix[column, others] = matrix[others, column] = found

        for _ in run(fill, ((column,) for column in range(p)), n_jobs):
            pass
        return matrix

    @property
    def _beyond_tables(self) -> bool:
        """Whether Z is no single target: several columns that are not counted."""
        if self.given is None or counts(self.estimator) or not self.given.continuous:
            return False
        return len(self.given.continuous) + len(self.given.discrete) > 1

    def _by_terms(self, n_jobs: int | None) -> Row:
        """Give what computes a row: the terms of the selectors, all columns at once."""
        terms = self.estimator.prepare(self._with_target(), n_jobs=n_jobs)
        wanted = REDUNDANCY if self.given is None else CONDITIONAL_REDUNDANCY

        def row(column: int, others: IntArray) -> tuple[float, FloatArray]:
            shared = 0.0 if self.given is None else float(terms.relevance[column])
            found = np.empty(0)
            if len(others):
                found = terms.pairwise(column, others, frozenset({wanted}))[wanted]
            return self._of_itself(column, terms.entropy, shared), found

        return row

    def _with_target(self) -> Table:
        """Table with Z as its target."""
        if self.given is None:
            return self.table
        if self.given.continuous and not counts(self.estimator):
            target = Target(self.given.continuous[0], False)
        else:
            codes = self._codes_of(self.given)
            target = Target(codes, True, np.arange(codes.max() + 1))
        return replace(self.table, target=target)

    def _codes_of(self, sample: Sample) -> IntArray:
        weights = self.table.weights
        weight = None if weights is None else weights.row_counts
        return counted(cast(Direct, self.estimator), sample, weight)

    def _by_samples(self) -> Row:
        """Give what computes a row pair by pair."""
        z = self.given
        estimator = choose(self.estimator, [] if z is None else [z])[0]

        def row(column: int, others: IntArray) -> tuple[float, FloatArray]:
            x = self._sample(column)
            shared = 0.0 if z is None else information(estimator, x, z)
            found = [information(estimator, x, self._sample(int(j)), z) for j in others]
            return self._of_itself(column, None, shared), np.array(found)

        return row

    def _sample(self, column: int) -> Sample:
        """Make a variable of a column."""
        if self.table.discrete[column]:
            return Sample([], [self.table.codes(column)], self.table.n_rows)
        return Sample([self.table.numeric(column)], [], self.table.n_rows)

    def _of_itself(
        self, column: int, entropy: FloatArray | None, shared: float
    ) -> float:
        """I(X;X|Z) = H(X) − I(X;Z), which is ``shared``."""
        if entropy is not None:
            own = float(entropy[column])
        elif self.table.discrete[column]:
            weights = self.table.weights
            weight = None if weights is None else weights.row_counts
            own = entropy_of(self.table.codes(column), weight)
        else:
            values = self.table.numeric(column)
            return 0.0 if values.min() == values.max() else math.inf
        return own if self.given is None else max(0.0, own - shared)


def _read(
    X: object,
    discrete: Any,
    estimator: Estimator,
    given: Sample | None,
    sample_weight: object,
    n_jobs: int | None,
) -> tuple[Table, Sample | None]:
    """Read the columns; rows that count, and their weights."""
    container = unwrap(X)
    shape = shape_of(container)
    if len(shape) != 2:
        raise ValueError(f"X has shape {shape}; it must be (n_samples, n_features)")
    if shape[0] < 2 or shape[1] < 1:
        raise ValueError(
            f"X has shape {shape}; at least two rows and one column are needed"
        )
    check_names(container)
    if given is not None and given.n_rows != shape[0]:
        raise ValueError(
            f"X has {shape[0]} rows and given has {given.n_rows}; the numbers must be "
            "equal"
        )
    weights: Weights | None = None
    weight = read_weight(sample_weight, shape[0])
    if weight is not None:
        rows, weights = _weighed(estimator, weight)
        container = take(container, rows)
        given = None if given is None else taken(given, rows)
    columns = read_columns(container, n_jobs=n_jobs)
    table = of_columns(
        columns, discrete_features=discrete, weights=weights, argument="discrete"
    )
    if counts(estimator) and not table.discrete.all():
        cast(CountingEstimator, estimator).check_binning()
    return table, given


def _weighed(
    estimator: Estimator, weight: FloatArray
) -> tuple[IntArray, Weights | None]:
    """Rows that count, repeated where their weights are whole; else their weights."""
    rows, weighting = np.flatnonzero(weight), estimator.capabilities().weighting
    weights = to_units(weight[rows])
    if weighting is None:
        return rows_that_count(estimator, weight), None
    if weighting == "rows" and (times := weights.repeats) is not None:
        return np.repeat(rows, times), None
    return rows, weights


def _shares(matrix: FloatArray, normalized: str) -> FloatArray:
    """Divide by means of the entropies, which stand on the diagonal."""
    own = np.diag(matrix)
    if not np.isfinite(own).all():
        raise TypeError(
            "normalized divides by entropies, and those of continuous columns bound "
            "nothing: use estimator='plugin', which bins them, or normalized=None"
        )
    means = MEANS[normalized](own[:, None], own[None, :])
    constant = own <= _NOTHING
    either = constant[:, None] | constant[None, :]
    shares: FloatArray = np.zeros_like(matrix)
    np.divide(matrix, means, out=shares, where=~either)
    shares[constant[:, None] & constant[None, :]] = 1.0
    np.fill_diagonal(shares, 1.0)
    return shares
