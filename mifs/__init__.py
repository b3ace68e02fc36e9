"""Feature selection by mutual information."""

__version__ = "0.1.0"
