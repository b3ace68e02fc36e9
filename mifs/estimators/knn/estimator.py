"""The k-NN estimator: continuous and mixed columns without bins."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from mifs._arrays import FloatArray, IntArray
from mifs._data.parallel import run
from mifs._data.table import Table
from mifs._parameters import Parameters
from mifs._terms import CONDITIONAL_REDUNDANCY, REDUNDANCY
from mifs.estimators._base import Capabilities
from mifs.estimators._missing import check_missing, refuse_missing
from mifs.estimators._rows_of_pairs import RowsOfPairs
from mifs.estimators._terms import Terms
from mifs.estimators.knn.cloud import differential_entropy, shared_information
from mifs.estimators.knn.neighbours import (
    Variable,
    alone_in_cells,
    ksg,
    mixed_information,
    refuse_few_rows,
    ross_information,
    ross_within,
)
from mifs.estimators.knn.sorted import (
    SCALES,
    Arranged,
    Groups,
    arrange,
    one_group,
    read_column,
)
from mifs.estimators.plugin.codes import information_of

# Sorted columns are kept up to so many bytes; the rest are sorted when needed.
_CACHE_BYTES = 2**31


class KNN(Parameters):
    """Nearest-neighbour estimator: no bins, no noise, never clipped.

    The terms of two columns and a target, in nats, by kind:

    - I(X;Y): both continuous, KSG algorithm 1 [1]_; one discrete, Ross [2]_; both
      discrete, the plug-in estimate.
    - I(X;W|Y), Y discrete: the same within each class, weighted by its size.
    - I(X;W|Y), Y continuous: Frenzel and Pompe [3]_,
      ψ(k) − ⟨ψ(n_xy) + ψ(n_wy) − ψ(n_y)⟩; a discrete X or W has distances 0 and
      infinity [4]_, so that neighbours are sought within its own level.

    Distances are max norms of scaled columns, so units do not matter. Estimates of
    independent columns scatter around 0 and can be negative.

    Parameters
    ----------
    n_neighbors : int, default=3
        Neighbours k, at least 1. More of them mean less variance and more bias.
    scale : {"standardize", "rank"}, default="rank"
        Unit variance, or normal scores (normal quantiles of the mean ranks), with
        which estimates do not change under monotone maps of a column. Ranks close the
        gaps between clusters: given a continuous condition that costs up to 0.2 nats
        (see Notes), and ``"standardize"`` is better there.
    missing : {"error", "pairwise"}, default="error"
        Missing values have no distances: an error that names the columns; or rows in
        which a column of a pair is missing are left out of the terms of that pair.

    Notes
    -----
    **Ties** are handled without noise. A point whose k-th neighbour is at distance 0
    uses the number of points tied with it, itself included, in place of k [4]_. Where
    several points lie exactly on the distance of the k-th neighbour, as in rounded or
    integer-valued columns, strict counts with a fixed k would be far too high (0.4 nats
    for 300 random integer levels among 1 000 rows). Ross's count is then its mean over
    all orders of the tied points, and KSG and Frenzel–Pompe use, in place of k, one
    more than the number of points closer than the distance. Every point without such
    ties follows [1]_, [2]_ and [3]_ exactly. Values that differ by less than rounding
    error count as equal, unless those of the column are as fine as that everywhere, or
    large whole numbers: then only equal values tie.

    At least as many neighbours as rows are an error, except between discrete columns,
    which have no distances. A class (or cell) with m ≤ k rows
    uses m − 1 neighbours, as in scikit-learn's version of [2]_, and one with a single
    row is left out; so does a pair with m ≤ k rows in common where ``missing`` is
    ``"pairwise"``.
    A constant column has information 0.

    **Clusters.** Normal scores of separate clusters touch, so that neighbourhoods reach
    from one into the other. Of two disjoint uniforms, with an irrelevant continuous
    condition, ``"rank"`` finds 0.031 nats too little of log 2 about the cluster (800
    rows), and 0.116 about a column of the same clusters; ``"standardize"`` is right to
    0.002. It has that bias where clusters touch in truth.

    References
    ----------
    .. [1] A. Kraskov, H. Stögbauer, P. Grassberger, "Estimating mutual information",
       Physical Review E 69 (2004), 066138.
    .. [2] B. C. Ross, "Mutual information between discrete and continuous data sets",
       PLoS ONE 9 (2014), e87357.
    .. [3] S. Frenzel, B. Pompe, "Partial mutual information for coupling analysis of
       multivariate time series", Physical Review Letters 99 (2007), 204101.
    .. [4] O. C. Mesner, C. R. Shalizi, "Conditional mutual information estimation for
       mixed, discrete and continuous data", IEEE Transactions on Information Theory
       67 (2021); W. Gao et al., "Estimating mutual information for discrete-continuous
       mixtures", NeurIPS 30 (2017).

    Examples
    --------
    >>> from sklearn.datasets import load_wine
    >>> from mifs import JMI
    >>> from mifs.estimators import KNN
    >>> X, y = load_wine(return_X_y=True)
    >>> JMI(3, mi_estimator=KNN()).fit(X, y).selected_indices_
    array([ 6,  9, 12])
    """

    term_names: ClassVar[frozenset[str]] = frozenset(
        {REDUNDANCY, CONDITIONAL_REDUNDANCY}
    )

    def __init__(
        self, n_neighbors: int = 3, scale: str = "rank", missing: str = "error"
    ) -> None:
        self.n_neighbors = n_neighbors
        self.scale = scale
        self.missing = missing

    def capabilities(self, table: Table | None = None) -> Capabilities:
        """Say what it can give (see `mifs.estimators.Estimator`).

        Parameters
        ----------
        table : Table, default=None
            What is asked about; None: any table that it takes.

        Returns
        -------
        capabilities : Capabilities
            What `prepare` and the terms will give.
        """
        return _abilities(self.term_names, self.missing == "pairwise")

    def prepare(
        self, table: Table, *, n_jobs: int | None = None
    ) -> KNNTerms | RowsOfPairs:
        """Scale and sort the columns of a table, and estimate all relevances.

        Parameters
        ----------
        table : Table
            Columns and target.
        n_jobs : int, default=None
            As in joblib.

        Returns
        -------
        terms : KNNTerms or RowsOfPairs
            Relevances, and pairwise terms on demand; the latter if rows with missing
            values are left out.

        Raises
        ------
        ValueError
            Wrong ``n_neighbors``, ``scale`` or ``missing``; missing values.
        """
        self.check()
        if not _only_counts(table):
            refuse_few_rows(self.n_neighbors, table.n_rows)
        if self.missing == "pairwise" and table.has_missing:
            return RowsOfPairs(table, self._terms, n_jobs)
        refuse_missing(
            table,
            "KNN cannot measure distances to missing values",
            "impute them, leave rows out by KNN(missing='pairwise'), or use "
            "mi_estimator='plugin', for which missing is a level of its own",
        )
        return self._terms(table, n_jobs)

    def _terms(self, table: Table, n_jobs: int | None) -> KNNTerms:
        return KNNTerms(table, self.n_neighbors, self.scale, n_jobs)

    def information(self, x: Variable, y: Variable, z: Variable, n_rows: int) -> float:
        """I(X;Y|Z) of variables read by `read`.

        Parameters
        ----------
        x, y, z : Variable
            What `read` returned; z may be constant, which conditions on nothing.
        n_rows : int
            Number of samples.

        Returns
        -------
        information : float
            In nats, never clipped.
        """
        if x.constant or y.constant:
            return 0.0
        k = self.n_neighbors
        given = None if z.constant else z
        discrete = [v for v in (x, y) if not v.columns]
        if len(discrete) == 2 and (given is None or not given.columns):
            codes = None if given is None else given.codes
            return information_of(_codes(x), _codes(y), codes)
        variables = [x, y] if given is None else [x, y, given]
        if k >= n_rows and not alone_in_cells(variables):
            refuse_few_rows(k, n_rows)
        if (given is not None and given.columns) or not (_simple(x) and _simple(y)):
            return mixed_information(x, y, given or Variable([]), k, n_rows)
        groups = one_group(n_rows) if given is None else Groups(_codes(given))
        if not discrete:
            (first,), (second,) = x.columns, y.columns
            return ksg(arrange(first, groups), arrange(second, groups), groups, k)
        (column,) = x.columns or y.columns
        return ross_within(column, _codes(discrete[0]), groups, k)

    def read(self, columns: list[FloatArray], codes: IntArray | None) -> Variable:
        """Scale the columns of one variable.

        Parameters
        ----------
        columns : list of ndarray of shape (n,), float64
            Its continuous columns.
        codes : ndarray of shape (n,) or None, intp
            Joint codes of its discrete columns.

        Returns
        -------
        variable : Variable
            What `information` takes.
        """
        self.check()
        return Variable([read_column(values, self.scale) for values in columns], codes)

    def entropy_within(
        self, columns: list[FloatArray], codes: IntArray | None
    ) -> float:
        """Estimate h(C|D) of columns within levels (Kozachenko and Leonenko).

        Parameters
        ----------
        columns : list of ndarray of shape (n,), float64
            At least one.
        codes : ndarray of shape (n,) or None, intp
            Dense codes of the levels.

        Returns
        -------
        entropy : float
            In nats: h(C|D).

        Raises
        ------
        ValueError
            Wrong parameters; no two rows of any level, or no more rows than neighbours.
        """
        self.check()
        return differential_entropy(columns, codes, self.n_neighbors)

    def shared(self, variables: list[Variable], n_rows: int) -> FloatArray:
        """Estimate what variables share, row by row (Kraskov et al., equation 23).

        Parameters
        ----------
        variables : list of Variable
            What `read` returned; none of them constant.
        n_rows : int
            Number of samples.

        Returns
        -------
        shared : ndarray of shape (n,), float64
            In nats; NaN for a row alone in its cell of discrete values.
        """
        if not alone_in_cells(variables):
            refuse_few_rows(self.n_neighbors, n_rows)
        return shared_information(variables, self.n_neighbors, n_rows)

    def check(self) -> None:
        """Refuse wrong parameters.

        Raises
        ------
        ValueError
            Wrong ``n_neighbors``, ``scale`` or ``missing``.
        """
        k = self.n_neighbors
        if isinstance(k, bool) or not isinstance(k, (int, np.integer)) or k < 1:
            raise ValueError(
                f"n_neighbors={self.n_neighbors!r} must be an integer of at least 1"
            )
        if self.scale not in SCALES:
            raise ValueError(
                f"scale={self.scale!r} is unknown; known: {', '.join(SCALES)}"
            )
        check_missing(self.missing, ("error", "pairwise"), "KNN")


@lru_cache
def _abilities(terms: frozenset[str], missing: bool) -> Capabilities:
    """Make once what a small sample is asked for more than once."""
    return Capabilities(
        terms=terms,
        missing=missing,
        samples=frozenset({"information", "entropy", "pointwise"}),
    )


def _simple(variable: Variable) -> bool:
    """One continuous column, or discrete alone."""
    return len(variable.columns) + (variable.codes is not None) == 1


def _codes(variable: Variable) -> IntArray:
    if variable.codes is None:
        raise TypeError("a continuous variable has no codes")
    return variable.codes


def _only_counts(table: Table) -> bool:
    """Whether no column has distances, so that no neighbours are sought."""
    targets = (table.target, *table.further)
    return bool(table.discrete.all()) and all(target.discrete for target in targets)


@dataclass(frozen=True)
class _Feature:
    """A column as the terms need it, continuous or discrete."""

    variable: Variable
    sorted: Arranged | None = None
    by_class: Arranged | None = None
    groups: Groups | None = None

    @property
    def n_bytes(self) -> int:
        """Memory that it holds, places of a pick included."""
        arrays = 0 if self.sorted is None else 8 + 2 * (12 + 4)
        return (arrays or 16) * (
            len(self.variable.columns[0].values)
            if self.variable.columns
            else len(_codes(self.variable))
        )


class KNNTerms(Terms):
    """Terms of one table; every continuous column is scaled and sorted once."""

    def __init__(self, table: Table, k: int, scale: str, n_jobs: int | None) -> None:
        self._table = table
        self._k = k
        self._scale = scale
        self._everyone = one_group(table.n_rows)
        self._kept: dict[int, _Feature] = {}
        self._free = _CACHE_BYTES
        target = table.target
        self._classes = Groups(target.codes) if target.discrete else None
        if target.discrete:
            self._target = Variable([], target.codes)
        else:
            self._target = Variable([read_column(target.values, scale)])
            self._sorted_target = arrange(self._target.columns[0], self._everyone)
        tasks = ((column,) for column in range(table.n_features))
        self.relevance = np.array(list(run(self._relevance, tasks, n_jobs)))

    def pairwise(
        self, newest: int, candidates: NDArray[np.intp], wanted: frozenset[str]
    ) -> dict[str, FloatArray]:
        """Terms of each candidate against the newest pick (see `Terms`)."""
        pick = self._feature(newest)
        terms = {name: np.zeros(len(candidates)) for name in wanted}
        for place, column in enumerate(candidates):
            feature = self._feature(int(column))
            if feature.variable.constant or pick.variable.constant:
                continue
            if REDUNDANCY in wanted:
                terms[REDUNDANCY][place] = self._information(pick, feature)
            if CONDITIONAL_REDUNDANCY in wanted:
                given = self._conditional(pick, feature)
                terms[CONDITIONAL_REDUNDANCY][place] = given
        return terms

    def _feature(self, column: int) -> _Feature:
        """Read and sort a column, or find it as read before."""
        kept = self._kept.get(column)
        if kept is not None:
            return kept
        if self._table.discrete[column]:
            codes = self._table.codes(column)
            feature = _Feature(Variable([], codes), groups=Groups(codes))
        else:
            values = read_column(self._table.numeric(column), self._scale)
            by_class = None if self._classes is None else arrange(values, self._classes)
            plain = arrange(values, self._everyone)
            feature = _Feature(Variable([values]), plain, by_class)
        if feature.n_bytes <= self._free:
            self._free -= feature.n_bytes
            self._kept[column] = feature
        return feature

    def _relevance(self, column: int) -> float:
        feature = self._feature(column)
        if feature.variable.constant:
            return 0.0
        if self._classes is None:
            target = _Feature(self._target, self._sorted_target)
        else:
            target = _Feature(self._target, groups=self._classes)
        return self._information(target, feature)

    def _information(self, x: _Feature, w: _Feature) -> float:
        """I(X;W)."""
        if x.sorted is not None and w.sorted is not None:
            return ksg(x.sorted, w.sorted, self._everyone, self._k)
        if x.sorted is None and w.sorted is None:
            return information_of(_codes(x.variable), _codes(w.variable))
        (column,) = x.variable.columns or w.variable.columns
        groups = x.groups if w.groups is None else w.groups
        assert groups is not None
        return ross_information(column, groups, self._k)

    def _conditional(self, x: _Feature, w: _Feature) -> float:
        """I(X;W|Y)."""
        first, second = x.variable, w.variable
        if self._classes is None:
            n_rows = self._table.n_rows
            return mixed_information(first, second, self._target, self._k, n_rows)
        if x.by_class is not None and w.by_class is not None:
            return ksg(x.by_class, w.by_class, self._classes, self._k)
        if not first.columns and not second.columns:
            return information_of(_codes(first), _codes(second), self._target.codes)
        (column,) = first.columns or second.columns
        codes = _codes(second if first.columns else first)
        return ross_within(column, codes, self._classes, self._k)
