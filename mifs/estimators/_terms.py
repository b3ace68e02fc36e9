"""The terms of one table, as the search and others ask for them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from mifs._arrays import FloatArray, IntArray
from mifs._engines.base import Workers


class Terms(ABC):
    """The terms of one table; all in nats.

    A subclass gives ``relevance`` and `pairwise`. All else has a default, which says
    that an ability is not there (None), or is slow.

    Attributes
    ----------
    relevance : ndarray of shape (n_features,)
        R = I(Xk;Y).
    entropy : ndarray of shape (n_features,) or None
        H(Xk). None: not known, as where columns stay continuous.
    target_entropy : float or None
        H(Y); None as above.
    n_levels : ndarray of shape (n_features,) or None
        Levels or bins of each column, missing as one. None: columns are not counted.
    """

    relevance: FloatArray
    entropy: FloatArray | None = None
    target_entropy: float | None = None
    n_levels: NDArray[np.int64] | None = None

    def entropies(self) -> tuple[FloatArray, float]:
        """H(Xk) and H(Y), of an estimator that has ``"entropy"`` among its terms.

        Raises
        ------
        TypeError
            Terms without them.
        """
        if self.entropy is None or self.target_entropy is None:
            raise TypeError(f"{type(self).__name__} has no entropies")
        return self.entropy, self.target_entropy

    @property
    def outputs(self) -> Sequence[Terms]:
        """Terms of each output of the target, of which these are the means."""
        return (self,)

    @property
    def joint_labels(self) -> JointLabels | None:
        """Entropies of several columns at once; None where they are not counted."""
        return None

    @abstractmethod
    def pairwise(
        self, newest: int, candidates: IntArray, wanted: frozenset[str]
    ) -> dict[str, FloatArray]:
        """Terms of each candidate k against the newest pick j.

        Threads may ask at once for disjoint candidates; the answer for a candidate
        does not depend on the others.

        Parameters
        ----------
        newest : int
            Index of j.
        candidates : ndarray of shape (n_candidates,), intp
            Indices of the candidates k.
        wanted : frozenset of str
            Names of terms: ``redundancy`` r = I(Xk;Xj), ``conditional_redundancy``
            c = I(Xk;Xj|Y), ``joint_entropy`` H(Xk,Xj,Y).

        Returns
        -------
        terms : dict of str to ndarray of shape (n_candidates,)
            In nats.
        """

    def pairwise_by_rows(
        self,
        newest: int,
        candidates: IntArray,
        wanted: frozenset[str],
        workers: Workers,
    ) -> dict[str, FloatArray]:
        """Return `pairwise` of candidates that `parts` does not split.

        Workers may share the rows.
        """
        return self.pairwise(newest, candidates, wanted)

    def pairs(
        self, picks: IntArray, candidates: IntArray, wanted: frozenset[str]
    ) -> dict[str, FloatArray]:
        """Terms of candidate i against pick i, for all i."""
        found = {name: np.empty(len(picks)) for name in wanted}
        for pick in np.unique(picks).tolist():
            members = np.flatnonzero(picks == pick)
            terms_of_pick = self.pairwise(pick, candidates[members], wanted)
            for name in wanted:
                found[name][members] = terms_of_pick[name]
        return found

    def parts(self, candidates: IntArray, n: int) -> list[IntArray]:
        """Positions of the candidates in at most n parts, to be counted in parallel."""
        n_parts = min(n, len(candidates))
        return np.array_split(np.arange(len(candidates)), n_parts)


class JointLabels(Protocol):
    """Entropies of joint labels: of a set S of columns, as one variable.

    A label is whatever `join` made; it has a meaning for its maker only.

    Attributes
    ----------
    entropy : ndarray of shape (n_features,)
        H(Xk), nats.
    target_entropy : float
        H(Y), nats.
    """

    @property
    def entropy(self) -> FloatArray: ...

    @property
    def target_entropy(self) -> float: ...

    def grouped(self, groups: Sequence[list[int]]) -> Terms:
        """Terms of groups of columns, each as one joint variable."""
        ...

    def join(self, label: object | None, column: int) -> object:
        """Make a joint label of a label (None: of nothing) and a column."""
        ...

    def pick_entropies(self, label: object) -> tuple[float, float]:
        """H(S) and H(S,Y) of a joint label, nats."""
        ...

    def joint(
        self, label: object, candidates: IntArray, *, by_class: bool
    ) -> tuple[FloatArray, FloatArray]:
        """H(Xk,S) and, where asked for, H(Xk,S,Y) of each candidate, nats."""
        ...
