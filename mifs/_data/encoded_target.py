"""Class codes of a target, and what they mean."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from mifs._arrays import AnyArray, FloatArray, IntArray
from mifs._data.coding import array_of_json, array_to_json
from mifs._data.discretize import column_quantiles
from mifs._data.intervals import intervals
from mifs._data.table import Target
from mifs._data.weights import Weights


@dataclass(frozen=True)
class EncodedTarget:
    """A target as classes.

    Attributes
    ----------
    codes : ndarray of shape (n,), intp
    n_classes : int
        Also counts classes of which no row is here.
    classes : ndarray or None
        Labels behind the codes of a discrete target, sorted; of several outputs, and of
        survival, in the order of the first, then of the second.
    edges : ndarray or None
        Edges of the bins of a continuous one, closed on the right.
    """

    codes: IntArray
    n_classes: int
    classes: AnyArray | None = None
    edges: FloatArray | None = None

    @property
    def discrete(self) -> bool:
        """Whether classes are labels, not bins."""
        return self.edges is None

    def rows(self, index: IntArray) -> EncodedTarget:
        """Take some rows, of the same classes."""
        return replace(self, codes=self.codes[index])

    def names(self) -> list[str]:
        """Return what the classes mean: labels, or bins as text."""
        if self.edges is not None:
            return intervals(self.edges)
        assert self.classes is not None
        return [str(label) for label in self.classes.tolist()]

    def described(self) -> dict[str, Any]:
        """Describe the classes, as JSON can keep them."""
        described: dict[str, Any] = {"n_classes": self.n_classes}
        for name in ("classes", "edges"):
            values = getattr(self, name)
            if values is not None:
                described[name] = array_to_json(values, "the target")
        return described

    @classmethod
    def of_described(cls, kept: dict[str, Any], codes: IntArray) -> EncodedTarget:
        """Read what `described` wrote."""
        arrays = {
            name: array_of_json(kept[name])
            for name in ("classes", "edges")
            if name in kept
        }
        return cls(codes, kept["n_classes"], **arrays)


def encode_target(
    target: Target, n_bins: int, weights: Weights | None = None
) -> EncodedTarget:
    """Class codes of a target, a continuous one binned by quantiles or given edges."""
    if target.discrete:
        return EncodedTarget(target.codes, target.n_classes, classes=target.classes)
    edges = target.edges
    if edges is None:
        edges = column_quantiles(target.values, n_bins, weights)
    codes = np.searchsorted(edges, target.values)
    return EncodedTarget(codes, len(edges) + 1, edges=edges)
