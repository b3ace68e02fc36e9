"""Every criterion on one page, as records.

A candidate k is scored by its relevance R = I(Xk;Y) and by one contribution for each
feature j chosen already, made of R_j = I(Xj;Y), r_j = I(Xk;Xj) and c_j = I(Xk;Xj|Y).
The joint relevance J_j = I(Xk,Xj;Y) is R_j + R − r_j + c_j by the chain rule. The
first feature of every criterion is the one of the highest relevance. All in nats.

To add a criterion, add a record to `CRITERIA`; the selectors, the command line, the
tests and the documentation find it there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

# Peng's program adds 1e-4 bits to the denominator of the quotient.
QUOTIENT_FLOOR = 1e-4 * math.log(2)


class Pair(NamedTuple):
    """Terms of the candidates against one pick j; those not asked for are empty."""

    relevance: FloatArray
    pick_relevance: float
    redundancy: FloatArray
    conditional_redundancy: FloatArray
    joint_entropy: FloatArray


Contribution = Callable[[Pair, Mapping[str, Any]], FloatArray]
Score = Callable[[FloatArray, FloatArray, int, Mapping[str, Any]], FloatArray]


@dataclass(frozen=True)
class Criterion:
    """How candidates are scored.

    Attributes
    ----------
    name : str
    formula : str
        The score of candidate k, S being the features chosen already.
    source : str
    terms : frozenset of str
        Pairwise terms that `contribution` needs (see `mifs.estimators.Terms`).
    contribution : callable
        ``(pair, parameters) -> array``: what one pick contributes.
    score : callable
        ``(relevance, reduced, n_picks, parameters) -> array``.
    reduction : {"sum", "min"}
        How contributions are put together.
    parameters : mapping
        Names and defaults of the criterion's parameters.
    options : mapping
        Values that a parameter may take, where they are few.
    tolerance : callable
        ``(best, parameters) -> float``: scores so close to the best are tied.
    """

    name: str
    formula: str
    source: str
    terms: frozenset[str]
    contribution: Contribution
    score: Score
    reduction: str = "sum"
    parameters: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    tolerance: Callable[[float, Mapping[str, Any]], float] = lambda best, _: 1e-12

    def with_parameters(self, parameters: Mapping[str, Any] | None) -> Criterion:
        """Return the record with some of its parameters replaced.

        Raises
        ------
        ValueError
            A parameter that the criterion does not have, or a value out of options.
        """
        parameters = dict(parameters or {})
        unknown = sorted(set(parameters) - set(self.parameters))
        if unknown:
            raise ValueError(
                f"criterion {self.name!r} has no parameter {', '.join(unknown)}; it "
                f"has: {', '.join(self.parameters) or 'none'}"
            )
        for name, value in parameters.items():
            if name in self.options and value not in self.options[name]:
                raise ValueError(
                    f"{name}={value!r} of criterion {self.name!r} must be one of "
                    f"{self.options[name]}"
                )
        return replace(self, parameters={**self.parameters, **parameters})


def _nothing(pair: Pair, parameters: Mapping[str, Any]) -> FloatArray:
    return np.zeros_like(pair.relevance)


def _relevance(
    relevance: FloatArray, reduced: FloatArray, n: int, parameters: Mapping[str, Any]
) -> FloatArray:
    return relevance


def _redundancy(pair: Pair, parameters: Mapping[str, Any]) -> FloatArray:
    return pair.redundancy


def _excess_redundancy(pair: Pair, parameters: Mapping[str, Any]) -> FloatArray:
    return pair.redundancy - pair.conditional_redundancy


def _less_mean(
    relevance: FloatArray, reduced: FloatArray, n: int, parameters: Mapping[str, Any]
) -> FloatArray:
    return relevance - reduced / n


def _mrmr(
    relevance: FloatArray, reduced: FloatArray, n: int, parameters: Mapping[str, Any]
) -> FloatArray:
    if parameters["scheme"] == "difference":
        return relevance - reduced / n
    return relevance / (reduced / n + QUOTIENT_FLOOR)


def _mrmr_tolerance(best: float, parameters: Mapping[str, Any]) -> float:
    return 1e-12 if parameters["scheme"] == "difference" else 1e-8 * max(1, abs(best))


REDUNDANCY = frozenset({"redundancy"})
BOTH = frozenset({"redundancy", "conditional_redundancy"})

CRITERIA: dict[str, Criterion] = {
    criterion.name: criterion
    for criterion in (
        Criterion(
            name="mim",
            formula="R",
            source="Lewis 1992",
            terms=frozenset(),
            contribution=_nothing,
            score=_relevance,
        ),
        Criterion(
            name="mrmr",
            formula="R − mean r_j; quotient: R / (mean r_j + 1e-4·ln 2)",
            source="Peng, Long, Ding 2005",
            terms=REDUNDANCY,
            contribution=_redundancy,
            score=_mrmr,
            parameters={"scheme": "difference"},
            options={"scheme": ("difference", "quotient")},
            tolerance=_mrmr_tolerance,
        ),
        Criterion(
            name="jmi",
            formula="R − mean (r_j − c_j)",
            source="Yang, Moody 1999",
            terms=BOTH,
            contribution=_excess_redundancy,
            score=_less_mean,
        ),
    )
}


def resolve(
    criterion: str | Criterion, parameters: Mapping[str, Any] | None = None
) -> Criterion:
    """Return the record of a criterion given by name or as a record.

    Raises
    ------
    ValueError
        An unknown name (the known ones are listed) or parameter.

    Examples
    --------
    >>> from mifs.criteria import resolve
    >>> resolve("mrmr", {"scheme": "quotient"}).parameters
    {'scheme': 'quotient'}
    """
    if isinstance(criterion, str):
        known = CRITERIA.get(criterion.lower())
        if known is None:
            raise ValueError(
                f"criterion={criterion!r} is unknown; known: {', '.join(CRITERIA)}"
            )
        criterion = known
    return criterion.with_parameters(parameters)
