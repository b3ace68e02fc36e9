"""Information between time series."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from numbers import Integral
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import rankdata
from sklearn.utils import check_random_state

from mifs._arrays import FloatArray
from mifs.measures._aligned import Series, common_rows, read_series
from mifs.measures._estimates import choose, information, merge
from mifs.measures._permutation import PermutationTest, shift_test
from mifs.measures._samples import Sample
from mifs.probability._tables import check_base, in_base


def lagged_mutual_information(
    x: Any,
    y: Any,
    lags: int | Iterable[int],
    given: Any = None,
    *,
    estimator: Any = "auto",
    discrete_x: Any = "auto",
    discrete_y: Any = "auto",
    discrete_given: Any = "auto",
    base: float = math.e,
    n_permutations: int = 0,
    random_state: Any = None,
    given_lags: int | Iterable[int] = 0,
) -> pd.DataFrame:
    r"""Mutual information of a series with the past or future of another.

    For each lag ℓ, I(x_{t−ℓ}; y_t), or I(x_{t−ℓ}; y_t | given_{t−g}) with all lags g of
    ``given_lags`` together, over all times t where none of the values is missing;
    beside the linear and the monotone correlation. A positive lag asks what x tells of
    the later y.

    Parameters
    ----------
    x, y : array-like of shape (n,) or (n, d)
        Series at equidistant times, row by row; missing values are allowed. An index
        is not used.
    lags : int or iterable of int
        Steps by which x is earlier than y; negative ones make it later.
    given : array-like of shape (n,) or (n, d), default=None
        Series to condition on, at the time of y or at ``given_lags``.
    estimator : {"auto", "knn", "plugin"} or estimator object, default="auto"
        ``"auto"``: ``"plugin"`` if all columns are discrete, else ``"knn"``.
    discrete_x, discrete_y, discrete_given : {"auto"}, bool or mask, default="auto"
        Which columns are discrete, as in `entropy`; decided once for all lags.
    base : float, default=math.e
        Base of the logarithm: 2 for bits, e for nats, 10 for bans.
    n_permutations : int, default=0
        If positive, a p-value comes with each lag: x is shifted
        circularly by that many different random times, which keeps its
        autocorrelation.
    random_state : int, RandomState instance or None, default=None
        Of the shifts.
    given_lags : int or iterable of int, default=0
        Steps by which ``given`` is earlier than y; with several, all of them are known.
        The past of y itself is ``given=y, given_lags=[1, 2, …]``.

    Returns
    -------
    DataFrame, one row a lag
        Index ``lag``; columns ``n_rows`` (times that entered), ``mutual_information``
        (units of ``log(base)``, never clipped), ``pearson`` and ``spearman`` (partial
        ones with ``given``; NaN unless all series are numbers, x and y single
        columns), and ``p_value`` if asked for.

    Raises
    ------
    ValueError
        Series of different lengths, a lag that leaves fewer than two times, no lags,
        ``given_lags`` without ``given``, infinite values, fewer rows than
        ``n_permutations`` + 1, unknown estimator.
    TypeError
        Lags that are no integers, an estimator without direct estimates.

    Notes
    -----
    With ``given``, the shifts also break the link of x with ``given``, so the test is
    of the hypothesis that x tells nothing beyond it *and* is independent of it. A
    common trend makes any two series dependent: take differences first.

    References
    ----------
    S. Frenzel, B. Pompe, "Partial mutual information for coupling analysis of
    multivariate time series", Physical Review Letters 99 (2007), 204101.

    Examples
    --------
    >>> import numpy as np
    >>> from mifs.measures import lagged_mutual_information
    >>> x = np.random.default_rng(0).normal(size=1000)
    >>> y = np.r_[0, 0, np.cos(3 * x[:-2])]  # two steps later; no correlation
    >>> table = lagged_mutual_information(x, y, range(1, 4))
    >>> table["mutual_information"].round(1).tolist()
    [-0.0, 3.3, -0.0]
    >>> table.loc[2, ["pearson", "spearman"]].round(1).tolist()
    [0.0, 0.1]
    """
    unit = check_base(base)
    names = {"x": (x, discrete_x), "y": (y, discrete_y)}
    if given is not None:
        names["given"] = (given, discrete_given)
    elif given_lags != 0:
        raise ValueError(
            f"given_lags={given_lags!r}, but no series is given to condition on; pass "
            "given, or leave given_lags out"
        )
    x_series, y_series, *known = (
        read_series(*pair, name) for name, pair in names.items()
    )
    if isinstance(n_permutations, bool) or n_permutations != 0:
        _positive(n_permutations, "n_permutations")
    past = [(s, lag) for s in known for lag in _lags(given_lags, "given_lags")]
    random = check_random_state(random_state)
    rows = []
    for lag in (wanted := _lags(lags)):
        parts = [(x_series, lag), (y_series, 0), *past]
        times = common_rows(parts)
        read = [one.at(at) for (one, _), at in zip(parts, times, strict=True)]
        samples = [*read[:2], merge(*read[2:])] if past else read
        chosen = choose(estimator, samples)[0]
        row: dict[str, float] = {"n_rows": len(times[0])}
        test = shift_test(chosen, samples, n_permutations, random)
        row["mutual_information"] = test.information / unit
        row["pearson"], row["spearman"] = _correlations(
            [one for one, _ in parts], times
        )
        if n_permutations:
            row["p_value"] = test.p_value
        rows.append(row)
    return pd.DataFrame(rows, index=pd.Index(wanted, name="lag"))


def transfer_entropy(
    source: Any,
    target: Any,
    lag: int = 1,
    history: int = 1,
    *,
    estimator: Any = "auto",
    discrete_source: Any = "auto",
    discrete_target: Any = "auto",
    base: float = math.e,
) -> float:
    r"""Transfer entropy: what the source tells of the target beyond its own past.

    .. math:: T = I(s_{t-\ell};\; y_t \mid y_{t-1}, \dots, y_{t-h})

    over all times t where none of these values is missing.

    Parameters
    ----------
    source, target : array-like of shape (n,) or (n, d)
        Series s and y at equidistant times, row by row; missing values are allowed.
    lag : int, default=1
        Lag ℓ, at least 1.
    history : int, default=1
        Number h of past values of the target that are known; at least 1.
    estimator : {"auto", "knn", "plugin"} or estimator object, default="auto"
        ``"auto"``: ``"plugin"`` if all columns are discrete, else ``"knn"``.
    discrete_source, discrete_target : {"auto"}, bool or mask, default="auto"
        Which columns are discrete, as in `entropy`.
    base : float, default=math.e
        Base of the logarithm: 2 for bits, e for nats, 10 for bans.

    Returns
    -------
    float
        In units of ``log(base)``, never clipped.

    Raises
    ------
    ValueError
        ``lag`` or ``history`` below 1, series of different lengths, fewer than two
        times left, infinite values, unknown estimator.
    TypeError
        An estimator without direct estimates.

    See Also
    --------
    transfer_entropy_test : With a p-value.

    References
    ----------
    T. Schreiber, "Measuring information transfer", Physical Review Letters 85 (2000).

    Examples
    --------
    >>> import numpy as np
    >>> from mifs.measures import transfer_entropy
    >>> s = np.random.default_rng(0).integers(0, 2, 2000)
    >>> y = np.r_[0, s[:-1]]  # a copy, one step later: one bit a step
    >>> round(transfer_entropy(s, y, base=2), 2), round(transfer_entropy(y, s), 2)
    (1.0, 0.0)
    """
    check_base(base)
    series = _source_and_target(source, target, discrete_source, discrete_target)
    samples = _transfer_samples(*series, lag, history)
    chosen = choose(estimator, samples)[0]
    return in_base(information(chosen, *samples), base)


def transfer_entropy_test(
    source: Any,
    target: Any,
    lag: int = 1,
    history: int = 1,
    *,
    estimator: Any = "auto",
    discrete_source: Any = "auto",
    discrete_target: Any = "auto",
    base: float = math.e,
    n_permutations: int = 199,
    random_state: Any = None,
) -> PermutationTest:
    r"""Transfer entropy with a p-value from circular shifts of the source.

    Shifted by a random time, the source keeps its autocorrelation and loses its link
    with the target.

    Parameters
    ----------
    source, target : array-like of shape (n,) or (n, d)
        As in `transfer_entropy`, and so are all other parameters but the last two.
    lag, history : int, default=1
        At least 1.
    estimator : {"auto", "knn", "plugin"} or estimator object, default="auto"
        How information is estimated.
    discrete_source, discrete_target : {"auto"}, bool or mask, default="auto"
        Which columns are discrete.
    base : float, default=math.e
        Base of the logarithm.
    n_permutations : int, default=199
        Different random shifts, at least 1.
    random_state : int, RandomState instance or None, default=None
        Of the shifts.

    Returns
    -------
    PermutationTest
        With ``information`` and ``null`` in units of ``log(base)``, ``p_value`` and
        ``n_rows``.

    Raises
    ------
    ValueError
        Fewer rows than ``n_permutations`` + 1, and as `transfer_entropy`.
    TypeError
        An estimator without direct estimates.

    References
    ----------
    R. Quian Quiroga, A. Kraskov, T. Kreuz, P. Grassberger, "Performance of different
    synchronization measures in real data", Physical Review E 65 (2002), 041903.

    Examples
    --------
    >>> import numpy as np
    >>> from mifs.measures import transfer_entropy_test
    >>> s = np.random.default_rng(0).normal(size=500)
    >>> y = np.r_[0, s[:-1]] + np.random.default_rng(1).normal(size=500)
    >>> transfer_entropy_test(s, y, random_state=0).p_value
    0.005
    """
    unit = check_base(base)
    _positive(n_permutations, "n_permutations")
    series = _source_and_target(source, target, discrete_source, discrete_target)
    samples = _transfer_samples(*series, lag, history)
    chosen = choose(estimator, samples)[0]
    random = check_random_state(random_state)
    test = shift_test(chosen, samples, n_permutations, random)
    return replace(test, information=test.information / unit, null=test.null / unit)


def _lags(lags: int | Iterable[int], name: str = "lags") -> list[int]:
    if isinstance(lags, Iterable) and not isinstance(lags, str):
        wanted = list(lags)
    else:
        wanted = [lags]
    if not wanted:
        raise ValueError(f"{name} is empty; give one at least")
    for lag in wanted:
        if isinstance(lag, bool) or not isinstance(lag, Integral):
            raise TypeError(f"{name} has {lag!r}, which is no integer number of steps")
    return [int(lag) for lag in wanted]


def _positive(value: Any, name: str) -> None:
    if isinstance(value, bool) or not isinstance(value, Integral) or value < 1:
        raise ValueError(f"{name}={value!r} must be an integer of at least 1")


def _source_and_target(
    source: Any, target: Any, discrete_source: Any, discrete_target: Any
) -> tuple[Series, Series]:
    return (
        read_series(source, discrete_source, "source"),
        read_series(target, discrete_target, "target"),
    )


def _transfer_samples(
    source: Series, target: Series, lag: int, history: int
) -> list[Sample]:
    """Source, target and the target's past, at all common times."""
    _positive(lag, "lag")
    _positive(history, "history")
    past = [(target, step) for step in range(1, history + 1)]
    parts = [(source, lag), (target, 0), *past]
    rows = common_rows(parts)
    read = [series.at(at) for (series, _), at in zip(parts, rows, strict=True)]
    return [read[0], read[1], merge(*read[2:])]


def _correlations(
    series: list[Series], times: list[NDArray[np.intp]]
) -> tuple[float, float]:
    """Pearson's and Spearman's correlation, partial if something is given."""
    read = [one.numbers(at) for one, at in zip(series, times, strict=True)]
    numbers = [part for part in read if part is not None]
    single = len(numbers) == len(read) and numbers[0].shape[1] == 1
    if not single or numbers[1].shape[1] > 1:
        return math.nan, math.nan
    values = np.column_stack(numbers)
    return _partial(values), _partial(rankdata(values, axis=0))


def _partial(values: FloatArray) -> float:
    """Correlation of the first two columns that is left once the others are fitted."""
    values = values - values.mean(axis=0)
    pair, known = values[:, :2], values[:, 2:]
    left = pair - known @ np.linalg.lstsq(known, pair, rcond=None)[0]
    size = np.sqrt((left**2).sum(axis=0))
    # Of a constant, or of what the others determine, rounding errors are left.
    if (size <= 1e-10 * np.sqrt((values**2).sum(axis=0)[:2])).any():
        return math.nan
    return float(left[:, 0] @ left[:, 1] / (size[0] * size[1]))
