"""What an estimator of information must be able to do, and how it is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol, TypeVar, runtime_checkable

from mifs._arrays import FloatArray, IntArray
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
        stands for, which are repeated where they are few; not at all.
    missing : bool, default=False
        Whether columns may have missing values.
    sparse : bool, default=False
        Whether the table may be a sparse matrix.
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
    samples: frozenset[str] = frozenset()


@runtime_checkable
class Estimator(Protocol):
    """A way to estimate information from a table."""

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


class SampleEstimator(Estimator, Protocol[Variable]):
    """An estimator that needs no table: ``"information"`` among its ``samples``."""

    def read(self, columns: list[FloatArray], codes: IntArray | None) -> Variable:
        """Read one variable of continuous columns and joint codes of discrete ones."""
        ...

    def information(self, x: Variable, y: Variable, z: Variable, n_rows: int) -> float:
        """I(X;Y|Z) in nats of variables that `read` returned; Z may be constant."""
        ...


def named(estimator: Estimator) -> str:
    """Name of an estimator, with those of its parameters that are not the defaults."""
    return repr(estimator).removesuffix("()")
