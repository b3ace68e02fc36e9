"""Which estimator answers, and what it says of samples; all in nats."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache, reduce
from typing import Any, TypeAlias, cast

import numpy as np

from mifs._arrays import FloatArray, IntArray
from mifs._data.weights import to_units
from mifs.estimators import Estimator, resolve
from mifs.estimators._base import CountingEstimator, NeighbourEstimator, SampleEstimator
from mifs.estimators.plugin.codes import join_codes
from mifs.estimators.plugin.corrected import check_correction, corrected_information
from mifs.measures._samples import Sample

# What `SampleEstimator.read` returns is known to the estimator alone.
Direct: TypeAlias = CountingEstimator | SampleEstimator[Any]


def merge(*samples: Sample) -> Sample:
    """All columns of several samples as one variable."""
    return Sample(
        [column for sample in samples for column in sample.continuous],
        [codes for sample in samples for codes in sample.discrete],
        samples[0].n_rows,
    )


def taken(sample: Sample, rows: IntArray) -> Sample:
    """Take some rows of a sample, also more than once; their codes are dense."""
    return Sample(
        [column[rows] for column in sample.continuous],
        [np.unique(codes[rows], return_inverse=True)[1] for codes in sample.discrete],
        len(rows),
        sample.ordered,
    )


def choose(
    estimator: object, samples: Sequence[Sample], weight: FloatArray | None = None
) -> tuple[Direct, list[Sample], FloatArray | None]:
    """Return the estimator to use, and samples and weights as it takes them.

    ``"auto"`` counts what is discrete.

    Raises
    ------
    ValueError
        An unknown name; wrong parameters; too few rows; weights that the estimator
        does not take.
    TypeError
        An estimator without direct estimates of samples.
    """
    continuous = any(sample.continuous for sample in samples)
    if isinstance(estimator, str) and estimator == "auto":
        estimator = "knn" if continuous else "plugin"
    chosen = _direct(estimator)
    parts, left = list(samples), weight
    if weight is not None and not counts(chosen):
        rows = rows_that_count(chosen, weight)
        parts, left = [taken(sample, rows) for sample in samples], None
    chosen.check()
    return chosen, parts, left


def _direct(estimator: object) -> Direct:
    """Resolve an estimator that has direct estimates of samples."""
    chosen = _as_given(estimator)
    # What bins learns edges, so it is cloned; reading of samples changes nothing.
    if chosen is None or counts(chosen):
        chosen = resolve(estimator, "estimator")
    if not chosen.capabilities().samples & {"counts", "information"}:
        raise TypeError(
            f"estimator={estimator!r} has no direct estimate of samples: use 'plugin', "
            "'knn' or an object with the methods read and information"
        )
    return cast(Direct, chosen)


def _as_given(estimator: object) -> Estimator | None:
    if isinstance(estimator, (str, type)) or not isinstance(estimator, Estimator):
        return None
    return estimator


def rows_that_count(estimator: Estimator, weight: FloatArray) -> IntArray:
    """Rows by which weights can be replaced, each as often as it weighs."""
    rows, name = np.flatnonzero(weight), type(estimator).__name__
    if estimator.capabilities().weighting == "rows":
        times = to_units(weight[rows]).repeats
        if times is None:
            raise ValueError(
                f"{name} weighs samples by repeating rows, and sample_weight is no "
                "small multiple of a common unit: round it, or use estimator='plugin'"
            )
        return np.repeat(rows, times)
    if np.ptp(weight[rows]) > 0:
        raise ValueError(
            f"{name} has no sample weights but equal ones: use estimator='plugin', "
            "which counts, or repeat the rows"
        )
    return rows


def counts(estimator: Estimator) -> bool:
    """Whether an estimator bins and counts continuous columns."""
    return "counts" in estimator.capabilities().samples


def information(
    estimator: Direct,
    x: Sample,
    y: Sample,
    z: Sample | None = None,
    *,
    weight: FloatArray | None = None,
    correction: str | None = None,
) -> float:
    """I(X;Y) or I(X;Y|Z) of a chosen estimator, corrected for chance or not."""
    check_correction(correction)
    if counts(estimator):
        given = None if z is None else counted(estimator, z, weight)
        first, second = (counted(estimator, sample, weight) for sample in (x, y))
        return corrected_information(first, second, given, weight, correction)
    if correction is not None:
        raise ValueError(
            f"correction={correction!r} is taken off counted tables, and "
            f"{type(estimator).__name__} counts none: use estimator='plugin', which "
            "bins continuous columns, or correction=None"
        )
    direct = cast(SampleEstimator[Any], estimator)
    third = _nothing(x.n_rows) if z is None else z
    read = [variable(direct, sample) for sample in (x, y, third)]
    return float(direct.information(read[0], read[1], read[2], x.n_rows))


@lru_cache(maxsize=1)
def _nothing(n_rows: int) -> Sample:
    """Give a variable of one level, which tells nothing."""
    codes = np.zeros(n_rows, np.intp)
    codes.flags.writeable = False
    return Sample([], [codes], n_rows)


def variable(estimator: SampleEstimator[Any], sample: Sample) -> Any:
    """Read a sample as the estimator wants it; only it knows the type."""
    codes = reduce(join_codes, sample.discrete) if sample.discrete else None
    return estimator.read(sample.continuous, codes)


def counted(
    estimator: Direct, sample: Sample, weight: FloatArray | None = None
) -> IntArray:
    """Dense joint codes of a sample, whose continuous columns the estimator bins."""
    columns = list(sample.discrete)
    if sample.continuous:
        if not counts(estimator):
            raise TypeError(
                f"{estimator!r} does not count continuous columns; use "
                "estimator='plugin', which bins them, or pass bins of your own"
            )
        binning = cast(CountingEstimator, estimator)
        columns += binning.bin_columns(sample.continuous, weight)
    return np.asarray(reduce(join_codes, columns), dtype=np.intp)


def neighbours(estimator: Direct, ability: str) -> NeighbourEstimator[Any]:
    """Give an estimator that has the entropy of columns, or terms of single rows.

    Raises
    ------
    TypeError
        Another one.
    """
    if ability in estimator.capabilities().samples:
        return cast(NeighbourEstimator[Any], estimator)
    name = type(estimator).__name__
    if ability == "entropy":
        raise TypeError(
            f"{name} estimates what variables share, not the entropy of continuous "
            "columns; use estimator='knn', or 'plugin' for bins"
        )
    raise TypeError(
        f"{name} has no terms of single rows; use estimator='knn' or 'plugin'"
    )
