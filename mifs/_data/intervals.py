"""Bins as people read them."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from mifs._arrays import AnyArray

# Decimals from which on, and numbers from which on, digits are counted instead.
DECIMALS, LARGE = 6, 1e6


def intervals(edges: AnyArray) -> list[str]:
    """Bins as text, closed on the right."""
    texts = readable(edges)
    if not texts:
        return ["all"]
    between = [f"{low} to {high}" for low, high in pairwise(texts)]
    return [f"≤ {texts[0]}", *between, f"> {texts[-1]}"]


def readable(edges: AnyArray) -> list[str]:
    """Edges with as few digits as tell them apart."""
    values = np.asarray(edges, np.float64)
    if not len(values):
        return []
    step = np.diff(values).min() if len(values) > 1 else np.abs(values).max()
    decimals = max(0, 1 - math.floor(math.log10(step))) if step > 0 else 0
    if decimals <= DECIMALS and np.abs(values).max() < LARGE:
        while decimals and (values.round(decimals) == values.round(decimals - 1)).all():
            decimals -= 1
        # Adding 0 makes 0 of −0.
        return [f"{value + 0:.{decimals}f}" for value in values.round(decimals)]
    for digits in range(3, 18):
        texts = [f"{value:.{digits}g}" for value in values]
        if len(set(texts)) == len(texts):
            break
    return texts
