"""All Numba code: arrays in, arrays out, the GIL released.

The modules are loaded when a kernel is first called, for importing Numba takes longer
than importing all the rest of mifs.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mifs._kernels import (
        alone,
        bins,
        bounds,
        chance,
        choice,
        columns,
        copula,
        counts,
        draws,
        edges,
        expected,
        knn_line,
        knn_order,
        knn_plane,
        knn_scale,
        knn_space,
        labels,
        lane_sums,
        level,
        memo,
        moments,
        pair_tests,
        planes,
        rounds,
        saddlepoint,
        shrinkage,
        small_table,
        sparse,
        standing,
        strata,
        sums,
        tables,
        ternary,
        tiles,
        trends,
    )

__all__ = [
    "alone",
    "bins",
    "bounds",
    "chance",
    "choice",
    "columns",
    "copula",
    "counts",
    "draws",
    "edges",
    "expected",
    "knn_line",
    "knn_order",
    "knn_plane",
    "knn_scale",
    "knn_space",
    "labels",
    "lane_sums",
    "level",
    "memo",
    "moments",
    "pair_tests",
    "planes",
    "rounds",
    "saddlepoint",
    "shrinkage",
    "small_table",
    "sparse",
    "standing",
    "strata",
    "sums",
    "tables",
    "ternary",
    "tiles",
    "trends",
]


def __getattr__(name: str) -> Any:
    """Load a module of kernels (PEP 562)."""
    if name in __all__:
        return importlib.import_module(f"mifs._kernels.{name}")
    raise AttributeError(f"module 'mifs._kernels' has no attribute {name!r}")
