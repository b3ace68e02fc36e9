"""Tests: is what was measured more than chance would make, and would it come again."""

from mifs._resampling.bounds import SelectionBound, selection_bound
from mifs._resampling.stability import Stability, stability
from mifs.inference._mi_test import MITest, mi_test
from mifs.inference._relevance import relevance_test

__all__ = [
    "MITest",
    "SelectionBound",
    "Stability",
    "mi_test",
    "relevance_test",
    "selection_bound",
    "stability",
]
