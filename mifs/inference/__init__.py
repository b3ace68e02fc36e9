"""Tests: is what was measured more than chance would make."""

from mifs.inference._mi_test import MITest, mi_test
from mifs.inference._relevance import relevance_test

__all__ = ["MITest", "mi_test", "relevance_test"]
