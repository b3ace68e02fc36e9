"""The plug-in estimator: entropies of observed frequencies."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator

from mifs import _kernels
from mifs._data.discretize import (
    BINNINGS,
    Encoding,
    default_n_bins,
    encode_target,
    explicit_edges,
)
from mifs._data.table import Table
from mifs._data.target_edges import SUPERVISED, supervised_edges
from mifs._engines.base import (
    ALONE,
    Cells,
    Engine,
    IntArray,
    JointCounts,
    Workers,
)
from mifs._engines.histogram import HistogramEngine
from mifs._engines.memory import MemoryEngine
from mifs._engines.sparse import SparseEngine
from mifs.estimators._base import (
    CONDITIONAL_REDUNDANCY,
    ENTROPY,
    JOINT_COUNTS,
    JOINT_ENTROPY,
    REDUNDANCY,
    FloatArray,
)
from mifs.estimators._missing import PresentTerms, check_missing, refuse_missing
from mifs.estimators._sums import Logarithms

NO_TERM = np.empty(0)
NO_SUMS = np.empty(0, np.int64)


class PlugIn(BaseEstimator):
    """Plug-in (maximum likelihood) estimator, from integer counts.

    Entropies are those of the observed frequencies,

        H(X) = log n − (1/n) Σ_x n_x log n_x,

    and every term is a sum of such entropies. Continuous columns are binned first.
    The estimate of the mutual information of independent variables with a and b levels
    is on average (a − 1)(b − 1) / 2n nats too high.

    Parameters
    ----------
    n_bins : int or "auto", default="auto"
        Bins of a continuous column (or target); ``"auto"`` is
        ``clip(round(n ** (1 / 3)), 3, 10)``. With quantiles, a column with at most so
        many distinct values keeps them as its levels.
    binning : {"quantile", "uniform", "mdlp", "ib"}, default="quantile"
        Bins of equal content, with data values as edges, or of equal width, which one
        outlier can collapse; or bins cut with a view to the target: by minimum
        description length (as many as pay, see docs/discretizers.md), or by the
        information bottleneck, down to ``n_bins``. These two have seen the target, so
        that what they tell about it on the same rows is too high. Bins are closed on
        the right. A continuous target is binned by quantiles.
    edges : mapping or list, default=None
        Given edges, by column name or index, or a list with an entry (or None) for
        each column; these columns are binned by them, even if they look discrete.
    missing : {"category", "pairwise", "error"}, default="category"
        Missing values are a level of their own; or rows in which a column of a pair is
        missing are left out of the terms of that pair, which are then those of the
        other rows (no criteria of joint counts, no groups, no sparse matrix); or an
        error that names the columns.

    Attributes
    ----------
    edges_ : dict of int to ndarray
        The edges used, by column index (after `prepare`).

    See Also
    --------
    mifs.MISelector : Takes an estimator as ``mi_estimator``.

    References
    ----------
    .. [1] L. Paninski, "Estimation of entropy and mutual information", Neural
       Computation 15 (2003).

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from mifs import JMI
    >>> from mifs.estimators import PlugIn
    >>> X, y = load_iris(return_X_y=True)
    >>> JMI(2, mi_estimator=PlugIn(n_bins=4)).fit(X, y).selected_indices_
    array([2, 1])
    """

    term_names: ClassVar[frozenset[str]] = frozenset(
        {REDUNDANCY, CONDITIONAL_REDUNDANCY, JOINT_ENTROPY, JOINT_COUNTS, ENTROPY}
    )
    non_negative: ClassVar[bool] = True
    weighting: ClassVar[str] = "counts"

    def __init__(
        self,
        n_bins: int | str = "auto",
        binning: str = "quantile",
        edges: Any = None,
        missing: str = "category",
    ) -> None:
        self.n_bins = n_bins
        self.binning = binning
        self.edges = edges
        self.missing = missing

    def prepare(
        self, table: Table, *, n_jobs: int | None = None
    ) -> PlugInTerms | PresentTerms:
        """Bin, encode and count the columns of a table.

        Parameters
        ----------
        table : Table
            Columns and target.
        n_jobs : int, default=None
            As in joblib.

        Returns
        -------
        terms : PlugInTerms or PresentTerms
            Relevances, and pairwise and joint terms on demand; the latter if rows with
            missing values are left out.

        Raises
        ------
        ValueError
            Wrong ``n_bins``, ``binning``, ``edges`` or ``missing``; missing values
            where these are an error.
        """
        self._check(table)
        weights = table.weights
        n_bins = self._number_of_bins(weights.total if weights else table.n_rows)
        encoding, classes, n_classes = self._encode(table, n_bins, n_jobs)
        units = None if weights is None else weights.units
        missing = table.gather("n_missing") > 0
        engine: Engine
        if self.missing == "pairwise" and missing.any():
            counted = HistogramEngine(encoding, classes, n_classes, units, n_jobs)
            return PresentTerms(counted, missing)
        if table.sparse:
            engine = SparseEngine.of_table(encoding, classes, n_classes, units, n_jobs)
        elif units is None:
            engine = MemoryEngine(encoding, classes, n_classes, n_jobs)
        else:
            engine = HistogramEngine(encoding, classes, n_classes, units, n_jobs)
        return PlugInTerms(engine)

    def _check(self, table: Table) -> None:
        """Refuse wrong parameters, and what the policy of missing values excludes."""
        known = (*BINNINGS, *SUPERVISED)
        if self.binning not in known:
            raise ValueError(
                f"binning={self.binning!r} is unknown; known: {', '.join(known)}"
            )
        check_missing(self.missing, ("category", "pairwise", "error"), "PlugIn")
        if self.missing == "error":
            refuse_missing(
                table,
                "missing='error' refuses missing values",
                "impute them, or use missing='category'",
            )
        if self.missing == "pairwise" and table.sparse:
            raise ValueError(
                "missing='pairwise' does not count sparse matrices; use X.toarray(), "
                "or missing='category'"
            )

    def _encode(
        self, table: Table, n_bins: int, n_jobs: int | None
    ) -> tuple[Encoding, NDArray[np.intp], int]:
        """Levels or bins of all columns, classes of the rows, and how many."""
        weights = table.weights
        classes, n_classes = encode_target(table.target, n_bins, weights)
        given = explicit_edges(self.edges, table.names)
        if self.binning in SUPERVISED:
            free = np.setdiff1d(np.flatnonzero(~table.discrete), list(given))
            given |= supervised_edges(
                table, free, classes, self.binning, n_bins, n_jobs
            )
        encoding = Encoding.learn(table, n_bins, self.binning, given, n_jobs)
        self.edges_ = encoding.edges
        return encoding, classes, n_classes

    def _number_of_bins(self, n_rows: float) -> int:
        if isinstance(self.n_bins, str) and self.n_bins == "auto":
            return default_n_bins(n_rows)
        if isinstance(self.n_bins, (int, np.integer)) and 2 <= self.n_bins <= 256:
            return int(self.n_bins)
        raise ValueError(
            f"n_bins={self.n_bins!r} must be 'auto' or an integer from 2 to 256"
        )


class PlugInTerms:
    """Terms from the integer tables of an engine.

    With F = Σ n log n over the cells of a table, n·I(Xk;Xj) = F_kj − F_k − F_j + F_n
    and n·I(Xk;Xj|Y) = F_kjy − F_ky − F_jy + F_y. F is kept as a scaled integer.
    """

    def __init__(self, engine: Engine) -> None:
        self._logarithms = Logarithms(engine.n_rows)
        self._engine = engine
        self._f_ky, self._f_k = self._folded_sums(engine.level_counts())
        self._every = np.arange(len(self._f_k))
        ends = np.array([0, len(engine.class_counts)])
        (self._f_y,), (self._f_n,) = self._folded_sums(Cells(engine.class_counts, ends))
        self.relevance = self._nats(self._f_ky - self._f_k - self._f_y + self._f_n)
        self.entropy = self._nats(self._f_n - self._f_k)
        self.target_entropy = float(self._nats(self._f_n - self._f_y))

    def _folded_sums(self, cells: Cells) -> tuple[IntArray, IntArray]:
        """Sum with the class, and without it."""
        n_classes = len(self._engine.class_counts)
        table, scale = self._logarithms.table, self._logarithms.scale
        with_class, without = _kernels.sums.plogp_sums_folded(
            cells.counts, cells.starts, n_classes, table, scale
        )
        return with_class, without

    def _nats(self, sums: IntArray) -> FloatArray:
        return self._logarithms.value(sums) / self._engine.n_rows

    def parts(self, candidates: NDArray[np.intp], n: int) -> list[NDArray[np.intp]]:
        """Positions of the candidates in at most n parts, to be counted in parallel."""
        return self._engine.parts(candidates, n)

    def pairwise(
        self,
        newest: int,
        candidates: NDArray[np.intp],
        wanted: frozenset[str],
        workers: Workers = ALONE,
    ) -> dict[str, FloatArray]:
        """Terms of each candidate against the newest pick (see `Terms`)."""
        by_class = wanted != {REDUNDANCY}
        pick = self._engine.pick(newest)
        tables = self._engine.joint_counts(
            pick, candidates, by_class=by_class, workers=workers
        )
        every = self._every
        whole = len(candidates) == len(every) and (candidates == every).all()
        at = slice(None) if whole else candidates
        return self._terms(
            tables, wanted, len(candidates), lambda f: (f[at], f[newest])
        )

    def pairs(
        self,
        picks: NDArray[np.intp],
        candidates: NDArray[np.intp],
        wanted: frozenset[str],
    ) -> dict[str, FloatArray]:
        """Terms of candidate i against pick i, for all i."""
        by_class = wanted != {REDUNDANCY}
        tables = self._engine.pair_counts(picks, candidates, by_class=by_class)
        return self._terms(
            tables, wanted, len(candidates), lambda f: (f[candidates] + f[picks], 0)
        )

    def _terms(
        self,
        tables: Iterable[JointCounts],
        wanted: frozenset[str],
        n_candidates: int,
        margins: Callable[[IntArray], tuple[IntArray, Any]],
    ) -> dict[str, FloatArray]:
        """Terms from tables; ``margins`` picks the F of the candidates and the rest."""
        by_class = wanted != {REDUNDANCY}
        f_kj, f_kjy = self._joint_sums(tables, n_candidates, by_class)
        terms = {}
        if REDUNDANCY in wanted:
            own, other = margins(self._f_k)
            terms[REDUNDANCY] = self._shared(f_kj, own, self._f_n - other)
        if CONDITIONAL_REDUNDANCY in wanted:
            own, other = margins(self._f_ky)
            terms[CONDITIONAL_REDUNDANCY] = self._shared(f_kjy, own, self._f_y - other)
        if JOINT_ENTROPY in wanted:
            terms[JOINT_ENTROPY] = self._nats(self._f_n - f_kjy)
        return terms

    def _shared(self, joint: IntArray, own: IntArray, rest: Any) -> FloatArray:
        """Information of two variables, given the class or not, from their F."""
        shared: FloatArray = _kernels.sums.nats(
            joint, own, int(rest), self._logarithms.unit, self._engine.n_rows
        )
        return shared

    def _joint_sums(
        self, tables: Iterable[JointCounts], n_candidates: int, by_class: bool
    ) -> tuple[IntArray, IntArray]:
        """F of each candidate with the pick, and with pick and class."""
        pair, triple = NO_SUMS, NO_SUMS
        for table in tables:
            with_class, without = self._sums_of(table, by_class)
            if len(without) == n_candidates and isinstance(table.members, slice):
                return without, with_class
            if pair is NO_SUMS:
                pair, triple = np.empty((2, n_candidates), np.int64)
            pair[table.members], triple[table.members] = without, with_class
        return pair, triple

    def _sums_of(self, table: JointCounts, by_class: bool) -> tuple[IntArray, IntArray]:
        """F of some candidates with the class, where it was asked for, and without."""
        if table.summed is not None:
            return table.summed.plogp_sums(self._logarithms)
        if table.pair is None and table.triple is not None:
            return self._folded_sums(table.triple)
        assert table.pair is not None
        without = self._logarithms.sums(table.pair)
        with_class = without
        if table.triple is not None:
            with_class = self._logarithms.sums(table.triple)
        return with_class, without

    def grouped(self, groups: list[list[int]]) -> PlugInTerms:
        """Terms of groups of columns, each as one joint variable."""
        return PlugInTerms(self._engine.grouped(groups))

    def join(self, pick: Any | None, column: int) -> Any:
        """Make a joint label of a pick (None: of nothing) and a column."""
        return self._engine.join(pick, column)

    def pick_entropies(self, pick: Any) -> tuple[float, float]:
        """H(S) and H(S,Y) of a joint label."""
        cells = Cells(pick.counts.ravel(), np.array([0, pick.counts.size]))
        (with_class,), (plain,) = self._folded_sums(cells)
        return (
            float(self._nats(self._f_n - plain)),
            float(self._nats(self._f_n - with_class)),
        )

    def joint(
        self, pick: Any, candidates: NDArray[np.intp], *, by_class: bool
    ) -> tuple[FloatArray, FloatArray]:
        """H(Xk,S) and, where asked for, H(Xk,S,Y) of each candidate, nats."""
        tables = self._engine.joint_counts(pick, candidates, by_class=by_class)
        pair, triple = self._joint_sums(tables, len(candidates), by_class)
        with_class = self._nats(self._f_n - triple) if by_class else NO_TERM
        return self._nats(self._f_n - pair), with_class
