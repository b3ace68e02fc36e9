"""Mutual information of samples as a share of their entropies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from mifs.estimators.plugin.codes import counts_of, entropy_of, information_of
from mifs.estimators.plugin.corrected import expected_information
from mifs.measures._estimates import choose, counted
from mifs.measures._samples import read_samples, read_weight

# Rounding: what is left of the entropy above chance.
NO_ROOM = 1e-9

# Means of two entropies, or of arrays of them.
MEANS: dict[str, Callable[[Any, Any], Any]] = {
    "arithmetic": lambda h_x, h_y: (h_x + h_y) / 2,
    "geometric": lambda h_x, h_y: np.sqrt(h_x * h_y),
    "min": np.minimum,
    "max": np.maximum,
}


def normalized_mutual_information(
    x: Any,
    y: Any,
    normalizer: str = "arithmetic",
    *,
    estimator: Any = "plugin",
    discrete_x: Any = "auto",
    discrete_y: Any = "auto",
    sample_weight: Any = None,
    adjusted: bool = False,
) -> float:
    r"""Mutual information as a share of a mean of the two entropies.

    .. math:: \frac{I(X; Y)}{\mathrm{mean}(H(X), H(Y))},
              \qquad \text{adjusted: }
              \frac{I(X; Y) - E}{\mathrm{mean}(H(X), H(Y)) - E}

    With scikit-learn's names and limits; E is the mean of I over all permutations of
    the rows. The arithmetic mean gives the symmetrical
    uncertainty. Continuous columns are binned: their differential entropies bound
    nothing.

    Parameters
    ----------
    x, y : array-like of shape (n,) or (n, d)
        Samples, as in `entropy`.
    normalizer : {"arithmetic", "geometric", "min", "max"}, default="arithmetic"
        The mean of the entropies by which the mutual information is divided.
    estimator : {"plugin", "knn"} or estimator object, default="plugin"
        ``PlugIn(n_bins=…)`` says how continuous columns are binned; others take
        discrete columns only.
    discrete_x, discrete_y : {"auto"}, bool or array-like of bools, default="auto"
        Which columns are discrete, as in `entropy`.
    sample_weight : array-like of shape (n,), default=None
        How often each row counts, as if it were repeated. ``"plugin"`` takes any;
        `GaussianCopula` whole ones; ``"knn"`` equal ones, and leaves out those of 0.
    adjusted : bool, default=False
        Take what chance alone would tell off both sides, so that independent variables
        have 0 on average, and may be below
        (`sklearn.metrics.adjusted_mutual_info_score` of codes).

    Returns
    -------
    float
        A ratio without unit from 0 to 1, `adjusted` also below 0: 1 where both
        variables are constant, 0 where only one is.

    Raises
    ------
    ValueError
        Unknown ``normalizer``, different numbers of rows, and as `entropy`.
    TypeError
        Continuous columns with an estimator that does not count.

    References
    ----------
    A. Strehl, J. Ghosh, "Cluster ensembles", 2002 (geometric mean); T. O. Kvalseth,
    "Entropy and correlation: some comments", 1987 (arithmetic mean); N. X. Vinh, J.
    Epps, J. Bailey, "Information theoretic measures for clusterings comparison", 2010
    (adjusted).

    Examples
    --------
    >>> from mifs.measures import normalized_mutual_information
    >>> normalized_mutual_information([0, 0, 1, 1], list("bbaa"))
    1.0
    >>> normalized_mutual_information([0, 0, 1, 1], [0, 1, 2, 3], "min")
    1.0
    >>> normalized_mutual_information([0, 0, 1, 1], list("abcd"), adjusted=True)
    0.0
    """
    if normalizer not in MEANS:
        raise ValueError(
            f"normalizer={normalizer!r} is unknown; pass one of {', '.join(MEANS)}"
        )
    samples = read_samples(x=(x, discrete_x), y=(y, discrete_y))
    weight = read_weight(sample_weight, samples[0].n_rows)
    chosen, samples, weight = choose(estimator, samples, weight)
    codes = [counted(chosen, sample, weight) for sample in samples]
    n_levels = [int(np.count_nonzero(counts_of(code, weight))) for code in codes]
    if min(n_levels) == 1:
        return 1.0 if max(n_levels) == 1 else 0.0
    entropies = [entropy_of(code, weight) for code in codes]
    shared = information_of(codes[0], codes[1], weight=weight)
    most = float(MEANS[normalizer](*entropies))
    if not adjusted:
        return shared / most
    by_chance = expected_information(codes[0], codes[1], weight)
    # Where all permutations tell as much, as of two keys, 0 / 0 is a perfect match.
    room = most - by_chance
    return (shared - by_chance) / room if room > NO_ROOM * most else 1.0
