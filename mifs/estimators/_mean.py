"""Terms of a target of several outputs: means over the outputs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar, cast

import numpy as np
from sklearn.base import clone

from mifs._arrays import FloatArray, IntArray
from mifs._data.encoded import EncodedTable
from mifs._data.table import Table
from mifs._engines.base import Workers
from mifs.estimators._base import EncodingEstimator, Estimator
from mifs.estimators._terms import JointLabels, Terms

E = TypeVar("E", bound=Estimator)


def prepare(estimator: Estimator, table: Table, n_jobs: int | None = None) -> Terms:
    """Prepare a table for one output, or for each of several.

    Parameters
    ----------
    estimator : Estimator
        Keeps what it learned for the first output.
    table : Table
        Columns and targets.
    n_jobs : int, default=None
        As in joblib.

    Returns
    -------
    terms : Terms
        Those of the output, or their means.

    Raises
    ------
    TypeError
        An estimator whose terms are none.
    """
    outputs: list[Terms] = []
    for own, one in _outputs(estimator, table):
        terms = own.prepare(one, n_jobs=n_jobs)
        if not isinstance(terms, Terms):
            raise TypeError(
                f"prepare of mi_estimator={estimator!r} returned a "
                f"{type(terms).__name__}; its terms must be a subclass of "
                "mifs.estimators.Terms"
            )
        outputs.append(terms)
    return MeanTerms(outputs) if table.further else outputs[0]


def encode(
    estimator: EncodingEstimator, table: Table, n_jobs: int | None = None
) -> list[EncodedTable]:
    """Encode a table, for each of its outputs; codes lie ready.

    Parameters
    ----------
    estimator : EncodingEstimator
        Keeps what it learned for the first output.
    table : Table
        Columns and targets.
    n_jobs : int, default=None
        As in joblib.

    Returns
    -------
    encoded : list of EncodedTable
        What `count` takes, or some rows of them.
    """
    # On disk, codes would lie in another order of rows.
    in_memory = replace(table, folder=None)
    return [
        own.encode(one, n_jobs=n_jobs).materialised(n_jobs)
        for own, one in _outputs(estimator, in_memory)
    ]


def _outputs(estimator: E, table: Table) -> Iterator[tuple[E, Table]]:
    """Each output as a table of one, and who learns its edges.

    A clone learns those of a further output, so that the estimator keeps those of the
    first, as its terms keep the levels.
    """
    for place, target in enumerate((table.target, *table.further)):
        own = clone(estimator) if place else estimator
        yield own, replace(table, target=target, further=())
    if table.further and estimator.capabilities().encodes:
        # A target that somebody asks about later need not be the first one.
        cast(EncodingEstimator, estimator).target_edges_ = None


def count(
    estimator: EncodingEstimator,
    encoded: Sequence[EncodedTable],
    n_jobs: int | None = None,
) -> Terms:
    """Terms of what `encode` made, or of some of its rows: means over the outputs."""
    outputs = [estimator.terms(each, n_jobs=n_jobs) for each in encoded]
    return MeanTerms(outputs) if len(outputs) > 1 else outputs[0]


class MeanTerms(Terms):
    """Means of the terms of several outputs.

    Parameters
    ----------
    outputs : sequence of Terms
        One for each output, of the same columns; kept under this name.
    """

    def __init__(self, outputs: Sequence[Terms]) -> None:
        self._outputs = outputs
        self.relevance = _mean([terms.relevance for terms in outputs])
        self.n_levels = outputs[0].n_levels
        self.edges = outputs[0].edges
        observed = [
            terms.observed_relevance
            for terms in outputs
            if terms.observed_relevance is not None
        ]
        if len(observed) == len(outputs):
            self.observed_relevance = _mean(observed)
        entropies = [t.entropy for t in outputs if t.entropy is not None]
        if len(entropies) == len(outputs):
            self.entropy = _mean(entropies)
        known = [t.target_entropy for t in outputs if t.target_entropy is not None]
        if len(known) == len(outputs):
            self.target_entropy = float(np.mean(known))

    @property
    def outputs(self) -> Sequence[Terms]:
        """Terms of each output."""
        return self._outputs

    @property
    def joint_labels(self) -> JointLabels | None:
        """Joint labels by output, if all outputs count them."""
        each = [terms.joint_labels for terms in self._outputs]
        able = [labels for labels in each if labels is not None]
        return MeanLabels(able) if len(able) == len(each) else None

    def pairwise(
        self, newest: int, candidates: IntArray, wanted: frozenset[str]
    ) -> dict[str, FloatArray]:
        """Terms of each candidate against the newest pick (see `Terms`)."""
        found = [t.pairwise(newest, candidates, wanted) for t in self._outputs]
        return _means(found, wanted)

    def pairwise_by_rows(
        self,
        newest: int,
        candidates: IntArray,
        wanted: frozenset[str],
        workers: Workers,
    ) -> dict[str, FloatArray]:
        """Return `pairwise` of candidates that cannot be split."""
        found = [
            terms.pairwise_by_rows(newest, candidates, wanted, workers)
            for terms in self._outputs
        ]
        return _means(found, wanted)

    def pairs(
        self, picks: IntArray, candidates: IntArray, wanted: frozenset[str]
    ) -> dict[str, FloatArray]:
        """Terms of candidate i against pick i, for all i."""
        found = [terms.pairs(picks, candidates, wanted) for terms in self._outputs]
        return _means(found, wanted)

    def parts(self, candidates: IntArray, n: int) -> list[IntArray]:
        """Positions of the candidates in at most n parts, to be counted in parallel."""
        return self._outputs[0].parts(candidates, n)


class MeanLabels:
    """Joint labels of several outputs: a label is a list of those of the outputs.

    Attributes
    ----------
    entropy : ndarray of shape (n_features,)
    target_entropy : float
        Means over the outputs, nats.
    """

    def __init__(self, outputs: Sequence[JointLabels]) -> None:
        self._outputs = outputs
        self.entropy = _mean([labels.entropy for labels in outputs])
        self.target_entropy = float(np.mean([one.target_entropy for one in outputs]))

    def grouped(self, groups: Sequence[list[int]]) -> Terms:
        """Terms of groups of columns, each as one joint variable."""
        return MeanTerms([labels.grouped(groups) for labels in self._outputs])

    def join(self, label: object | None, column: int) -> object:
        """Make a joint label of a label (None: of nothing) and a column, by output."""
        pairs = zip(self._outputs, self._each(label), strict=True)
        return [labels.join(own, column) for labels, own in pairs]

    def pick_entropies(self, label: object) -> tuple[float, float]:
        """H(S) and the mean H(S,Y) of a joint label, nats."""
        plain, with_class = self._both(label, lambda t, own: t.pick_entropies(own))
        return float(plain), float(with_class)

    def joint(
        self, label: object, candidates: IntArray, *, by_class: bool
    ) -> tuple[FloatArray, FloatArray]:
        """H(Xk,S) and, where asked for, the mean H(Xk,S,Y) of each candidate, nats."""
        return self._both(
            label, lambda t, own: t.joint(own, candidates, by_class=by_class)
        )

    def _each(self, label: object | None) -> list[object]:
        """Labels of the outputs."""
        if label is None:
            return [None] * len(self._outputs)
        return cast(list[object], label)

    def _both(
        self,
        label: object,
        ask: Callable[
            [JointLabels, object], tuple[FloatArray | float, FloatArray | float]
        ],
    ) -> tuple[FloatArray, FloatArray]:
        """Means of two answers of each output about its own label."""
        pairs = zip(self._outputs, self._each(label), strict=True)
        first, second = zip(*(ask(*pair) for pair in pairs), strict=True)
        return _mean(first), _mean(second)


def _means(
    found: Sequence[dict[str, FloatArray]], wanted: frozenset[str]
) -> dict[str, FloatArray]:
    return {name: _mean([terms[name] for terms in found]) for name in wanted}


def _mean(values: Sequence[FloatArray | float]) -> FloatArray:
    return np.asarray(np.mean(np.stack(values), axis=0), dtype=np.float64)
