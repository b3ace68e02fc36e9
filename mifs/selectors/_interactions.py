"""What every two columns tell of a target together."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral

import numpy as np
import pandas as pd

from mifs._arrays import FloatArray, IntArray
from mifs._data.labels import Labels
from mifs._data.table import Numbered, Table
from mifs._problem.abilities import require
from mifs._problem.chance import ChanceGate
from mifs._problem.constraints import read_units
from mifs._problem.data import read_data
from mifs._problem.pairs import Pairs, Search, Sides, discovery_rates, small_p_values
from mifs._problem.partners import BOTH
from mifs._problem.problem import Problem, seed_of_tests
from mifs.estimators import Terms
from mifs.estimators._mean import prepare
from mifs.selectors._base import made_here, problem_of
from mifs.selectors._criteria.by_name import MISelector
from mifs.selectors._progress import progress_bar

# Level of the tests, adjusted for the number of pairs: draws confirm what reaches it.
LEVEL = 0.05


def interactions(
    X: object,
    y: object = None,
    *,
    top: int | None = 100,
    within: object = None,
    against: object = None,
    mi_estimator: object = "plugin",
    discrete_features: object = "auto",
    discrete_target: bool | str = "auto",
    random_state: int | np.random.RandomState | None = 0,
    n_jobs: int | None = None,
    verbose: int = 0,
) -> pd.DataFrame:
    r"""Look at all pairs of columns, for what both tell of the target together.

    A pair may tell much of which neither column tells anything (XOR). A search that
    takes one column at a time cannot see it; here every pair is counted, p (p − 1) / 2
    of them.

    Parameters
    ----------
    X : {array-like, DataFrame, sparse matrix} of shape (n_samples, n_features), or Scan
        A table, as `fit` of the selectors takes it.
    y : array-like of shape (n_samples,)
        Classes or numbers; None beside a `mifs.Scan`, which has it.
    top : int or None, default=100
        Pairs in the result: those of most joint relevance. None: all of them.
    within : mask, indices or names, default=None
        Columns of the pairs; None: all.
    against : mask, indices or names, default=None
        One column of each pair is one of these, the other one of ``within``; None: any.
    mi_estimator : str or estimator, default="plugin"
        As in the selectors. Its terms are corrected for chance, if it corrects them.
    discrete_features : "auto", bool, mask, indices, names or callable, default="auto"
        As in the selectors.
    discrete_target : "auto" or bool, default="auto"
        As in the selectors.
    random_state : int, RandomState instance or None, default=0
        Of tables that the tests draw.
    n_jobs : int, default=None
        Threads, as in joblib. The result does not depend on it.
    verbose : int, default=0
        1: a progress bar; 2: a line every few seconds.

    Returns
    -------
    pairs : DataFrame
        One row a pair, the most joint relevance first, ties by the positions of the
        columns. All information is in nats.

        - ``first``, ``second``: labels of the columns, positions for arrays; the
          column that comes first in X is the first;
        - ``joint_relevance``: I(X1,X2;Y);
        - ``relevance_first``, ``relevance_second``: I(X1;Y), I(X2;Y);
        - ``redundancy``: I(X1;X2);
        - ``interaction``: I(X1;X2|Y) − I(X1;X2), which is I(X1,X2;Y) − I(X1;Y) −
          I(X2;Y): above 0 both tell more together than one by one, below 0 they repeat
          each other;
        - ``p_value``: the larger of the p-values of X1 given X2 and of X2 given X1. It
          is small only where each tells something of the target that the other one
          does not, as both do of every pair whose interaction is above 0;
        - ``q_value``: adjusted by Benjamini and Hochberg among all pairs.

    Raises
    ------
    ValueError
        What `fit` would refuse; several outputs; weights; no pair.

    See Also
    --------
    relevance_test : Of each column by itself.

    Notes
    -----
    I(X1,X2;Y) = I(X1;Y) + I(X2;Y) + I(X1;X2|Y) − I(X1;X2), by the chain rule. The
    p-values are those of the tests of a path: G within strata of the other column, on
    bins that have not seen the target. A pair of which one column tells nothing given
    the other is at or below a level no more often than it says: the larger of two
    p-values is one for "either" (intersection–union test). P-values of pairs that are
    not in the result are rough, and only used to adjust the others.

    References
    ----------
    .. [1] W. J. McGill, "Multivariate information transmission", Psychometrika 19
       (1954).
    .. [2] Y. Benjamini, Y. Hochberg, "Controlling the false discovery rate", Journal of
       the Royal Statistical Society B 57 (1995).

    Examples
    --------
    >>> import numpy as np
    >>> import mifs
    >>> X = np.random.default_rng(0).integers(0, 2, (500, 20))
    >>> y = X[:, 4] ^ X[:, 11]  # neither tells anything alone
    >>> mifs.interactions(X, y, top=2)[
    ...     ["first", "second", "joint_relevance", "q_value"]
    ... ].round(3)
       first  second  joint_relevance  q_value
    0      4      11            0.690      0.0
    1      6      13            0.008      1.0
    """
    _check_top(top)
    reader = MISelector(
        "jmi",
        mi_estimator=mi_estimator,
        discrete_features=discrete_features,
        discrete_target=discrete_target,
        random_state=random_state,
        n_jobs=n_jobs,
        verbose=verbose,
    )
    problem = problem_of(reader, X, y)
    with made_here(problem.data.X, X):
        return _found(problem, within, against, top, verbose)


def _found(
    problem: Problem, within: object, against: object, top: int | None, verbose: int
) -> pd.DataFrame:
    """Read the table, and find its best pairs."""
    n_jobs = problem.n_jobs
    table = read_data(problem.data, problem.estimator, n_jobs)
    _check(table)
    require(BOTH, "interactions", problem.estimator, table)
    sides = _sides(within, against, Labels(table.labels))
    terms = prepare(problem.estimator, table, n_jobs)
    gate = _gate(problem, table, terms)
    n_top = min(sides.n_pairs, top or sides.n_pairs)
    counted = gate.codes.n_rows, gate.codes.targets[0].n_levels
    search = Search(terms, sides, n_top, counted)
    with progress_bar("interactions", verbose) as advance:
        best, suspects, n_certain = search.run(n_jobs, advance)
    p_values = _p_values(gate, best, LEVEL / sides.n_pairs)
    others = small_p_values(gate.codes, _without(suspects, best), n_jobs)
    q_values = discovery_rates(p_values, others, n_certain, sides.n_pairs)
    return _frame(table, terms, best, p_values, q_values)


def _check_top(top: object) -> None:
    if top is None:
        return
    if not isinstance(top, Integral) or isinstance(top, bool) or top < 1:
        raise ValueError(f"top={top!r} must be a number of pairs, 1 or more, or None")


def _check(table: Table) -> None:
    if table.further:
        raise ValueError(
            f"y has {1 + len(table.further)} outputs: pass one of them at a time"
        )
    if table.weights is not None:
        raise ValueError("interactions takes no weights: leave the weights column out")


def _sides(within: object, against: object, labels: Labels) -> Sides:
    every = np.arange(len(labels))
    first = every if within is None else labels.places(within, "within")
    second = first if against is None else labels.places(against, "against")
    sides = Sides.of(first, second, len(labels))
    if not sides.n_pairs:
        raise ValueError(
            f"there is no pair of two columns: within={within!r}, against={against!r}, "
            f"and {len(labels)} columns in all"
        )
    return sides


def _gate(problem: Problem, table: Table, terms: Terms) -> ChanceGate:
    """Make the tests of a path, of columns one by one and given another."""
    bins = problem.estimator.capabilities().default_bins
    return ChanceGate(
        table,
        read_units(None, Labels(table.labels)),
        LEVEL,
        given_picks=True,
        levels=None,
        pairs=None,
        seed=seed_of_tests(problem),
        edges=terms.edges if bins else None,
        codes=terms.row_codes if bins else None,
    )


def _p_values(gate: ChanceGate, pairs: Pairs, level: float) -> FloatArray:
    both = zip(pairs.first.tolist(), pairs.second.tolist(), strict=True)
    return np.exp([gate.log_p_of_pair(*pair, level) for pair in both])


def _without(pairs: Pairs, known: Pairs) -> Pairs:
    """Leave out the pairs that are tested already."""
    n = 1 + max(pairs.second.max(initial=0), known.second.max(initial=0))
    keys = (part.first * n + part.second for part in (pairs, known))
    return pairs.at(~np.isin(*keys))


def _frame(
    table: Table, terms: Terms, pairs: Pairs, p_values: FloatArray, q_values: FloatArray
) -> pd.DataFrame:
    labels = table.labels
    return pd.DataFrame(
        {
            "first": _labels_of(pairs.first, labels),
            "second": _labels_of(pairs.second, labels),
            "joint_relevance": pairs.joint,
            "relevance_first": terms.relevance[pairs.first],
            "relevance_second": terms.relevance[pairs.second],
            "redundancy": pairs.redundancy,
            "interaction": pairs.interaction,
            "p_value": p_values,
            "q_value": q_values,
        }
    )


def _labels_of(columns: IntArray, labels: Sequence[object]) -> IntArray | pd.Index:
    if isinstance(labels, Numbered):
        return columns
    return pd.Index([labels[j] for j in columns.tolist()], tupleize_cols=False)
