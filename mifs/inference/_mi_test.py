"""The test of independence of two samples, given a third or not."""

from __future__ import annotations

import math
from dataclasses import dataclass
from numbers import Integral
from typing import Any, NamedTuple

import numpy as np
from numpy.random import RandomState
from sklearn.utils import check_random_state

from mifs._arrays import FloatArray, IntArray
from mifs._chance import (
    TableTest,
    at_least,
    chi_squared_test,
    p_of_draws,
    permutation_test,
    table_test,
)
from mifs._data.weighing import read_weights
from mifs.inference._shuffled import orders
from mifs.inference._tables import count, strata_of
from mifs.measures._estimates import Direct, choose, counted, counts, information, taken
from mifs.measures._samples import Sample, read_samples

METHODS = ("auto", "moments", "chi2", "permutation")
COUNTING = ("moments", "chi2")
# Rows that weights may stand for.
MOST_ROWS = 1 << 27


@dataclass(frozen=True)
class MITest:
    """What `mifs.mi_test` found.

    Attributes
    ----------
    statistic : float
        G = 2n·I in nats, or the estimate itself where nothing is counted.
    pvalue : float
        Of independence.
    df : float
        (occupied rows − 1)(occupied columns − 1), summed over the strata; NaN where
        nothing is counted.
    information : float
        The estimate, nats, of which nothing is taken off.
    expected : float
        What chance alone would make of it: its mean under permutation, nats.
    log_pvalue : float
        Natural logarithm of the p-value, also where that underflows.
    p_g, p_trend : float
        P-values of G and of the mean scores, of which ``pvalue`` is twice the smaller
        one; NaN where there is none.
    method : str
        ``"moments"``, ``"chi2"`` or ``"permutation"``.
    """

    statistic: float
    pvalue: float
    df: float
    information: float
    expected: float
    log_pvalue: float
    p_g: float
    p_trend: float
    method: str


class _Variables(NamedTuple):
    """What is tested."""

    x: Sample
    y: Sample
    given: Sample | None


def mi_test(
    x: Any,
    y: Any,
    given: Any = None,
    *,
    estimator: Any = "auto",
    method: str = "auto",
    n_permutations: int = 999,
    random_state: Any = None,
    discrete_x: Any = "auto",
    discrete_y: Any = "auto",
    discrete_given: Any = "auto",
    sample_weight: Any = None,
) -> MITest:
    r"""Test whether x tells anything of y, or anything that ``given`` does not tell.

    The statistic is :math:`G = 2n\,I(X;Y)`, or :math:`\sum_s 2 n_s I_s` over the levels
    s of ``given``; continuous columns are binned. Margins are held fixed.

    ``"moments"``: G is compared with a gamma that has its exact mean and its variance
    under permutation, which holds in sparse tables, too, where :math:`\chi^2` fails; a
    single table of 2 × 2 with all that have its margins (Fisher's exact test). Where x
    or y are numbers of three values or more, a trend is tested as well, by mean scores
    within the strata (Mantel; Cochran; Haenszel), and the p-value is twice the smaller
    of both. P-values up to 0.05 of tables with less than one row expected in some cell
    are confirmed by tables that are drawn from the margins.

    Parameters
    ----------
    x, y : array-like of shape (n,) or (n, d)
        Samples, as in `mifs.measures.mutual_information`. Numbers are taken as ordered;
        where their order means nothing, pass strings.
    given : array-like of shape (n,) or (n, d), default=None
        What is known. A continuous column is cut into clip(n // 250, bins, 100) groups
        of equal size for G, and into n // 20 for the trend.
    estimator : {"auto", "plugin", "knn", "gaussian_copula"} or object, default="auto"
        ``"auto"`` counts (`mifs.estimators.PlugIn`), which sees more than neighbours
        do; the others are tested by permutation.
    method : {"auto", "moments", "chi2", "permutation"}, default="auto"
        ``"auto"``: ``"moments"`` where the estimator counts, else ``"permutation"``.
        ``"chi2"``: the usual G-test, of the occupied degrees of freedom, without Yates'
        correction. ``"permutation"``: (1 + b) / (1 + B), b of B permutations reaching
        the statistic, or 20 / l if the l-th is the 20th to do so.
    n_permutations : int, default=999
        Permutations at most, of ``"permutation"``: within the levels of a discrete
        ``given``; if it is continuous, each row among 5 neighbours.
    random_state : int, RandomState instance or None, default=None
        Of permutations and drawn tables; None: always the same for ``"moments"``.
    discrete_x, discrete_y, discrete_given : {"auto"}, bool or mask, default="auto"
        Which columns are discrete, as in `mifs.measures.mutual_information`.
    sample_weight : array-like of shape (n,), default=None
        How often each row counts: whole numbers, as if it were repeated.

    Returns
    -------
    test : MITest
        With ``statistic``, ``pvalue``, ``df``, ``information``, ``expected`` and
        ``log_pvalue``. Without degrees of freedom the p-value is 1.

    Raises
    ------
    ValueError
        Different numbers of rows; missing or infinite values; an unknown ``method`` or
        estimator, or one that does not count for a method that does; wrong
        ``n_permutations``; weights that are no whole numbers; too many cells.
    TypeError
        An estimator without direct estimates of samples.

    See Also
    --------
    relevance_test : Of all columns of a table.

    Notes
    -----
    Rows must be independent. Within a group of a continuous ``given`` its values still
    differ: where x and y both follow it closely (correlations of 0.95, 1000 rows), what
    they share is not all taken off, and p-values up to 0.05 come in a sixth of the
    cases without any link beyond it; from 5000 rows on they do not. Pass finer groups
    as a discrete ``given`` then.

    References
    ----------
    .. [1] T. Lewis, I. W. Saunders, M. Westcott, "The moments of the Pearson
       chi-squared statistic and the minimum expected value in two-way tables",
       Biometrika 71 (1984).
    .. [2] J. Besag, P. Clifford, "Sequential Monte Carlo p-values", Biometrika 78
       (1991).
    .. [3] I. Kim, M. Neykov, S. Balakrishnan, L. Wasserman, "Local permutation tests
       for conditional independence", Annals of Statistics 50 (2022).

    Examples
    --------
    >>> import numpy as np
    >>> from mifs import mi_test
    >>> rng = np.random.default_rng(0)
    >>> z = rng.normal(size=1000)
    >>> x, y = z + rng.normal(size=(2, 1000))  # independent once z is known
    >>> mi_test(x, y).pvalue < 1e-9, mi_test(x, y, z).pvalue > 0.05
    (True, True)
    >>> test = mi_test(list("aabb") * 5, list("abab") * 5)
    >>> round(test.information, 3), round(test.expected, 3), test.pvalue
    (0.0, 0.027, 1.0)
    """
    _check(method, n_permutations)
    named = {"x": (x, discrete_x), "y": (y, discrete_y)}
    if given is not None:
        named["given"] = (given, discrete_given)
    samples = read_samples(**named)
    if sample_weight is not None:
        rows = _repeated(sample_weight, samples[0].n_rows)
        samples = [taken(sample, rows) for sample in samples]
    plain = isinstance(estimator, str) and estimator == "auto"
    chosen = choose("plugin" if plain else estimator, samples)[0]
    variables = _Variables(samples[0], samples[1], samples[2] if samples[2:] else None)
    if method == "auto":
        method = "moments" if counts(chosen) else "permutation"
    if counts(chosen):
        return _by_counts(chosen, variables, method, n_permutations, random_state)
    if method in COUNTING:
        raise ValueError(
            f"method={method!r} is of counts, which estimator={estimator!r} does not "
            "make: use method='permutation', or estimator='plugin'"
        )
    random = check_random_state(random_state)
    return _by_estimates(chosen, variables, n_permutations, random)


def _check(method: object, n_permutations: int) -> None:
    if method not in METHODS:
        raise ValueError(
            f"method={method!r} is unknown; known: {', '.join(map(repr, METHODS))}"
        )
    whole = isinstance(n_permutations, Integral) and n_permutations is not True
    if not whole or n_permutations < 1:
        raise ValueError(
            f"n_permutations={n_permutations!r} must be an integer of at least 1"
        )


def _repeated(sample_weight: object, n_rows: int) -> IntArray:
    """Rows, each as often as it counts."""
    weight = read_weights(sample_weight, n_rows)
    if len(parts := weight[weight != np.floor(weight)]):
        raise ValueError(
            f"sample_weight has {parts[0]}, which is no number of rows, and a test "
            "goes by their number: round it, or leave it out"
        )
    if (total := weight.sum()) > MOST_ROWS:
        raise ValueError(
            f"sample_weight stands for {total:.3g} rows, more than {MOST_ROWS}, which "
            "are repeated: test some of them, or count groups of rows"
        )
    return np.repeat(np.arange(n_rows), weight.astype(np.intp))


def _by_counts(
    chosen: Direct,
    variables: _Variables,
    method: str,
    n_permutations: int,
    random_state: object,
) -> MITest:
    """Test tables of counts."""
    x, y = (counted(chosen, sample) for sample in variables[:2])
    of_g = of_trend = None
    if variables.given is not None:
        of_g, of_trend = strata_of(chosen, variables.given)
    tables = count(x, y, of_g)
    if method == "chi2":
        test = chi_squared_test(tables)
    elif method == "permutation":
        random = check_random_state(random_state)
        test = permutation_test(tables, n_permutations, random)
    else:
        test = table_test(
            tables,
            ordered_rows=variables.x.ordered,
            ordered_columns=variables.y.ordered,
            trend_tables=lambda: tables if of_trend is of_g else count(x, y, of_trend),
            seed=_seed(random_state),
        )
    return _of_table(test, len(x), method)


def _seed(random_state: object) -> int:
    """Where drawn tables come from: nothing is drawn by default that could change."""
    if random_state is None or isinstance(random_state, Integral):
        return int(random_state or 0)
    return int(check_random_state(random_state).randint(2**31))


def _of_table(test: TableTest, n: int, method: str) -> MITest:
    return MITest(
        *(test.g, test.pvalue, float(test.df)),
        *(test.g / (2 * n), test.mean / (2 * n), test.log_pvalue),
        *(test.p_g, test.p_trend, method),
    )


def _by_estimates(
    chosen: Direct, variables: _Variables, n_permutations: int, random: RandomState
) -> MITest:
    """Compare an estimate with those of permuted x."""
    x, *others = (sample for sample in variables if sample is not None)
    observed = information(chosen, x, *others)
    order = orders(variables.given, x.n_rows, random)

    def draw(n: int) -> FloatArray:
        return np.array(
            [information(chosen, taken(x, order()), *others) for _ in range(n)]
        )

    # Estimates of equal samples can differ by rounding.
    reached, values = at_least(draw, observed - 1e-12, n_permutations)
    p = p_of_draws(reached, len(values))
    return MITest(
        *(observed, p, math.nan, observed, float(values.mean()), math.log(p)),
        *(math.nan, math.nan, "permutation"),
    )
