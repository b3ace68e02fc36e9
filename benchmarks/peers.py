"""The peers, each as a function of a table, a target and k that returns its picks."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import fstoolbox
import mrmr
import mrmrs
import numpy as np
import pandas as pd
import polars as pl
from fast_select import mRMR
from numpy.typing import NDArray

Peer = Callable[[NDArray[np.integer], NDArray[np.integer], int], list[int]]


def _feast(
    function: Callable[..., tuple[list[int], list[float]]],
    X: NDArray[np.integer],
    y: NDArray[np.integer],
    k: int,
    *weights: float,
) -> list[int]:
    return [int(pick) for pick in function(X, y, k, *weights)[0]]


def _feast_beta_gamma(beta: float, gamma: float) -> Peer:
    return lambda X, y, k: _feast(fstoolbox.BetaGamma, X, y, k, beta, gamma)


FEAST: dict[str, Peer] = {
    "mim": partial(_feast, fstoolbox.MIM),
    "mifs": _feast_beta_gamma(1.0, 0.0),
    "mrmr": partial(_feast, fstoolbox.mRMR_D),
    "cife": _feast_beta_gamma(1.0, 1.0),
    "condred": _feast_beta_gamma(0.0, 1.0),
    "betagamma": _feast_beta_gamma(1.0, 1.0),
    "jmi": partial(_feast, fstoolbox.JMI),
    "cmim": partial(_feast, fstoolbox.CMIM),
    "icap": partial(_feast, fstoolbox.ICAP),
    "disr": partial(_feast, fstoolbox.DISR),
    "cmi": partial(_feast, fstoolbox.CondMI),
}


def fast_select_mrmr(
    X: NDArray[np.integer], y: NDArray[np.integer], k: int
) -> list[int]:
    """mRMR (difference) of fast-select, from integer codes."""
    fitted = mRMR(n_features_to_select=k, backend="cpu").fit(X, y)
    return [int(pick) for pick in fitted.top_features_]


def mrmrs_fcq(X: pl.DataFrame, y: pl.Series, k: int) -> list[str]:
    """F statistic over correlation of mrmrs, from its own kind of frame."""
    return [feature.name for feature in mrmrs.mrmr(X, y, k, "classification")]


def mrmr_selection_fcq(X: pd.DataFrame, y: pd.Series, k: int) -> list[str]:
    """F statistic over correlation of mrmr-selection, on one thread."""
    picks: list[str] = mrmr.mrmr_classif(X, y, k, n_jobs=1, show_progress=False)
    return picks
