"""How many of the features that are chosen often may be false, on average.

A feature is false here if single selections hold it no more often than chance would,
with probability θ = q / p for q of p features.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from numbers import Integral, Real

from mifs._resampling.tails import ROUNDING, largest_tail


@dataclass(frozen=True)
class SelectionBound:
    """What `selection_bound` found: three numbers that belong together.

    Attributes
    ----------
    n_selected : float
        Features that each selection holds, on average.
    threshold : float
        Share of the selections that hold a feature that counts as stable.
    bound : float
        False features among the stable ones, on average at most.
    n_features : int
        Features that there are.
    n_pairs : int
        Pairs of complementary subsamples.
    assumption : str
        Under which the bound holds.
    """

    n_selected: float
    threshold: float
    bound: float
    n_features: int
    n_pairs: int
    assumption: str


def selection_bound(
    n_features: int,
    *,
    n_selected: float | None = None,
    threshold: float | None = None,
    bound: float | None = None,
    n_pairs: int = 50,
    assumption: str = "unimodal",
) -> SelectionBound:
    r"""Bound the false selections of stability selection, or keep a wanted bound.

    Of ``n_selected`` q, ``threshold`` τ and ``bound`` give two; the third is computed:
    the least threshold, or the largest number of features, that keeps the bound. What
    is bounded is the mean number of features chosen in a share τ or more of the
    subsamples of half of the rows, though one selection holds each of them with
    probability q / p at most.

    ``"none"``: :math:`q^2 / ((2\tau - 1) p)`, with no assumption but that the false
    features are exchangeable and chosen no better than by chance [1]_; or none at all
    with complementary pairs [2]_. ``"unimodal"``, ``"r-concave"``: of complementary
    pairs, where the share of the pairs of which both halves choose a feature is
    distributed unimodally, or r-concavely (r = −1/2; of single subsamples −1/4), which
    is nearly always so; the tails are then smaller [2]_.

    The bounds are as published, and not cut: those of many features at a low threshold
    exceed q / τ, and may exceed p, of which no more can be chosen so often.

    Parameters
    ----------
    n_features : int
        Features that there are, p: those that may be chosen, without constant ones.
    n_selected : float, default=None
        Features that each selection holds, on average.
    threshold : float, default=None
        Share of the selections, above 0.5 and up to 1.
    bound : float, default=None
        False features that may be among the stable ones, on average.
    n_pairs : int, default=50
        Pairs of complementary subsamples, B; ``"none"`` does not ask for it.
    assumption : {"unimodal", "r-concave", "none"}, default="unimodal"
        What is assumed.

    Returns
    -------
    bound : SelectionBound
        All three; a threshold is a multiple of 1 / 2B.

    Raises
    ------
    TypeError
        One of the three is not a number, or a count no whole number.
    ValueError
        Not two of the three, a threshold up to 0.5, other numbers out of range, or a
        bound that no threshold, or no feature, keeps.

    See Also
    --------
    stability : How far the selections agree.
    mifs.StabilitySelector : Makes the selections.

    References
    ----------
    .. [1] N. Meinshausen, P. Bühlmann, "Stability selection", Journal of the Royal
       Statistical Society B 72 (2010).
    .. [2] R. D. Shah, R. J. Samworth, "Variable selection with error control: another
       look at stability selection", Journal of the Royal Statistical Society B 75
       (2013).

    Examples
    --------
    >>> from mifs.inference import selection_bound
    >>> found = selection_bound(100, n_selected=10, threshold=0.6)
    >>> round(found.bound, 3)
    2.632
    >>> selection_bound(200, n_selected=7, bound=0.2).threshold
    0.81
    """
    given = {"n_selected": n_selected, "threshold": threshold, "bound": bound}
    _check(given, n_features, n_pairs, assumption)
    evaluate = partial(expected_false, assumption, n_features, n_pairs)
    if threshold is None:
        assert n_selected is not None
        assert bound is not None
        threshold = _least_threshold(partial(evaluate, n_selected), n_pairs, bound)
    if n_selected is None:
        assert bound is not None
        n_selected = _most_selected(evaluate, threshold, n_features, bound)
    found = evaluate(n_selected, threshold)
    return SelectionBound(n_selected, threshold, found, n_features, n_pairs, assumption)


def expected_false(
    assumption: str, p: int, n_pairs: int, q: float, threshold: float
) -> float:
    """Bound of the mean number of false features: of q selected, at a threshold.

    Above one half; the bound without assumptions holds under all of them.
    """
    plain = q**2 / ((2 * threshold - 1) * p)
    if assumption == "none":
        return plain
    law = {"unimodal": _unimodal, "r-concave": _r_concave}[assumption]
    return min(plain, law(q / p, threshold, n_pairs) * p)


def _unimodal(theta: float, threshold: float, n_pairs: int) -> float:
    """C(τ, B) θ² of Shah and Samworth, theorem 2: false features over all."""
    step = 1 / (2 * n_pairs)
    lowest = 0.5 + min(theta**2, step + 0.75 * theta**2)
    # With one pair or two a threshold may lie below the first that the theorem is of.
    least = max(lowest, 0.5 + step / 2)
    if threshold <= least + ROUNDING:
        return math.inf
    if threshold <= 0.75 + ROUNDING:
        return theta**2 / (2 * (2 * threshold - 1 - step))
    return 4 * (1 - threshold + step) / (1 + 2 * step) * theta**2


def _r_concave(theta: float, threshold: float, n_pairs: int) -> float:
    """min(D(θ², 2τ − 1, B, −1/2), D(θ, τ, 2B, −1/4)) of their equation 8."""
    both = largest_tail(theta**2, 2 * threshold - 1, n_pairs, -2.0)
    single = largest_tail(theta, threshold, 2 * n_pairs, -4.0)
    return min(both, single)


def _least_threshold(
    evaluate: Callable[[float], float], n_pairs: int, bound: float
) -> float:
    """Least multiple of 1 / 2B above one half that keeps a bound."""
    grid = [steps / (2 * n_pairs) for steps in range(n_pairs + 1, 2 * n_pairs + 1)]
    place = bisect_left(grid, True, key=lambda t: evaluate(t) <= bound)
    if place == len(grid):
        raise ValueError(
            f"no threshold keeps bound={bound!r}: {evaluate(1.0):.3g} false features "
            "may be chosen in every resample; let each select fewer, or allow more"
        )
    return grid[place]


def _most_selected(
    evaluate: Callable[[float, float], float], threshold: float, p: int, bound: float
) -> int:
    """Largest number of features that keeps a bound."""
    most = bisect_left(
        range(1, p + 1), True, key=lambda q: evaluate(q, threshold) > bound
    )
    if not most:
        raise ValueError(
            f"one feature a resample is too many for bound={bound!r}: "
            f"{evaluate(1, threshold):.3g} false ones may reach threshold={threshold!r}"
            "; raise the threshold, or allow more"
        )
    return most


def _check(
    given: dict[str, float | None], n_features: int, n_pairs: int, assumption: str
) -> None:
    """Refuse what `selection_bound` cannot use."""
    for name, value in given.items():
        number = isinstance(value, Real) and not isinstance(value, bool)
        if value is not None and not number:
            raise TypeError(f"{name}={value!r} must be a number")
    missing = [name for name, value in given.items() if value is None]
    if len(missing) != 1:
        raise ValueError(
            "give two of n_selected, threshold and bound; the third is computed "
            f"(missing: {', '.join(missing) or 'none'})"
        )
    if assumption not in ASSUMPTIONS:
        raise ValueError(
            f"assumption={assumption!r} is unknown; known: {', '.join(ASSUMPTIONS)}"
        )
    for name, count in (("n_features", n_features), ("n_pairs", n_pairs)):
        if not isinstance(count, Integral) or isinstance(count, bool):
            raise TypeError(f"{name}={count!r} must be a whole number")
        if count < 1:
            raise ValueError(f"{name}={count!r} must be 1 or more")
    n_selected, bound = given["n_selected"], given["bound"]
    if n_selected is not None and not 0 < n_selected <= n_features:
        raise ValueError(
            f"n_selected={n_selected!r} must be above 0, and no more than the "
            f"{n_features} features"
        )
    if bound is not None and not bound > 0:
        raise ValueError(f"bound={bound!r} must be above 0")
    check_threshold(given["threshold"])


def check_threshold(threshold: float | None) -> None:
    """Refuse a threshold for which there are no bounds.

    Raises
    ------
    ValueError
        It is one half or less, or above 1.
    """
    if threshold is not None and not 0.5 < threshold <= 1:
        raise ValueError(
            f"threshold={threshold!r} must be above 0.5, and 1 at most: there is no "
            "bound for features that fewer than half of the resamples choose"
        )


ASSUMPTIONS = ("none", "unimodal", "r-concave")
