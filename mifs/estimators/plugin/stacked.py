"""Terms of several draws of one table, round by round for all of them."""

from __future__ import annotations

from typing import cast

import numpy as np

from mifs import _kernels
from mifs._arrays import FloatArray, IntArray
from mifs._engines.base import Engine
from mifs._engines.stacked import StackedEngine
from mifs._terms import CONDITIONAL_REDUNDANCY, JOINT_ENTROPY, REDUNDANCY
from mifs.estimators.plugin.terms import PlugInTerms

NOTHING = np.empty((0, 0), np.int64)


class StackedTerms(PlugInTerms):
    """Terms of draws: feature r p + k is feature k of draw r.

    They are asked for by whole rounds.

    Parameters
    ----------
    stack : StackedEngine
    correction : str or None
        One that counts no cells.
    """

    def __init__(self, stack: StackedEngine, correction: str | None) -> None:
        # All but single pairs and labels can be asked of it.
        super().__init__(cast(Engine, stack), correction)
        self._stack = stack

    def rounds(
        self, draws: IntArray, columns: IntArray, wanted: frozenset[str]
    ) -> dict[str, FloatArray]:
        """Terms of all columns of some draws against one column of each.

        Returns
        -------
        terms : dict of str to ndarray of shape (n_draws, p)
        """
        by_class = wanted != {REDUNDANCY}
        plain, with_class, *_ = self._stack.sums_of_rounds(
            draws, columns, by_class, self._logarithms
        )
        terms = {}
        for name, joint, own, rest in (
            (REDUNDANCY, plain, self._f_k, self._f_n),
            (CONDITIONAL_REDUNDANCY, with_class, self._f_ky, self._f_y),
        ):
            if name in wanted:
                bias = NOTHING
                if self._correction is not None:
                    bias = self._correction.rounds(name, draws, columns, plain.shape[1])
                terms[name] = _kernels.sums.nats_of_rounds(
                    *(joint, own, draws, columns, bias, int(rest)),
                    *(self._logarithms.unit, self._engine.n_rows),
                )
        if JOINT_ENTROPY in wanted:
            terms[JOINT_ENTROPY] = self._nats(self._f_n - with_class)
        return terms
