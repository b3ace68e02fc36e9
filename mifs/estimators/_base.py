"""What an estimator of information must be able to do."""

from __future__ import annotations

from typing import Any, ClassVar, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from mifs._arrays import FloatArray
from mifs._data.table import Table


class Terms(Protocol):
    """The terms of one table, as the search asks for them; all in nats.

    Attributes
    ----------
    relevance : ndarray of shape (n_features,)
        R = I(Xk;Y).
    """

    relevance: FloatArray

    def pairwise(
        self, newest: int, candidates: NDArray[np.intp], wanted: frozenset[str]
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
        ...


class JointTerms(Terms, Protocol):
    """Terms of an estimator with ``"joint_counts"`` among its `term_names`.

    Attributes
    ----------
    entropy : ndarray of shape (n_features,)
        H(Xk), nats.
    target_entropy : float
        H(Y), nats.
    """

    entropy: FloatArray
    target_entropy: float

    def grouped(self, groups: list[list[int]]) -> JointTerms:
        """Terms of groups of columns, each as one joint variable."""
        ...

    def join(self, pick: Any | None, column: int) -> Any:
        """Make a joint label of a pick (None: of nothing) and a column."""
        ...

    def pick_entropies(self, pick: Any) -> tuple[float, float]:
        """H(S) and H(S,Y) of a joint label, nats."""
        ...

    def joint(
        self, pick: Any, candidates: NDArray[np.intp], *, by_class: bool
    ) -> tuple[FloatArray, FloatArray]:
        """H(Xk,S) and, where asked for, H(Xk,S,Y) of each candidate, nats."""
        ...


@runtime_checkable
class Estimator(Protocol):
    """A way to estimate information from a table.

    Attributes
    ----------
    term_names : frozenset of str
        The pairwise terms that it can give.
    non_negative : bool
        Whether its estimates are never below zero (up to rounding).
    """

    term_names: ClassVar[frozenset[str]]
    non_negative: ClassVar[bool]

    def prepare(self, table: Table, *, n_jobs: int | None = None) -> Terms:
        """Read the table once; what the search needs later is kept in the terms.

        Parameters
        ----------
        table : Table
            Columns and target.
        n_jobs : int, default=None
            As in joblib.

        Returns
        -------
        terms : Terms
            Relevances, and pairwise terms on demand.
        """
        ...
