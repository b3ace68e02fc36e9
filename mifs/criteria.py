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
from collections.abc import Mapping
from typing import Any

import numpy as np

from mifs._arrays import FloatArray
from mifs._criterion import Criterion, Pair, Parameters
from mifs._terms import (
    CONDITIONAL_REDUNDANCY,
    ENTROPY,
    JOINT_COUNTS,
    JOINT_ENTROPY,
    REDUNDANCY,
)

__all__ = ["CRITERIA", "QUOTIENT_FLOOR", "Criterion", "Pair", "resolve"]

# Peng's program adds 1e-4 bits to the denominator of the quotient.
QUOTIENT_FLOOR = 1e-4 * math.log(2)


# Contributions of one pick


def _nothing(pair: Pair, parameters: Parameters) -> FloatArray:
    return np.zeros_like(pair.relevance)


def _redundancy(pair: Pair, parameters: Parameters) -> FloatArray:
    return pair.redundancy


def _conditional(pair: Pair, parameters: Parameters) -> FloatArray:
    return pair.conditional_redundancy


def _excess(pair: Pair, parameters: Parameters) -> FloatArray:
    return pair.redundancy - pair.conditional_redundancy


def _positive_excess(pair: Pair, parameters: Parameters) -> FloatArray:
    excess: FloatArray = np.maximum(_excess(pair, parameters), 0)
    return excess


def _weighted_excess(pair: Pair, parameters: Parameters) -> FloatArray:
    beta, gamma = float(parameters["beta"]), float(parameters["gamma"])
    return beta * pair.redundancy - gamma * pair.conditional_redundancy


def _conditional_relevance(pair: Pair, parameters: Parameters) -> FloatArray:
    return pair.relevance - pair.redundancy + pair.conditional_redundancy


def _joint_relevance(pair: Pair, parameters: Parameters) -> FloatArray:
    return pair.pick_relevance + _conditional_relevance(pair, parameters)


def _joint_relevance_ratio(pair: Pair, parameters: Parameters) -> FloatArray:
    joint = _joint_relevance(pair, parameters)
    ratio = np.zeros_like(joint)
    np.divide(joint, pair.joint_entropy, out=ratio, where=pair.joint_entropy > 0)
    return ratio


# Scores from the relevance and the reduced contributions of n picks


def _relevance(R: FloatArray, reduced: FloatArray, n: int, _: Parameters) -> FloatArray:
    return R


def _less(R: FloatArray, reduced: FloatArray, n: int, _: Parameters) -> FloatArray:
    return R - reduced


def _more(R: FloatArray, reduced: FloatArray, n: int, _: Parameters) -> FloatArray:
    return R + reduced


def _less_mean(R: FloatArray, reduced: FloatArray, n: int, _: Parameters) -> FloatArray:
    return R - reduced / n


def _mean(R: FloatArray, reduced: FloatArray, n: int, _: Parameters) -> FloatArray:
    return reduced / n


def _itself(R: FloatArray, reduced: FloatArray, n: int, _: Parameters) -> FloatArray:
    return reduced


def _less_beta(
    R: FloatArray, reduced: FloatArray, n: int, parameters: Parameters
) -> FloatArray:
    return R - float(parameters["beta"]) * reduced


def _mrmr(
    R: FloatArray, reduced: FloatArray, n: int, parameters: Parameters
) -> FloatArray:
    if parameters["scheme"] == "difference":
        return R - reduced / n
    # Estimates may be negative; a denominator must not change the sign of the score.
    return R / (np.maximum(reduced / n, 0) + QUOTIENT_FLOOR)


def _mrmr_tolerance(best: float, parameters: Parameters) -> float:
    return 1e-12 if parameters["scheme"] == "difference" else 1e-8 * max(1, abs(best))


def _cmim(
    R: FloatArray, reduced: FloatArray, n: int, parameters: Parameters
) -> FloatArray:
    bound: FloatArray = np.minimum(R, reduced)
    return bound if parameters["include_relevance"] else reduced


PLAIN = frozenset({REDUNDANCY})
CONDITIONAL = frozenset({CONDITIONAL_REDUNDANCY})
BOTH = PLAIN | CONDITIONAL
WITH_ENTROPY = BOTH | {JOINT_ENTROPY}
COUNTS = frozenset({JOINT_COUNTS})

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
            name="mifs",
            formula="R − β Σ r_j, β = 1",
            source="Battiti 1994",
            terms=PLAIN,
            contribution=_redundancy,
            score=_less_beta,
            parameters={"beta": 1.0},
            minimum={"beta": 0.0},
            lowers="non-negative",
        ),
        Criterion(
            name="mrmr",
            formula="R − mean r_j; quotient: R / (max(0, mean r_j) + 1e-4·ln 2)",
            source="Peng, Long, Ding 2005",
            terms=PLAIN,
            contribution=_redundancy,
            score=_mrmr,
            parameters={"scheme": "difference"},
            options={"scheme": ("difference", "quotient")},
            lowers="non-negative",
            tolerance=_mrmr_tolerance,
            note="The constant of the quotient is 1e-4 bits, as in Peng's program. A "
            "mean r_j below 0, as k-NN estimates may give, counts as 0 there.",
        ),
        Criterion(
            name="cife",
            formula="R − Σ r_j + Σ c_j",
            source="Lin, Tang 2006",
            terms=BOTH,
            contribution=_excess,
            score=_less,
        ),
        Criterion(
            name="condred",
            formula="R + Σ c_j",
            source="Brown et al. 2012",
            terms=CONDITIONAL,
            contribution=_conditional,
            score=_more,
        ),
        Criterion(
            name="betagamma",
            formula="R − β Σ r_j + γ Σ c_j, β = γ = 1",
            source="Brown et al. 2012",
            terms=BOTH,
            contribution=_weighted_excess,
            score=_less,
            parameters={"beta": 1.0, "gamma": 1.0},
            minimum={"beta": 0.0, "gamma": 0.0},
        ),
        Criterion(
            name="jmi",
            formula="R − mean (r_j − c_j)",
            source="Yang, Moody 1999",
            terms=BOTH,
            contribution=_excess,
            score=_less_mean,
            note="Ranks as Σ J_j, which praznik and FEAST report.",
        ),
        Criterion(
            name="cmim",
            formula="min(R, min_j (R − r_j + c_j))",
            source="Fleuret 2004",
            terms=BOTH,
            contribution=_conditional_relevance,
            score=_cmim,
            reduction="min",
            parameters={"include_relevance": True},
            options={"include_relevance": (True, False)},
            lowers="always",
            note="Fleuret's algorithm, as FEAST and praznik; include_relevance=False "
            "is his equation 2, without R, as skfeature and ITMO_FS.",
        ),
        Criterion(
            name="icap",
            formula="R − Σ max(0, r_j − c_j)",
            source="Jakulin 2005",
            terms=BOTH,
            contribution=_positive_excess,
            score=_less,
            lowers="always",
            note="Each term is clipped, as in FEAST, not their sum.",
        ),
        Criterion(
            name="disr",
            formula="mean J_j / H(Xk,Xj,Y)",
            source="Meyer, Bontempi 2006",
            terms=WITH_ENTROPY,
            contribution=_joint_relevance_ratio,
            score=_mean,
            note="praznik and FEAST report the sum.",
        ),
        Criterion(
            name="jmim",
            formula="min_j J_j",
            source="Bennasar et al. 2015",
            terms=BOTH,
            contribution=_joint_relevance,
            score=_itself,
            reduction="min",
            lowers="always",
        ),
        Criterion(
            name="njmim",
            formula="min_j J_j / H(Xk,Xj,Y)",
            source="Bennasar et al. 2015",
            terms=WITH_ENTROPY,
            contribution=_joint_relevance_ratio,
            score=_itself,
            reduction="min",
            lowers="always",
        ),
        Criterion(
            name="cmi",
            formula="I(Xk;Y | S), jointly given all of S",
            source="Brown et al. 2012",
            terms=COUNTS,
            search="conditional",
        ),
        Criterion(
            name="jmi3",
            formula="mean over i<j in S of I(Xk,Xi,Xj;Y); with one pick J_1",
            source="Sechidis et al. 2019",
            terms=COUNTS,
            search="triples",
            note="The plug-in estimate, without shrinkage, as praznik's; it reports "
            "the sum.",
        ),
        Criterion(
            name="relaxmrmr",
            formula="R − mean r_j + mean c_j − mean over i≠j of I(Xk;Xi | Xj)",
            source="Vinh et al. 2016",
            terms=BOTH | COUNTS,
            search="relaxed",
        ),
        Criterion(
            name="spec_cmi",
            formula="weights of the dominant eigenvector of Q, Q_ii = R_i, "
            "Q_ij = ½ [I(Xi;Y|Xj) + I(Xj;Y|Xi)]",
            source="Nguyen et al. 2014",
            terms=BOTH,
            search="spectral",
        ),
        Criterion(
            name="fcbf",
            formula="2 R / (H(Xk) + H(Y)), survivors of the filter first",
            source="Yu, Liu 2004",
            terms=PLAIN | {ENTROPY},
            parameters={"threshold": 0.0},
            minimum={"threshold": 0.0},
            search="fcbf",
        ),
    )
}


def resolve(
    criterion: str | Criterion, parameters: Mapping[str, Any] | None = None
) -> Criterion:
    """Return the record of a criterion given by name or as a record.

    Parameters
    ----------
    criterion : str or Criterion
        A name, in any case, or a record.
    parameters : mapping, default=None
        Values of the criterion's parameters, by name.

    Returns
    -------
    criterion : Criterion
        The record with these parameters.

    Raises
    ------
    ValueError
        An unknown name (the known ones are listed) or parameter.
    TypeError
        Neither a name nor a record.

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
    if not isinstance(criterion, Criterion):
        raise TypeError(
            f"criterion={criterion!r} is neither a name ({', '.join(CRITERIA)}) nor a "
            "Criterion"
        )
    return criterion.with_parameters(parameters)
