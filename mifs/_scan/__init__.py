"""Tables that need not fit in memory: read once, kept column by column on disk."""

from mifs._scan.functions import scan_csv, scan_frame, scan_parquet
from mifs._scan.scan import Scan

__all__ = ["Scan", "scan_csv", "scan_frame", "scan_parquet"]
