"""Warnings at the line of the user's own that led to them."""

from __future__ import annotations

import sys
import warnings

# Packages that may stand between a user's line and the code that warns. (From Python
# 3.12 on `warnings.warn` has skip_file_prefixes; 3.11 has not.)
BETWEEN = frozenset({"mifs", "sklearn", "joblib", "narwhals"})


def warn(message: str | Warning, category: type[Warning] | None = None) -> None:
    """Give a warning that shows the innermost line outside of `BETWEEN`.

    How many calls lie in between depends on the way: `fit`, `fit_transform`, pipelines.
    Where none is outside, as in a worker process, it is the outermost line.
    """
    frame, level = sys._getframe(1), 2
    while _package(frame.f_globals) in BETWEEN and frame.f_back is not None:
        frame, level = frame.f_back, level + 1
    warnings.warn(message, category, stacklevel=level)


def _package(names: dict[str, object]) -> str:
    return str(names.get("__name__", "")).partition(".")[0]
