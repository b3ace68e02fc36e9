"""The plug-in estimator: entropies of observed frequencies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from sklearn.base import clone

from mifs._arrays import FloatArray, IntArray
from mifs._data.discretize import BINNINGS, default_n_bins, edge_rule, explicit_edges
from mifs._data.encoded import EncodedTable
from mifs._data.encoded_files import on_disk
from mifs._data.encoded_target import encode_target
from mifs._data.table import Table
from mifs._data.target_edges import SUPERVISED, supervised_edges
from mifs._data.weights import to_units
from mifs._engines.base import ALONE, Engine, Workers
from mifs._engines.drawn import engine_in_memory
from mifs._engines.histogram import HistogramEngine
from mifs._engines.packing import sorting_pays
from mifs._engines.sharded import ShardedCodes, ShardedEngine, in_shards
from mifs._engines.sparse import SparseEngine
from mifs._engines.stacked import StackedEngine, stackable
from mifs._parameters import Parameters
from mifs._terms import (
    CONDITIONAL_REDUNDANCY,
    ENTROPY,
    JOINT_COUNTS,
    JOINT_ENTROPY,
    REDUNDANCY,
)
from mifs.estimators._base import Capabilities
from mifs.estimators._missing import check_missing, refuse_missing
from mifs.estimators.plugin.corrected import check_correction
from mifs.estimators.plugin.corrections import SHRINKAGE
from mifs.estimators.plugin.present import PresentTerms
from mifs.estimators.plugin.shrinkage import ShrunkTerms
from mifs.estimators.plugin.stacked import StackedTerms
from mifs.estimators.plugin.terms import PlugInTerms


class PlugIn(Parameters):
    """Plug-in (maximum likelihood) estimator, from integer counts.

    Entropies are those of the observed frequencies,

        H(X) = log n − (1/n) Σ_x n_x log n_x,

    and every term is a sum of such entropies. Continuous columns are binned first.
    The estimate of the mutual information of independent variables with a and b levels
    is on average (a − 1)(b − 1) / 2n nats too high, which ``correction`` takes off.

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

    correction : str or None, default="permutation"
        What is taken off every term, which may then be negative. ``"permutation"``: its
        mean over all permutations of the candidate, within the classes where the term
        is given the class; exact for columns that tell nothing, from the margins alone
        (to 1e-6 of the mean; of fractional weights as for (Σw)² / Σw² rows, counts
        between whole ones by interpolation). ``"miller_madow"``: half of the occupied
        cells less one, in every entropy. ``"shrinkage"``: information of frequencies
        that are shrunk towards independence (James, Stein), within each class for what
        is given the class; never negative, and slower (no criteria of joint counts, no
        groups, no sparse matrix, no pairwise deletion). None: nothing, as published and
        as most programs do; then a path of a number of features has no tiers.

    Attributes
    ----------
    edges_ : dict of int to ndarray
        The edges used, by column index (after `prepare`); of several outputs those for
        the first, if bins are cut with a view to the target.
    target_edges_ : ndarray or None
        Those of a continuous target; None: it has classes, or several outputs.

    See Also
    --------
    mifs.MISelector : Takes an estimator as ``mi_estimator``.

    References
    ----------
    .. [1] L. Paninski, "Estimation of entropy and mutual information", Neural
       Computation 15 (2003).
    .. [2] J. Hausser, K. Strimmer, "Entropy inference and the James–Stein estimator",
       Journal of Machine Learning Research 10 (2009).

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from mifs import JMI
    >>> from mifs.estimators import PlugIn
    >>> X, y = load_iris(return_X_y=True)
    >>> JMI(2, mi_estimator=PlugIn(n_bins=4)).fit(X, y).selected_indices_
    array([2, 3])
    """

    term_names: ClassVar[frozenset[str]] = frozenset(
        {REDUNDANCY, CONDITIONAL_REDUNDANCY, JOINT_ENTROPY, JOINT_COUNTS, ENTROPY}
    )

    def __init__(
        self,
        n_bins: int | str = "auto",
        binning: str = "quantile",
        edges: Any = None,
        missing: str = "category",
        correction: str | None = "permutation",
    ) -> None:
        self.n_bins = n_bins
        self.binning = binning
        self.edges = edges
        self.missing = missing
        self.correction = correction

    def capabilities(self, table: Table | None = None) -> Capabilities:
        """Say what it can give (see `mifs.estimators.Estimator`).

        Pairwise deletion leaves no joint label of several columns, nor do
        shrunk frequencies.

        Parameters
        ----------
        table : Table, default=None
            What is asked about; None: any table that it takes.

        Returns
        -------
        capabilities : Capabilities
            What `prepare` and the terms will give.
        """
        pairwise = self.missing == "pairwise"
        by_pairs = pairwise and (table is None or table.has_missing)
        shrunk = self.correction == SHRINKAGE
        no_labels = by_pairs or shrunk
        return Capabilities(
            terms=self.term_names - {JOINT_COUNTS} if no_labels else self.term_names,
            non_negative=self.correction is None or shrunk,
            weighting="counts",
            missing=self.missing != "error",
            sparse=not (pairwise or shrunk),
            tiers=self.correction is not None,
            default_bins=(self.n_bins, self.binning) == ("auto", "quantile")
            and self.edges is None,
            encodes=True,
            samples=frozenset({"counts"}),
        )

    def prepare(
        self, table: Table, *, n_jobs: int | None = None
    ) -> PlugInTerms | PresentTerms | ShrunkTerms:
        """Bin, encode and count the columns of a table.

        Parameters
        ----------
        table : Table
            Columns and target.
        n_jobs : int, default=None
            As in joblib.

        Returns
        -------
        terms : PlugInTerms, PresentTerms or ShrunkTerms
            Relevances, and pairwise and joint terms on demand; the second if rows with
            missing values are left out, the third if frequencies are shrunk.

        Raises
        ------
        ValueError
            Wrong ``n_bins``, ``binning``, ``edges`` or ``missing``; missing values
            where these are an error.
        """
        return self.terms(self.encode(table, n_jobs=n_jobs), n_jobs=n_jobs)

    def encode(self, table: Table, *, n_jobs: int | None = None) -> EncodedTable:
        """Bin and encode the columns and the target of a table.

        Codes are made as they are asked for: see `EncodedTable`.

        Parameters
        ----------
        table : Table
            Columns and target.
        n_jobs : int, default=None
            As in joblib.

        Returns
        -------
        encoded : EncodedTable
            To be counted by `terms`, also some of its rows or columns.

        Raises
        ------
        ValueError
            Wrong ``n_bins``, ``binning``, ``edges`` or ``missing``; missing values
            where these are an error; several outputs for bins that look at one target.
        """
        self._check(table)
        weights = table.weights
        n_bins = self._number_of_bins(weights.total if weights else table.n_rows)
        given = explicit_edges(self.edges, table.labels)
        if self.binning in SUPERVISED:
            given |= self._supervised(table, list(given), n_bins, n_jobs)
        encoded = EncodedTable.learn(table, n_bins, self.binning, given, n_jobs)
        if table.shards is not None:
            encoded = in_shards(encoded, table, table.shards)
        elif table.folder is not None:
            by_class = sorting_pays(encoded)
            encoded = on_disk(encoded, table.folder, by_class, n_jobs)
        self.edges_, self.target_edges_ = encoded.edges, encoded.target.edges
        return encoded

    def terms(
        self, encoded: EncodedTable, *, n_jobs: int | None = None
    ) -> PlugInTerms | PresentTerms | ShrunkTerms:
        """Count a table that `encode` made, or some of its rows or columns.

        Parameters
        ----------
        encoded : EncodedTable
            Codes of columns and target.
        n_jobs : int, default=None
            As in joblib.

        Returns
        -------
        terms : PlugInTerms, PresentTerms or ShrunkTerms
            Of its first output; see `prepare`.
        """
        terms = self._counted(encoded, n_jobs)
        terms.edges = encoded.edges
        return terms

    def terms_together(
        self, draws: Sequence[EncodedTable], workers: Workers = ALONE
    ) -> StackedTerms | None:
        """Count draws of one table side by side, if they can be.

        Parameters
        ----------
        draws : sequence of EncodedTable
            Drawn from one table, with as many rows of each class.
        workers : Workers
            Share the draws.

        Returns
        -------
        terms : StackedTerms or None
            Of all draws, one after the other; None: each has to be counted by itself.
        """
        if self.correction not in (None, "permutation"):
            return None
        if self.missing == "pairwise" and draws[0].missing.any():
            return None
        if not stackable(draws):
            return None
        return StackedTerms(StackedEngine(draws, workers), self.correction)

    def _counted(
        self, encoded: EncodedTable, n_jobs: int | None
    ) -> PlugInTerms | PresentTerms | ShrunkTerms:
        """Choose an engine and the terms that count by it."""
        engine: Engine
        weights = encoded.weights
        rows_per_unit = weights.effective_rows_per_unit if weights else 1.0
        correction = self.correction, rows_per_unit
        if self.missing == "pairwise" and encoded.missing.any():
            engine = HistogramEngine(encoded, n_jobs)
            return PresentTerms(engine, encoded.missing, *correction)
        if self.correction == SHRINKAGE:
            return ShrunkTerms(HistogramEngine(encoded, n_jobs), rows_per_unit)
        if isinstance(encoded.source, ShardedCodes):
            engine = ShardedEngine.of_table(encoded)
        elif encoded.sparse:
            engine = SparseEngine.of_table(encoded, n_jobs)
        elif encoded.units is None:
            engine = engine_in_memory(encoded, n_jobs)
        else:
            engine = HistogramEngine(encoded, n_jobs)
        return PlugInTerms(engine, *correction)

    def check(self) -> None:
        """Refuse wrong parameters.

        Raises
        ------
        ValueError
            Wrong ``n_bins``, ``binning``, ``missing`` or ``correction``.
        """
        known = (*BINNINGS, *SUPERVISED)
        if self.binning not in known:
            raise ValueError(
                f"binning={self.binning!r} is unknown; known: {', '.join(known)}"
            )
        self._number_of_bins(1)
        check_missing(self.missing, ("category", "pairwise", "error"), "PlugIn")
        check_correction(self.correction)
        if self.correction == SHRINKAGE and self.missing == "pairwise":
            raise ValueError(
                "correction='shrinkage' counts all rows, and missing='pairwise' those "
                "in which both columns of a pair have values; use missing='category', "
                "or correction='permutation'"
            )

    def uncorrected(self) -> PlugIn:
        """Give an estimator of the same counts that takes nothing off for chance.

        Returns
        -------
        estimator : PlugIn
            A copy, not fitted.
        """
        plain: PlugIn = clone(self).set_params(correction=None)
        return plain

    def check_binning(self) -> None:
        """Refuse bins that are cut for a target, which samples do not have.

        Raises
        ------
        ValueError
            Naming the ways to bin that need none.
        """
        if self.binning not in BINNINGS:
            raise ValueError(
                f"binning={self.binning!r} is none of {', '.join(BINNINGS)}: measures "
                "bin without a target; cut the columns first, and pass them as discrete"
            )

    def bin_columns(
        self, columns: list[FloatArray], weight: FloatArray | None = None
    ) -> list[IntArray]:
        """Cut continuous columns into bins, without a target.

        Parameters
        ----------
        columns : list of ndarray of shape (n,), float64
            At least one.
        weight : ndarray of shape (n,), float64, default=None
            How often each row counts.

        Returns
        -------
        codes : list of ndarray of shape (n,), intp
            Bin of each row.

        Raises
        ------
        ValueError
            ``edges``, which name columns of a table; a ``binning`` for a target.
        """
        if self.edges is not None:
            raise ValueError(
                "PlugIn(edges=...) names columns of a table, which samples do not "
                "have: cut them by numpy.digitize, and pass the codes as discrete"
            )
        self.check_binning()
        rows = slice(None) if weight is None else weight > 0
        weights = None if weight is None else to_units(weight[rows])
        n_bins = self._number_of_bins(weights.total if weights else len(columns[0]))
        learn = edge_rule(self.binning, weights)
        return [
            np.searchsorted(learn(column[np.newaxis, rows], n_bins)[0], column)
            for column in columns
        ]

    def _check(self, table: Table) -> None:
        """Refuse wrong parameters, and what the policy of missing values excludes."""
        self.check()
        if table.shards is not None:
            self._check_sharded()
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

    def _check_sharded(self) -> None:
        """Refuse what needs all rows in one place.

        Raises
        ------
        ValueError
            Naming the parameter.
        """
        for name, value, other in (
            ("binning", self.binning in SUPERVISED, "quantile"),
            ("missing", self.missing == "pairwise", "category"),
            ("correction", self.correction == SHRINKAGE, "permutation"),
        ):
            if value:
                raise ValueError(
                    f"{name}={getattr(self, name)!r} needs all rows in one place, and "
                    f"those of a dask frame are in several; use {name}={other!r}, or "
                    "a sample in memory"
                )

    def _supervised(
        self, table: Table, given: list[int], n_bins: int, n_jobs: int | None
    ) -> dict[int, FloatArray]:
        """Edges of the continuous columns, cut with a view to the target."""
        if table.further:
            raise ValueError(
                f"binning={self.binning!r} cuts columns with a view to one target, and "
                f"there are {1 + len(table.further)}; encode a table for each"
            )
        classes = encode_target(table.target, n_bins, table.weights).codes
        free = np.setdiff1d(np.flatnonzero(~table.discrete), given)
        return supervised_edges(table, free, classes, self.binning, n_bins, n_jobs)

    def _number_of_bins(self, n_rows: float) -> int:
        if isinstance(self.n_bins, str) and self.n_bins == "auto":
            return default_n_bins(n_rows)
        if isinstance(self.n_bins, (int, np.integer)) and 2 <= self.n_bins <= 256:
            return int(self.n_bins)
        raise ValueError(
            f"n_bins={self.n_bins!r} must be 'auto' or an integer from 2 to 256"
        )
