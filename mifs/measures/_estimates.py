"""Which estimator answers, and what it says of samples; all in nats."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

import numpy as np
from scipy.special import entr, xlogy

from mifs._arrays import FloatArray, IntArray
from mifs._data.discretize import (
    BINNINGS,
    default_n_bins,
    quantile_edges,
    uniform_edges,
)
from mifs._data.reading import read
from mifs._data.weights import to_units
from mifs.estimators import PlugIn, resolve
from mifs.estimators.knn.neighbours import Variable, join_codes
from mifs.measures._samples import Sample


def merge(*samples: Sample) -> Sample:
    """All columns of several samples as one variable."""
    return Sample(
        [column for sample in samples for column in sample.continuous],
        [codes for sample in samples for codes in sample.discrete],
        samples[0].n_rows,
    )


def choose(estimator: Any, samples: Sequence[Sample], weighted: bool = False) -> Any:
    """Return the estimator to use; ``"auto"`` counts what is discrete.

    Raises
    ------
    ValueError
        An unknown name; weights for an estimator that has none.
    TypeError
        An estimator without direct estimates of samples.
    """
    if isinstance(estimator, str) and estimator == "auto":
        continuous = any(sample.continuous for sample in samples)
        estimator = "knn" if continuous else "plugin"
    # `PlugIn` learns edges, so it is cloned; reading of samples changes nothing.
    learns = isinstance(estimator, (str, type, PlugIn)) or not _is_direct(estimator)
    chosen: Any = resolve(estimator) if learns else estimator
    if isinstance(chosen, PlugIn):
        return chosen
    if not _is_direct(chosen):
        raise TypeError(
            f"estimator={estimator!r} has no direct estimate of samples: use 'plugin', "
            "'knn' or an object with the methods read and information"
        )
    if weighted:
        raise ValueError(
            f"{type(chosen).__name__} has no sample weights: use estimator='plugin', "
            "which counts, or repeat the rows"
        )
    return chosen


def _is_direct(estimator: Any) -> bool:
    """Whether an object estimates samples without a table."""
    return hasattr(estimator, "read") and hasattr(estimator, "information")


def information(
    estimator: Any,
    x: Sample,
    y: Sample,
    z: Sample | None = None,
    *,
    weight: FloatArray | None = None,
) -> float:
    """I(X;Y) or I(X;Y|Z) of a chosen estimator."""
    if isinstance(estimator, PlugIn):
        given = None if z is None else counted(estimator, z, weight)
        return plug_in_information(
            counted(estimator, x, weight),
            counted(estimator, y, weight),
            given,
            weight=weight,
        )
    known = Variable([]) if z is None else variable(estimator, z)
    first, second = variable(estimator, x), variable(estimator, y)
    return float(estimator.information(first, second, known, x.n_rows))


def variable(estimator: Any, sample: Sample) -> Any:
    """Read a sample as the estimator wants it."""
    codes = reduce(join_codes, sample.discrete) if sample.discrete else None
    return estimator.read(sample.continuous, codes)


def counted(
    estimator: Any, sample: Sample, weight: FloatArray | None = None
) -> IntArray:
    """Dense joint codes of a sample; `PlugIn` says how continuous columns are cut."""
    columns = list(sample.discrete)
    if sample.continuous:
        if not isinstance(estimator, PlugIn):
            raise TypeError(f"{estimator!r} does not count continuous columns")
        columns += _binned(estimator, sample.continuous, weight)
    return np.asarray(reduce(join_codes, columns), dtype=np.intp)


def _binned(
    estimator: PlugIn, columns: list[FloatArray], weight: FloatArray | None
) -> list[IntArray]:
    """Codes of continuous columns, cut at the edges that `PlugIn` learns."""
    if estimator.edges is not None:
        raise ValueError(
            "PlugIn(edges=...) names columns of a table, which samples do not have: "
            "cut them by numpy.digitize, and pass the codes as discrete"
        )
    check_binning(estimator)
    if weight is not None:
        return [_weighted_bins(estimator, column, weight) for column in columns]
    values = np.column_stack(columns)
    estimator.prepare(read(values, discrete_features=False))
    edges = estimator.edges_
    return [np.searchsorted(edges[j], column) for j, column in enumerate(columns)]


def check_binning(estimator: PlugIn) -> None:
    """Refuse bins that are cut for a target, which measures do not know.

    Raises
    ------
    ValueError
        Naming the ways to bin that need none.
    """
    if estimator.binning not in BINNINGS:
        raise ValueError(
            f"binning={estimator.binning!r} is none of {', '.join(BINNINGS)}: measures "
            "bin without a target; cut the columns first, and pass them as discrete"
        )


def _weighted_bins(
    estimator: PlugIn, column: FloatArray, weight: FloatArray
) -> IntArray:
    """Bins as if each row stood there as often as its weight says."""
    weighing = weight > 0
    told = estimator.n_bins
    n_bins = default_n_bins(float(weight.sum())) if told == "auto" else int(told)
    values = column[weighing][np.newaxis]
    if estimator.binning == "quantile":
        edges = quantile_edges(values, n_bins, to_units(weight[weighing]))
    else:
        edges = uniform_edges(values, n_bins)
    return np.searchsorted(edges[0], column)


def counts_of(codes: IntArray, weight: FloatArray | None) -> FloatArray:
    """Sum of weights of each level, float64."""
    return np.bincount(codes, weights=weight).astype(np.float64)


def plug_in_entropy(codes: IntArray, *, weight: FloatArray | None = None) -> float:
    """H(X) of dense codes; the same for every order of the rows."""
    counts = np.sort(counts_of(codes, weight))
    return float(entr(counts / counts.sum()).sum())


def plug_in_conditional_entropy(
    x: IntArray, y: IntArray, *, weight: FloatArray | None = None
) -> float:
    """H(X|Y) of dense codes, as a sum over cells: 0 where Y determines X."""
    both = join_codes(x, y)
    cells = counts_of(both, weight)
    first = np.unique(both, return_index=True)[1]
    known = counts_of(y, weight)[y[first]]
    share = np.divide(cells, known, out=np.zeros_like(cells), where=known > 0)
    return float(np.sort(known * entr(share)).sum() / cells.sum())


def plug_in_information(
    x: IntArray,
    y: IntArray,
    z: IntArray | None = None,
    *,
    weight: FloatArray | None = None,
) -> float:
    """I(X;Y) or I(X;Y|Z) of dense codes."""
    if z is None:
        z = np.zeros(len(x), np.intp)
    xz, yz = join_codes(x, z), join_codes(y, z)
    total = float(len(x)) if weight is None else float(weight.sum())
    parts = [(join_codes(xz, y), 1), (xz, -1), (yz, -1), (z, 1)]
    return sum(sign * _sum_of_logs(codes, weight) for codes, sign in parts) / total


def _sum_of_logs(codes: IntArray, weight: FloatArray | None) -> float:
    counts = np.sort(counts_of(codes, weight))
    return float(xlogy(counts, counts).sum())
