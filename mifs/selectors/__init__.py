"""The scikit-learn surface: selectors with fit and transform."""

from mifs.selectors._greedy import JMI, MIM, MIRMR, MRMR, MISelector

__all__ = ["JMI", "MIM", "MIRMR", "MRMR", "MISelector"]
