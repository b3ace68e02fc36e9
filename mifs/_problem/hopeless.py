"""Which candidates fail against the target alone, as all tables show at once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import chdtrc, gammaincc

from mifs import _kernels
from mifs._arrays import BoolArray, FloatArray
from mifs._chance import MANY
from mifs._engines.base import Cells
from mifs._kernels.memo import Memo
from mifs._problem.coded import Coded

# Level of a test at which G within two deviations of its mean says nothing.
NEAR_LEVEL = 0.005


class Level(NamedTuple):
    """At which level candidates are tested.

    Attributes
    ----------
    alpha : float
        Of the whole path.
    share : float
        Of alpha that is left for these tests.
    n_tests : int
        Of which the least p-value counts.
    of_one : float
    """

    alpha: float
    share: float
    n_tests: int
    of_one: float


def hopeless_of(
    levels: Cells,
    gaps: BoolArray,
    labelled: BoolArray,
    target: Coded,
    level: Level,
    memo: Memo,
) -> BoolArray:
    """Tell by p-values that a closer look can only raise which columns fail.

    Parameters
    ----------
    levels : Cells
        Tables (level, class) of the columns.
    gaps, labelled : ndarray of shape (p,), bool
        Whether the last level is that of missing values; whether levels are labels.
    target : Coded
    level : Level
    memo : Memo

    Returns
    -------
    hopeless : ndarray of shape (p,), bool
    """
    hopeless = np.zeros(len(gaps), dtype=np.bool_)
    n_classes = target.n_levels
    products = n_classes == 2 or target.ordered
    # Trends in many classes are found in another way.
    if not (products or n_classes <= MANY):
        return hopeless
    counts, starts = levels.counts.reshape(-1, n_classes), levels.starts // n_classes
    how = products, level.of_one > NEAR_LEVEL, memo, _kernels.memo.new_memo()
    found = _kernels.alone.of_columns(counts, starts, gaps, *how)
    g, mean, variance, df, trend, df_of_trend, log_p_of_two = found
    p_g = np.ones(len(g))
    far = _may_be_far(g, mean, variance, level.of_one)
    with np.errstate(divide="ignore", invalid="ignore"):
        g, mean, variance = (values[far] for values in (g, mean, variance))
        p_g[far] = gammaincc(mean**2 / variance, g * mean / variance)
    # Of one degree of freedom the test is exact, and no gamma.
    p_g[df == 1] = np.exp(log_p_of_two[df == 1])
    # Of χ² beyond 4 there is a tail of .045 or more, whatever the degrees.
    sloped = (df_of_trend > 0) & (~(trend <= 4) | (level.of_one > NEAR_LEVEL))
    p_trend = np.ones(len(trend))
    p_trend[sloped] = chdtrc(df_of_trend[sloped], trend[sloped])
    # Twice the less of both, or that of G, where a column has no trend.
    least = np.minimum(p_g, 2 * p_trend)
    adjusted = np.full(len(least), 1 / level.share)
    some = ~(least >= 1)
    with np.errstate(divide="ignore"):
        exponents = level.n_tests * np.log1p(-least[some])
    adjusted[some] = -np.expm1(exponents) / level.share
    hopeless[(df > 0) & (adjusted > level.alpha)] = True
    if target.ordered:
        # The trend of an ordered target over labels is another one.
        hopeless &= ~labelled
    return hopeless


def _may_be_far(
    g: FloatArray, mean: FloatArray, variance: FloatArray, level: float
) -> BoolArray:
    """Whose G may be beyond chance: the others are within two deviations.

    Of a gamma of shape .1 or more the tail beyond has at least .02.
    """
    if level > NEAR_LEVEL:
        return np.ones(len(g), np.bool_)
    with np.errstate(invalid="ignore"):
        near = (g <= mean + 2 * np.sqrt(variance)) & (mean**2 >= variance / 10)
    far: BoolArray = ~near
    return far
