"""The Gaussian-copula estimator: correlations of normal scores."""

from __future__ import annotations

from threading import Lock
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from mifs._arrays import FloatArray, IntArray
from mifs._data.table import Table
from mifs._parameters import Parameters
from mifs._terms import CONDITIONAL_REDUNDANCY, REDUNDANCY
from mifs.estimators._base import Capabilities
from mifs.estimators._missing import check_missing, refuse_missing
from mifs.estimators._rows_of_pairs import RowsOfPairs
from mifs.estimators._terms import Terms
from mifs.estimators.gaussian.copula import (
    Scores,
    correlation_information,
    every_row,
    least,
    partial_correlation,
    score,
)
from mifs.estimators.gaussian.mixture import GaussianSample, information_of_samples
from mifs.estimators.plugin.codes import information_of, join_codes


class GaussianCopula(Parameters):
    """Gaussian-copula estimator: correlations of normal scores, by BLAS.

    A continuous column becomes its normal scores Φ⁻¹(r / (n + 1)), r the (mean) rank of
    a value, so that estimates do not change under monotone maps. What two columns share
    is measured as if their scores were jointly Gaussian [1]_, ρ their correlation:

    - both continuous: I(X;W) = −½ log(1 − ρ²);
    - given classes: I(X;W|Y) = −½ Σ_c p_c log(1 − ρ_c²), scores within each class;
    - given a continuous target: −½ log(1 − ρ²), ρ the partial correlation;
    - a discrete and a continuous one: the difference of Gaussian entropies
      I(X;D) = ½ (log σ² − Σ_d p_d log σ_d²), within classes or residual where
      something is given;
    - both discrete: the plug-in estimate; given a continuous target, I(D;E|Y) =
      I(D;E) + I(D,E;Y) − I(D;Y) − I(E;Y).

    It sees monotone dependence, of a discrete and a continuous variable also different
    spreads; a symmetric or periodic dependence has ρ = 0. Of tie-free large samples the
    entropy difference is at most the true information. Discrete columns are
    nominal; where numbers of few levels are to count as ordered, say so by
    ``discrete_features=False``.

    Parameters
    ----------
    missing : {"error", "pairwise"}, default="error"
        Missing values have no ranks: an error that names the columns; or rows in which
        a column of a pair is missing are left out of the terms of that pair.

    Notes
    -----
    **Ties.** The variance of the normal scores that a block of ties spans is added to
    the variances in entropy differences: without it a class in which all values are
    equal would seem to be infinitely well known.

    **Copies.** −½ log(1 − ρ²) is infinite for a monotone function of the other column.
    It is bounded as the plug-in information of the samples is: I(X;W) by the entropies
    of their observed values (ln n where all are different), I(X;W|Y) by those within
    classes, or by H(X) − I(X;Y). A constant column has information 0.

    **Weights.** A row of ``sample_weight`` 2 counts as two rows do; the scale of all
    weights means nothing.

    **Bias.** Of independent columns, about 1/2n nats too high in redundancy, m/2n in
    conditional redundancy given m classes, (m − 1)/n in the relevance for m classes. A
    level with one row (two, where a continuous target is given) is left out.

    References
    ----------
    .. [1] R. A. A. Ince et al., "A statistical framework for neuroimaging data analysis
       based on mutual information estimated via a Gaussian copula", Human Brain Mapping
       38 (2017), 1541–1573.

    Examples
    --------
    >>> from sklearn.datasets import load_wine
    >>> from mifs import JMI
    >>> from mifs.estimators import GaussianCopula
    >>> X, y = load_wine(return_X_y=True)
    >>> JMI(3, mi_estimator=GaussianCopula()).fit(X, y).selected_indices_
    array([ 6,  9, 12])
    """

    term_names: ClassVar[frozenset[str]] = frozenset(
        {REDUNDANCY, CONDITIONAL_REDUNDANCY}
    )
    non_negative: ClassVar[bool] = False

    def __init__(self, missing: str = "error") -> None:
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
        return Capabilities(
            terms=self.term_names,
            non_negative=self.non_negative,
            weighting="rows",
            missing=self.missing == "pairwise",
            samples=frozenset({"information"}),
        )

    def prepare(
        self, table: Table, *, n_jobs: int | None = None
    ) -> GaussianTerms | RowsOfPairs:
        """Score the columns of a table, and estimate all relevances.

        Parameters
        ----------
        table : Table
            Columns and target.
        n_jobs : int, default=None
            As in joblib.

        Returns
        -------
        terms : GaussianTerms or RowsOfPairs
            Relevances, and pairwise terms on demand; the latter if rows with missing
            values are left out.

        Raises
        ------
        ValueError
            Missing values; the columns are named.
        """
        self.check()
        if self.missing == "pairwise" and table.has_missing:
            return RowsOfPairs(table, GaussianTerms, n_jobs)
        refuse_missing(
            table,
            "GaussianCopula cannot rank missing values",
            "impute them, leave rows out by GaussianCopula(missing='pairwise'), or use "
            "mi_estimator='plugin', for which missing is a level of its own",
        )
        return GaussianTerms(table, n_jobs)

    def check(self) -> None:
        """Refuse wrong parameters.

        Raises
        ------
        ValueError
            Unknown ``missing``.
        """
        check_missing(self.missing, ("error", "pairwise"), "GaussianCopula")

    def read(self, columns: list[FloatArray], codes: IntArray | None) -> GaussianSample:
        """Keep the columns of one variable.

        Parameters
        ----------
        columns : list of ndarray of shape (n,), float64
            Its continuous columns.
        codes : ndarray of shape (n,) or None, intp
            Joint codes of its discrete columns.

        Returns
        -------
        variable : GaussianSample
            What `information` takes.
        """
        return GaussianSample(columns, codes)

    def information(
        self, x: GaussianSample, y: GaussianSample, z: GaussianSample, n_rows: int
    ) -> float:
        """I(X;Y|Z) of variables read by `read`.

        Parameters
        ----------
        x, y, z : GaussianSample
            What `read` returned; z may be constant, which conditions on nothing.
        n_rows : int
            Number of samples.

        Returns
        -------
        information : float
            In nats.
        """
        return information_of_samples(x, y, z, n_rows)


class GaussianTerms(Terms):
    """Terms of one table; every continuous column is ranked once.

    The rows stand class by class, so that a class is a slice. A continuous target is
    the last of the scored columns.
    """

    def __init__(self, table: Table, n_jobs: int | None) -> None:
        target = table.target
        columns = _Columns(table)
        self._table = table
        self._n_jobs = n_jobs
        self._order = columns.order
        self._columns = columns
        self._units = None
        if table.weights is not None:
            self._units = table.weights.row_counts[columns.order]
        self._place = np.full(table.n_features, -1, np.intp)
        self._place[columns.features] = np.arange(len(columns.features))
        self._levels: dict[int, IntArray] = {}
        self._scores = score(columns, every_row(table.n_rows), n_jobs, self._units)
        self._classes: IntArray | None = None
        self._within: Scores | None = None
        self._lock = Lock()
        every = np.arange(table.n_features)
        if target.discrete:
            self._classes = target.codes[self._order]
            self.relevance = self._with_codes(self._scores, self._classes, every)
        else:
            row = len(columns) - 1
            scored = np.arange(row)
            rho = self._scores.correlations(scored, self._scores.rows[row])
            self._target_rho = rho[:, 0]
            self.relevance = self._with_row(self._scores, row, every)

    def pairwise(
        self, newest: int, candidates: NDArray[np.intp], wanted: frozenset[str]
    ) -> dict[str, FloatArray]:
        """Terms of each candidate against the newest pick (see `Terms`)."""
        terms = {}
        if REDUNDANCY in wanted:
            terms[REDUNDANCY] = self._information(self._scores, newest, candidates)
        if CONDITIONAL_REDUNDANCY in wanted:
            if self._classes is None:
                given = self._given_target(newest, candidates)
            else:
                given = self._information(self._by_class(), newest, candidates)
            terms[CONDITIONAL_REDUNDANCY] = given
        return terms

    def _by_class(self) -> Scores:
        """Scores within classes, made when a criterion first asks for them."""
        with self._lock:
            if self._within is None:
                sizes = np.bincount(self._known_classes())
                starts = np.r_[0, np.cumsum(sizes)].astype(np.intp)
                # Weights have scaled the scores, so that their order is another.
                columns: Any = self._columns
                if self._units is None:
                    columns = self._scores.rows
                self._within = score(columns, starts, self._n_jobs, self._units)
            return self._within

    def _known_classes(self) -> IntArray:
        if self._classes is None:
            raise TypeError("a continuous target has no classes")
        return self._classes

    def _codes(self, column: int) -> IntArray:
        """Codes of a discrete column, in the order of the scores."""
        codes = self._levels.get(column)
        if codes is None:
            codes = self._table.codes(column)[self._order]
            self._levels[column] = codes
        return codes

    def _information(
        self, scores: Scores, newest: int, candidates: IntArray
    ) -> FloatArray:
        """I(X;W) of the pick and candidates, over all rows or within classes."""
        row = int(self._place[newest])
        if row >= 0:
            return self._with_row(scores, row, candidates)
        return self._with_codes(scores, self._codes(newest), candidates)

    def _with_row(self, scores: Scores, row: int, candidates: IntArray) -> FloatArray:
        """I(X;W) of a scored column and candidates."""
        out, scored, at = self._split(candidates)
        rho = scores.correlations(at, scores.rows[row])
        limit = least(scores.entropy[at], scores.entropy[row])
        nats = least(correlation_information(rho), limit)
        out[scored] = (nats * scores.shares).sum(axis=1)
        alone = np.array([row])
        for place in np.flatnonzero(~scored).tolist():
            codes = self._codes(int(candidates[place]))
            out[place] = scores.level_information(alone, codes)[0]
        return out

    def _with_codes(
        self, scores: Scores, codes: IntArray, candidates: IntArray
    ) -> FloatArray:
        """I(X;D) of candidates and a discrete variable."""
        out, scored, at = self._split(candidates)
        out[scored] = scores.level_information(at, codes)
        classes = self._classes if scores is self._within else None
        for place in np.flatnonzero(~scored).tolist():
            other = self._codes(int(candidates[place]))
            out[place] = information_of(other, codes, classes, self._units)
        return out

    def _given_target(self, newest: int, candidates: IntArray) -> FloatArray:
        """I(X;W|Y) of the pick and candidates, Y continuous."""
        row = int(self._place[newest])
        if row < 0:
            return self._codes_given_target(newest, candidates)
        out, scored, at = self._split(candidates)
        rho, target = (
            self._scores.correlations(at, self._scores.rows[row]),
            self._target_rho,
        )
        partial = partial_correlation(rho[:, 0], target[at], target[row])
        left = self._scores.entropy[:, 0][at] - self.relevance[candidates[scored]]
        limit = self._scores.entropy[row, 0] - self.relevance[newest]
        out[scored] = least(correlation_information(partial), least(left, limit))
        alone = np.array([row])
        for place in np.flatnonzero(~scored).tolist():
            codes = self._codes(int(candidates[place]))
            out[place] = self._scores.level_information_given(alone, codes)[0]
        return out

    def _codes_given_target(self, newest: int, candidates: IntArray) -> FloatArray:
        """I(X;D|Y) of candidates and a discrete pick, Y continuous.

        I(D;E|Y) = I(D;E) + I(D,E;Y) − I(D;Y) − I(E;Y) of two discrete columns.
        """
        out, scored, at = self._split(candidates)
        codes = self._codes(newest)
        out[scored] = self._scores.level_information_given(at, codes)
        target = np.array([len(self._scores.rows) - 1])
        for place in np.flatnonzero(~scored).tolist():
            column = int(candidates[place])
            other = self._codes(column)
            both = self._scores.level_information(target, join_codes(codes, other))[0]
            alone = self.relevance[newest] + self.relevance[column]
            out[place] = information_of(codes, other, None, self._units) + both - alone
        return out

    def _split(
        self, candidates: IntArray
    ) -> tuple[FloatArray, NDArray[np.bool_], IntArray]:
        """Room for their terms, which of them are scored, and the rows of these."""
        rows = self._place[candidates]
        scored = rows >= 0
        return np.empty(len(candidates)), scored, rows[scored]


class _Columns:
    """Continuous columns of a table, and its target if it is continuous.

    Attributes
    ----------
    features : ndarray of shape (m,)
        The continuous columns.
    order : ndarray of shape (n,)
        Rows, class by class.
    """

    def __init__(self, table: Table) -> None:
        self.features = np.flatnonzero(~table.discrete)
        self.order = np.arange(table.n_rows)
        self._target: FloatArray | None = None
        if table.target.discrete:
            self.order = np.argsort(table.target.codes, kind="stable")
        else:
            self._target = table.target.values
        self._table = table
        self._blocks = table.blocks
        self._home = np.empty((table.n_features, 2), np.intp)
        for number, block in enumerate(table.blocks):
            self._home[block.columns, 0] = number
            self._home[block.columns, 1] = np.arange(len(block.columns))

    def __len__(self) -> int:
        """Return the number of columns, target included."""
        return len(self.features) + (self._target is not None)

    def __getitem__(self, some: slice) -> FloatArray:
        """Values of some columns, rows class by class, (m, n) float64."""
        wanted = np.arange(len(self))[some]
        values = np.empty((len(wanted), len(self.order)))
        inside = wanted < len(self.features)
        if self._target is not None:
            values[~inside] = self._target
        home = self._home[self.features[wanted[inside]]]
        for number in np.unique(home[:, 0]).tolist():
            here = np.flatnonzero(home[:, 0] == number)
            block = self._blocks[number].contiguous(home[here, 1])
            values[here] = block[:, self.order]
        rounded = self._table.beyond[self.features[wanted[inside]]]
        for place in np.flatnonzero(inside)[rounded].tolist():
            column = int(self.features[wanted[place]])
            values[place] = self._table.numeric(column)[self.order]
        return values
