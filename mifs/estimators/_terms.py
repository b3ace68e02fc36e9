"""The terms of one table, as the search and others ask for them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from mifs._arrays import AnyArray, FloatArray, IntArray
from mifs._engines.base import Cells, RowCodes, Workers

if TYPE_CHECKING:
    from mifs._kernels.rounds import TiledColumns
    from mifs._kernels.small_table import SmallTable


class Terms(ABC):
    """The terms of one table; all in nats.

    A subclass gives ``relevance`` and `pairwise`. All else has a default, which says
    that an ability is not there (None), or is slow.

    Attributes
    ----------
    relevance : ndarray of shape (n_features,)
        R = I(Xk;Y).
    observed_relevance : ndarray of shape (n_features,) or None
        R before it was corrected for chance; None: it is not.
    entropy : ndarray of shape (n_features,) or None
        H(Xk). None: not known, as where columns stay continuous.
    target_entropy : float or None
        H(Y); None as above.
    level_counts : Cells or None
        Tables (level, class) of the columns; None: columns are not counted.
    n_levels : ndarray of shape (n_features,) or None
        Levels or bins of each column, missing as one. None: columns are not counted.
    edges : mapping of int to ndarray, or None
        Edges of the columns that are binned. None: not known.
    row_codes : RowCodes or None
        Codes of the columns, row by row; None: they do not lie ready.

    Examples
    --------
    >>> import numpy as np
    >>> from mifs.estimators import Terms
    >>> class Independent(Terms):
    ...     relevance = np.array([0.2, 0.5])
    ...
    ...     def pairwise(self, newest, candidates, wanted):
    ...         return {name: np.zeros(len(candidates)) for name in wanted}
    >>> Independent().pairwise(1, np.array([0]), {"redundancy"})
    {'redundancy': array([0.])}
    """

    relevance: FloatArray
    observed_relevance: FloatArray | None = None
    level_counts: Cells | None = None
    entropy: FloatArray | None = None
    target_entropy: float | None = None
    n_levels: NDArray[np.int64] | None = None
    edges: Mapping[int, AnyArray] | None = None
    row_codes: RowCodes | None = None

    def entropies(self) -> tuple[FloatArray, float]:
        """H(Xk) and H(Y), of an estimator that has ``"entropy"`` among its terms.

        Returns
        -------
        entropy : ndarray of shape (n_features,)
            H(Xk), nats.
        target_entropy : float
            H(Y), nats.

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

    def small_table(self, *, by_class: bool) -> SmallTable | None:
        """Return a small table, over which a compiled loop searches.

        Parameters
        ----------
        by_class : bool
            Whether it is asked for terms given the class.

        Returns
        -------
        table : SmallTable or None
            None: there is no such loop for these terms.
        """
        return None

    def knows(self, pick: int) -> bool:
        """Whether terms of all features with a pick are kept, so that to ask is free.

        Parameters
        ----------
        pick : int
            Index of a feature.

        Returns
        -------
        known : bool
            False where nothing is kept.
        """
        return False

    def tiled_columns(self) -> tuple[TiledColumns, IntArray] | None:
        """Return the columns of a small table in tiles, and a table of pairs of sums.

        None: whole rounds are not counted in tiles.
        """
        return None

    @property
    def pair_time(self) -> float | None:
        """Nanoseconds that a candidate takes in a round of all; None: not known."""
        return None

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

        Parameters
        ----------
        newest : int
            Index of j.
        candidates : ndarray of shape (n_candidates,), intp
            Indices of the candidates k.
        wanted : frozenset of str
            Names of terms, as in `pairwise`.
        workers : Workers
            They may share the rows.

        Returns
        -------
        terms : dict of str to ndarray of shape (n_candidates,)
            In nats.
        """
        return self.pairwise(newest, candidates, wanted)

    def pairs(
        self, picks: IntArray, candidates: IntArray, wanted: frozenset[str]
    ) -> dict[str, FloatArray]:
        """Terms of candidate i against pick i, for all i.

        Parameters
        ----------
        picks : ndarray of shape (n_candidates,), intp
            Indices of the picks, which may repeat.
        candidates : ndarray of shape (n_candidates,), intp
            Indices of the candidates k.
        wanted : frozenset of str
            Names of terms, as in `pairwise`.

        Returns
        -------
        terms : dict of str to ndarray of shape (n_candidates,)
            In nats.
        """
        found = {name: np.empty(len(picks)) for name in wanted}
        for pick in np.unique(picks).tolist():
            members = np.flatnonzero(picks == pick)
            terms_of_pick = self.pairwise(pick, candidates[members], wanted)
            for name in wanted:
                found[name][members] = terms_of_pick[name]
        return found

    def parts(self, candidates: IntArray, n: int) -> list[IntArray]:
        """Positions of the candidates in at most n parts, to be counted in parallel.

        Parameters
        ----------
        candidates : ndarray of shape (n_candidates,), intp
            Indices of the candidates k.
        n : int
            Number of threads.

        Returns
        -------
        parts : list of ndarray of intp
            Each position is in one of them.
        """
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
        """Terms of groups of columns, each as one joint variable.

        Parameters
        ----------
        groups : sequence of list of int
            Columns of each group.

        Returns
        -------
        terms : Terms
            Their features are the groups.
        """
        ...

    def join(self, label: object | None, column: int) -> object:
        """Make a joint label of a label and a column.

        Parameters
        ----------
        label : object or None
            What `join` returned; None: of no column.
        column : int
            Index of the column that is added.

        Returns
        -------
        label : object
            Of one column more.
        """
        ...

    def pick_entropies(self, label: object) -> tuple[float, float]:
        """H(S) and H(S,Y) of a joint label.

        Parameters
        ----------
        label : object
            What `join` returned.

        Returns
        -------
        entropy, entropy_with_target : float
            H(S) and H(S,Y), nats.
        """
        ...

    def joint(
        self, label: object, candidates: IntArray, *, by_class: bool
    ) -> tuple[FloatArray, FloatArray]:
        """H(Xk,S) and, where asked for, H(Xk,S,Y) of each candidate.

        Parameters
        ----------
        label : object
            What `join` returned.
        candidates : ndarray of shape (n_candidates,), intp
            Indices of the candidates k.
        by_class : bool
            Whether H(Xk,S,Y) is asked for.

        Returns
        -------
        entropy, entropy_with_target : ndarray of shape (n_candidates,)
            H(Xk,S) and H(Xk,S,Y), nats; the latter means nothing if not asked for.
        """
        ...
