"""A selection as one HTML page, which loads nothing: ``mifs.report``."""

from mifs._report._report import Report, report

__all__ = ["Report", "report"]
