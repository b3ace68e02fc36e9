"""Whether an estimator can give what a criterion, or a table, needs of it."""

from __future__ import annotations

from collections.abc import Callable

from mifs._data.table import Table
from mifs.criteria import Criterion
from mifs.estimators import ESTIMATORS, Capabilities, Estimator
from mifs.estimators._base import named


def require(
    terms: frozenset[str],
    consumer: str,
    estimator: Estimator,
    table: Table | None = None,
) -> None:
    """Refuse what needs a term that the estimator cannot give for this table.

    Raises
    ------
    ValueError
        With the terms that are missing and the estimators that have them.
    """
    lacking = ", ".join(sorted(terms - estimator.capabilities(table).terms))
    if not lacking:
        return
    able = who_can(lambda able: terms <= able.terms, table)
    raise ValueError(
        f"{consumer} needs {lacking}, which {named(estimator)} cannot estimate; "
        + (f"use mi_estimator={able}" if able else "no estimator of mifs can")
    )


def require_sparse(estimator: Estimator) -> None:
    """Refuse a sparse matrix that the estimator would not read.

    Raises
    ------
    ValueError
        With the estimators that read it.
    """
    if not estimator.capabilities().sparse:
        able = who_can(lambda able: able.sparse)
        raise ValueError(
            f"a sparse matrix needs joint_counts, which {named(estimator)} cannot "
            f"estimate of sparse columns; use mi_estimator={able}, or X.toarray()"
        )


def who_can(can: Callable[[Capabilities], bool], table: Table | None = None) -> str:
    """Names of the estimators that can, with their default parameters."""
    known = {name: make() for name, make in ESTIMATORS.items() if name != "auto"}
    able = [name for name, one in known.items() if can(one.capabilities(table))]
    return " or ".join(map(repr, able))


def is_lazy(criterion: Criterion, capabilities: Capabilities) -> bool:
    """Whether to bound scores, which can only fall as features are picked.

    Not where counts are corrected for chance: most scores lie close to 0 then, and
    their bounds hardly part them. Of CMIM half of all pairs are evaluated so, in up to
    twice the time of whole rounds. An estimator that does not count takes longer for
    each pair. The loop over a small table has bounds for corrected counts, too, where a
    pair takes little time (`mifs._search._small`).
    """
    if criterion.lowers == "always":
        return capabilities.non_negative or not capabilities.encodes
    return criterion.lowers == "non-negative" and capabilities.non_negative
