"""Which estimator answers, and what it says of samples; all in nats."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd
from narwhals.dependencies import is_into_dataframe, is_into_series
from scipy.special import entr, xlogy

from mifs._arrays import FloatArray, IntArray
from mifs._data.discretize import BINNINGS, default_n_bins
from mifs._data.kinds import read_features
from mifs.estimators import PlugIn, resolve
from mifs.estimators.knn.neighbours import Variable, join_codes
from mifs.measures._samples import Sample, read_sample


def read_samples(**given: tuple[Any, Any]) -> list[Sample]:
    """Read samples of ``name=(values, discrete)``, all with the same number of rows."""
    samples = [
        read_sample(plain(values), kinds, name)
        for name, (values, kinds) in given.items()
    ]
    sizes = [sample.n_rows for sample in samples]
    if len(set(sizes)) > 1:
        raise ValueError(
            f"{', '.join(given)} have {sizes} rows; the numbers must be equal"
        )
    return samples


def plain(values: Any) -> Any:
    """Arrays and pandas objects as they are; all else without mixing its dtypes."""
    if isinstance(values, (np.ndarray, pd.DataFrame, pd.Series)):
        return values
    if is_into_series(values):
        return np.asarray(nw.from_native(values, series_only=True).to_numpy())
    if is_into_dataframe(values):
        frame = nw.from_native(values, eager_only=True)
        return pd.DataFrame({name: frame[name].to_numpy() for name in frame.columns})
    array = np.asarray(values)
    # Of [[0.5, "a"], [1.5, "b"]] NumPy makes strings, and of None an object.
    mixed = array.dtype.kind in "OUS" and array.ndim in (1, 2)
    return pd.DataFrame(list(values)) if mixed else array


def read_variables(values: tuple[Any, ...], discrete: Any) -> list[Sample]:
    """Read several variables; the columns of one matrix, if it is alone."""
    if not values:
        raise ValueError("no variable is given: pass one array at least")
    kinds = _each_kind(discrete, len(values))
    names = [f"variables[{place}]" for place in range(len(values))]
    told = zip(names, values, kinds, strict=True)
    if len(values) > 1:
        return read_samples(**{name: (value, kind) for name, value, kind in told})
    return read_columns(values[0], kinds[0], "variables")[1]


def read_columns(
    values: Any, discrete: Any, name: str
) -> tuple[list[Any], list[Sample]]:
    """Names and samples of the columns of a matrix, each a variable of its own."""
    frame = as_frame(values, name)
    one_for_all = isinstance(discrete, (str, bool, np.bool_))
    kinds = [discrete] * frame.shape[1] if one_for_all else list(discrete)
    if len(kinds) != frame.shape[1]:
        raise ValueError(
            f"discrete_{name} is a mask of {len(kinds)} entries for {frame.shape[1]} "
            f"columns of {name}"
        )
    if not kinds:
        raise ValueError(f"{name} has no columns")
    samples = [
        read_sample(frame.iloc[:, j], kind, f"{name}[:, {j}]")
        for j, kind in enumerate(kinds)
    ]
    return list(frame.columns), samples


def as_frame(values: Any, name: str) -> pd.DataFrame:
    """Values of shape (n,) or (n, d) as a frame."""
    values = plain(values)
    if values.ndim not in (1, 2):
        raise ValueError(f"{name} has shape {values.shape}; it must be (n,) or (n, d)")
    return pd.DataFrame(values)


def _each_kind(discrete: Any, n_variables: int) -> list[Any]:
    if n_variables == 1 or isinstance(discrete, (str, bool, np.bool_)):
        return [discrete] * n_variables
    kinds = list(discrete)
    if len(kinds) != n_variables:
        raise ValueError(
            f"discrete has {len(kinds)} entries for {n_variables} variables; give one "
            "for each, or 'auto' or a bool for all"
        )
    return kinds


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


def read_weight(sample_weight: Any, n_rows: int) -> FloatArray | None:
    """Weights as float64, (n_rows,); None stays None.

    Raises
    ------
    ValueError
        Another length; negative, missing or infinite weights; none above 0.
    """
    if sample_weight is None:
        return None
    weight = np.asarray(sample_weight, dtype=np.float64)
    if weight.shape != (n_rows,):
        raise ValueError(
            f"sample_weight has shape {weight.shape}; it must be ({n_rows},), one "
            "number for each row"
        )
    wrong = np.flatnonzero(~(np.isfinite(weight) & (weight >= 0)))
    if len(wrong):
        raise ValueError(
            f"sample_weight[{wrong[0]}] is {weight[wrong[0]]}; weights must be finite "
            "and not negative"
        )
    if not weight.any():
        raise ValueError("sample_weight is 0 everywhere: nothing is left to count")
    return weight


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
    names = [f"column {place}" for place in range(len(columns))]
    values = np.column_stack(columns)
    estimator.prepare(read_features(values, names, discrete_features=False))
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
    distinct = np.unique(column[weighing])
    if estimator.binning != "quantile":
        even = PlugIn(n_bins, estimator.binning)
        even.prepare(read_features(distinct[:, None], ["x"], discrete_features=False))
        return np.searchsorted(even.edges_[0], column)
    if len(distinct) <= n_bins:
        return np.searchsorted(distinct[:-1], column)
    order = np.argsort(column[weighing], kind="stable")
    share = np.cumsum(weight[weighing][order])
    rank = np.searchsorted(share * n_bins, np.arange(1, n_bins) * share[-1])
    edges = np.unique(column[weighing][order][rank])
    return np.searchsorted(edges[edges < distinct[-1]], column)


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
