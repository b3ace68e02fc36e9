"""What a criterion is: a record of terms, contributions and a score."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from numbers import Real
from typing import Any, NamedTuple

from mifs._arrays import FloatArray


class Pair(NamedTuple):
    """Terms of candidates against a pick j each; those not asked for are empty."""

    relevance: FloatArray
    pick_relevance: FloatArray
    redundancy: FloatArray
    conditional_redundancy: FloatArray
    joint_entropy: FloatArray


Parameters = Mapping[str, Any]
Contribution = Callable[[Pair, Parameters], FloatArray]
Score = Callable[[FloatArray, FloatArray, int, Parameters], FloatArray]


KNOWN = {
    "reduction": ("sum", "min"),
    "lowers": ("always", "non-negative", "never"),
    "search": ("pairwise", "conditional", "triples", "relaxed", "spectral", "fcbf"),
}


def _undefined(*_: Any) -> FloatArray:
    raise TypeError("a pairwise criterion needs a contribution and a score")


def _tie(best: float, parameters: Parameters) -> float:
    return 1e-12


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
        What ``contribution`` needs (`mifs.estimators.Terms`); without, it is not asked.
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
    minimum : mapping
        Least value that a parameter may have.
    lowers : {"always", "non-negative", "never"}
        Whether contributions can only lower the score: for every estimator, for those
        whose terms are never negative, or not. Such criteria are searched lazily.
    tolerance : callable
        ``(best, parameters) -> float``: scores so close to the best are tied.
    search : str
        ``"pairwise"``, or the procedure of a criterion that is not.
    note : str
        Which definition it is, where several are in use.

    Raises
    ------
    ValueError
        A ``reduction``, ``lowers`` or ``search`` that does not exist.
    """

    name: str
    formula: str
    source: str
    terms: frozenset[str]
    contribution: Contribution = _undefined
    score: Score = _undefined
    reduction: str = "sum"
    parameters: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    minimum: Mapping[str, float] = field(default_factory=dict)
    lowers: str = "never"
    tolerance: Callable[[float, Parameters], float] = _tie
    search: str = "pairwise"
    note: str = ""

    def __post_init__(self) -> None:
        """Refuse what no search would understand."""
        object.__setattr__(self, "terms", frozenset(self.terms))
        for name, known in KNOWN.items():
            self._check_option(name, getattr(self, name), known)

    @property
    def pairwise(self) -> bool:
        """Whether the score is made of the contributions of single picks."""
        return self.search == "pairwise" and self.contribution is not _undefined

    def with_parameters(self, parameters: Mapping[str, Any] | None) -> Criterion:
        """Return the record with some of its parameters replaced.

        Parameters
        ----------
        parameters : mapping or None
            Values by name.

        Returns
        -------
        criterion : Criterion
            A new record.

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
            self._check(name, value)
        return replace(self, parameters={**self.parameters, **parameters})

    def _check_option(self, name: str, value: object, options: tuple[Any, ...]) -> None:
        if value not in options:
            raise ValueError(
                f"{name}={value!r} of criterion {self.name!r} must be one of {options}"
            )

    def _check(self, name: str, value: object) -> None:
        if name in self.options:
            self._check_option(name, value, self.options[name])
        if name not in self.minimum:
            return
        least = self.minimum[name]
        if not isinstance(value, Real) or not least <= float(value) < math.inf:
            raise ValueError(
                f"{name}={value!r} of criterion {self.name!r} must be a finite number, "
                f"at least {least}"
            )
