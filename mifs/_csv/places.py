"""Files behind a path: itself, those of a folder, those of a pattern."""

from __future__ import annotations

import glob
import os

TABLES = (".csv", ".tsv", ".tab")
_PACKED = ("", ".gz", ".bz2", ".xz", ".zst")
CSV_SUFFIXES = tuple(table + packed for table in TABLES for packed in _PACKED)
PARQUET_SUFFIXES = (".parquet", ".pq")


def files_at(place: str, suffixes: tuple[str, ...]) -> list[str]:
    """Give the files behind a path, sorted; none where a folder or a pattern has none.

    A file whose name is a pattern is that file. Hidden files of a folder are left out.
    What does not exist, and is no pattern, stays as it is.
    """
    if os.path.isdir(place):
        return [
            os.path.join(place, name)
            for name in sorted(os.listdir(place))
            if name.lower().endswith(suffixes) and not name.startswith(".")
        ]
    if os.path.exists(place) or not glob.has_magic(place):
        return [place]
    matches = sorted(glob.glob(place, recursive=True))
    return [path for path in matches if not os.path.isdir(path)]
