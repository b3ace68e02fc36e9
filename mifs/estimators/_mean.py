"""Terms of a target of several outputs: means over the outputs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mifs._arrays import FloatArray
from mifs._data.table import Table
from mifs.estimators._base import Estimator, Terms


def prepare(estimator: Estimator, table: Table, n_jobs: int | None = None) -> Terms:
    """Prepare a table for one output, or for each of several.

    Parameters
    ----------
    estimator : Estimator
        Keeps what it learned for the last output.
    table : Table
        Columns and targets.
    n_jobs : int, default=None
        As in joblib.

    Returns
    -------
    terms : Terms
        Those of the output, or their means.
    """
    if not table.further:
        return estimator.prepare(table, n_jobs=n_jobs)
    targets = (table.target, *table.further)
    tables = [replace(table, target=target, further=()) for target in targets]
    return MeanTerms([estimator.prepare(each, n_jobs=n_jobs) for each in tables])


class MeanTerms:
    """Means of the terms of several outputs.

    Parameters
    ----------
    outputs : list of Terms
        One for each output, of the same columns; kept under this name.
    """

    def __init__(self, outputs: list[Any]) -> None:
        self.outputs = outputs
        self._engine = getattr(outputs[0], "_engine", None)
        self.relevance = _mean([terms.relevance for terms in outputs])
        if hasattr(outputs[0], "parts"):
            self.parts = outputs[0].parts
        if hasattr(outputs[0], "target_entropy"):
            self.entropy = _mean([terms.entropy for terms in outputs])
            entropies = [terms.target_entropy for terms in outputs]
            self.target_entropy = float(np.mean(entropies))

    def pairwise(
        self,
        newest: int,
        candidates: NDArray[np.intp],
        wanted: frozenset[str],
        *workers: Any,
    ) -> dict[str, FloatArray]:
        """Terms of each candidate against the newest pick (see `Terms`)."""
        found = [t.pairwise(newest, candidates, wanted, *workers) for t in self.outputs]
        return {name: _mean([terms[name] for terms in found]) for name in wanted}

    def grouped(self, groups: list[list[int]]) -> MeanTerms:
        """Terms of groups of columns, each as one joint variable."""
        return MeanTerms([terms.grouped(groups) for terms in self.outputs])

    def join(self, pick: list[Any] | None, column: int) -> list[Any]:
        """Make a joint label of a pick (None: of nothing) and a column, by output."""
        picks = [None] * len(self.outputs) if pick is None else pick
        pairs = zip(self.outputs, picks, strict=True)
        return [terms.join(each, column) for terms, each in pairs]

    def pick_entropies(self, pick: list[Any]) -> tuple[float, float]:
        """H(S) and the mean H(S,Y) of a joint label, nats."""
        plain, with_class = self._both(pick, lambda t, p: t.pick_entropies(p))
        return float(plain), float(with_class)

    def joint(
        self, pick: list[Any], candidates: NDArray[np.intp], *, by_class: bool
    ) -> tuple[FloatArray, FloatArray]:
        """H(Xk,S) and, where asked for, the mean H(Xk,S,Y) of each candidate, nats."""
        return self._both(pick, lambda t, p: t.joint(p, candidates, by_class=by_class))

    def _both(
        self, pick: list[Any], ask: Callable[[Any, Any], tuple[Any, Any]]
    ) -> tuple[FloatArray, FloatArray]:
        """Means of two answers of each output about its own pick."""
        asked = [ask(*each) for each in zip(self.outputs, pick, strict=True)]
        first, second = zip(*asked, strict=True)
        return _mean(list(first)), _mean(list(second))


def _mean(values: list[Any]) -> FloatArray:
    return np.asarray(np.mean(np.stack(values), axis=0), dtype=np.float64)
