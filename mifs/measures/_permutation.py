"""Permutation p-values that respect autocorrelation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import RandomState

from mifs._arrays import FloatArray
from mifs.measures._estimates import Direct, information
from mifs.measures._samples import Sample

# Counted estimates of equal tables can differ by rounding.
_ROUNDING = 1e-12


@dataclass(frozen=True)
class PermutationTest:
    """An estimate beside those of shifted series.

    Attributes
    ----------
    information : float
        The estimate, in units of ``log(base)``.
    p_value : float
        (1 + number of shifted estimates not below it) / (1 + their number).
    null : ndarray of shape (n_permutations,), float64
        Estimates of the shifted series, in the same unit.
    n_rows : int
        Rows that entered.
    """

    information: float
    p_value: float
    null: FloatArray
    n_rows: int


def shift_test(
    chosen: Direct,
    samples: list[Sample],
    n_permutations: int,
    random_state: RandomState,
) -> PermutationTest:
    """I(X;Y) or I(X;Y|Z) in nats, beside that of x shifted circularly by random times.

    A circular shift keeps the autocorrelation of x, and breaks its link with the rest.

    Raises
    ------
    ValueError
        Fewer rows than different shifts are needed for.
    """
    x, rest = samples[0], samples[1:]
    if n_permutations > x.n_rows - 1:
        raise ValueError(
            f"n_permutations={n_permutations}, but {x.n_rows} aligned rows have only "
            f"{x.n_rows - 1} different circular shifts; ask for fewer"
        )
    observed = information(chosen, x, *rest)
    shifts = 1 + random_state.choice(x.n_rows - 1, n_permutations, replace=False)
    null = np.array([information(chosen, _turn(x, s), *rest) for s in shifts])
    reached = int(np.count_nonzero(null >= observed - _ROUNDING))
    p_value = (1 + reached) / (1 + n_permutations)
    return PermutationTest(observed, p_value, null, x.n_rows)


def _turn(sample: Sample, shift: int) -> Sample:
    return Sample(
        [np.roll(column, shift) for column in sample.continuous],
        [np.roll(codes, shift) for codes in sample.discrete],
        sample.n_rows,
    )
