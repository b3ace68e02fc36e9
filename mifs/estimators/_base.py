"""What an estimator of information must be able to do, and how it is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol, TypeVar, runtime_checkable

from mifs._arrays import AnyArray, FloatArray, IntArray
from mifs._data.encoded import EncodedTable
from mifs._data.table import Table
from mifs.estimators._terms import Terms

Variable = TypeVar("Variable")


@dataclass(frozen=True)
class Capabilities:
    """What an estimator with its parameters can give.

    Attributes
    ----------
    terms : frozenset of str
        Terms that it can give, by name: ``"redundancy"``, ``"conditional_redundancy"``
        and ``"joint_entropy"`` of pairs; ``"entropy"`` of columns;
        ``"joint_counts"``: entropies of many columns at once (`Terms.joint_labels`).
    non_negative : bool, default=False
        Whether its estimates are never below zero (up to rounding).
    weighting : {"counts", "rows"} or None, default=None
        How it takes ``sample_weight``: as counts of any size; as rows that a row
        stands for, which are repeated where they are few; None: equal ones only.
    missing : bool, default=False
        Whether columns may have missing values.
    sparse : bool, default=False
        Whether the table may be a sparse matrix.
    tiers : bool, default=True
        Whether a path on its terms has two tiers, of what adds more than chance and of
        the rest. False for the published search on counts, of which nothing is taken
        off.
    default_bins : bool, default=False
        Whether it counts on quantile bins of the default number.
    encodes : bool, default=False
        Whether it can encode a table once and count some of its rows later: it has the
        methods of `EncodingEstimator`.
    samples : frozenset of str, default=frozenset()
        What it says of samples without a table (`mifs.measures`): ``"counts"``:
        continuous columns are binned and counted; ``"information"``: it has the
        methods of `SampleEstimator`; ``"entropy"`` of continuous columns;
        ``"pointwise"``: terms of single rows.
    """

    terms: frozenset[str]
    non_negative: bool = False
    weighting: Literal["counts", "rows"] | None = None
    missing: bool = False
    sparse: bool = False
    tiers: bool = True
    default_bins: bool = False
    encodes: bool = False
    samples: frozenset[str] = frozenset()


@runtime_checkable
class Estimator(Protocol):
    """A way to estimate information from a table: a scikit-learn `BaseEstimator`."""

    def get_params(self, deep: bool = True) -> dict[str, object]:
        """Give the parameters, as `sklearn.base.BaseEstimator` does.

        Parameters
        ----------
        deep : bool, default=True
            Whether to give those of parameters that are estimators, too.

        Returns
        -------
        parameters : dict
            Values by name.
        """
        ...

    def capabilities(self, table: Table | None = None) -> Capabilities:
        """Say what it can give, with the parameters that it has.

        Parameters
        ----------
        table : Table, default=None
            What is asked about. None: about any table that it takes, so that what is
            promised holds for all of them.

        Returns
        -------
        capabilities : Capabilities
            All that it names is given, and nothing else is asked for.
        """
        ...

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


class EncodingEstimator(Estimator, Protocol):
    """``encodes``: codes are made once, and counted as often as one likes.

    Attributes
    ----------
    edges_ : dict of int to ndarray
        Edges of the columns that `encode` binned last, by index.
    target_edges_ : ndarray or None
        Those of the target; None: it has classes, or several outputs.
    """

    edges_: dict[int, AnyArray]
    target_edges_: FloatArray | None

    def encode(self, table: Table, *, n_jobs: int | None = None) -> EncodedTable:
        """Encode the columns and the target of a table."""
        ...

    def terms(self, encoded: EncodedTable, *, n_jobs: int | None = None) -> Terms:
        """Count what `encode` made, or some of its rows."""
        ...


class CountingEstimator(Estimator, Protocol):
    """``"counts"`` among its ``samples``: continuous columns become codes."""

    def check(self) -> None:
        """Refuse wrong parameters."""
        ...

    def uncorrected(self) -> Estimator:
        """Give an estimator of the same counts that takes nothing off for chance."""
        ...

    def check_binning(self) -> None:
        """Refuse bins that are cut for a target, which samples do not have."""
        ...

    def bin_columns(
        self, columns: list[FloatArray], weight: FloatArray | None = None
    ) -> list[IntArray]:
        """Codes of the bins of columns, as if rows stood there ``weight`` times."""
        ...


class SampleEstimator(Estimator, Protocol[Variable]):
    """``"information"`` among its ``samples``."""

    def check(self) -> None:
        """Refuse wrong parameters."""
        ...

    def read(self, columns: list[FloatArray], codes: IntArray | None) -> Variable:
        """Read one variable of continuous and discrete columns.

        Parameters
        ----------
        columns : list of ndarray of shape (n,), float64
            Its continuous columns.
        codes : ndarray of shape (n,) or None, intp
            Joint codes of its discrete columns.

        Returns
        -------
        variable : object
            What `information` takes.
        """
        ...

    def information(self, x: Variable, y: Variable, z: Variable, n_rows: int) -> float:
        """I(X;Y|Z) of variables.

        Parameters
        ----------
        x, y, z : object
            What `read` returned; z may be constant, which conditions on nothing.
        n_rows : int
            Number of samples.

        Returns
        -------
        information : float
            In nats.
        """
        ...


class NeighbourEstimator(SampleEstimator[Variable], Protocol[Variable]):
    """``"entropy"`` and ``"pointwise"`` among its ``samples``, too."""

    def entropy_within(
        self, columns: list[FloatArray], codes: IntArray | None
    ) -> float:
        """h(C|D) of continuous columns C within the levels D of codes, nats."""
        ...

    def shared(self, variables: list[Variable], n_rows: int) -> FloatArray:
        """Log of joint density over the product of the variables' own, by row, (n,)."""
        ...


def named(estimator: Estimator) -> str:
    """Name of an estimator, with those of its parameters that are not the defaults."""
    return repr(estimator).removesuffix("()")
