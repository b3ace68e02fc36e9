"""Encoded tables in a folder, which other processes and later runs open."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np

from mifs._arrays import AnyArray
from mifs._data.codes import MAX_BYTE_LEVELS, StoredCodes, fill
from mifs._data.coding import Coding, FineCode, array_of_json, array_to_json
from mifs._data.encoded import EncodedTable
from mifs._data.encoded_target import EncodedTarget
from mifs._data.folders import FolderWriter, RowFile, read_folder
from mifs._data.sparse_codes import SparseCodes
from mifs._data.weights import Weights


def save_encoded(
    encoded: EncodedTable, folder: str | os.PathLike[str], n_jobs: int | None = None
) -> None:
    """Write the rows and columns of a table as codes, with what these mean.

    Raises
    ------
    FileExistsError
        The folder holds a table already.
    TypeError
        Levels or labels that no file keeps; the column is named.
    """
    coding, targets = encoded.own_coding(), (encoded.target, *encoded.further)
    description = {
        "n_rows": encoded.n_rows,
        "sparse": encoded.sparse,
        "columns": coding.described(),
        "targets": [target.described() for target in targets],
        "weights": encoded.weights and encoded.weights.described(),
    }
    writer = FolderWriter(folder)
    _write_codes(encoded, writer, n_jobs)
    for number, target in enumerate(targets):
        writer.put(f"target{number}", target.codes)
    if encoded.weights is not None:
        writer.put("units", encoded.weights.units)
    description["fine"] = _write_fine(encoded, writer)
    writer.close(description)


def _write_codes(
    encoded: EncodedTable, writer: FolderWriter, n_jobs: int | None
) -> None:
    source, n_rows = encoded.source, encoded.n_rows
    if encoded.sparse or isinstance(source, SparseCodes):
        runs = encoded.level_runs(n_jobs)
        writer.put("entries", runs.entries)
        writer.put("level_starts", runs.level_starts)
        writer.put("defaults", runs.defaults)
        return
    n_wide = int(np.count_nonzero(encoded.n_levels > MAX_BYTE_LEVELS))
    narrow = writer.empty("narrow", (encoded.n_features - n_wide, n_rows), np.uint8)
    wide = writer.empty("wide", (n_wide, n_rows), np.uint16)
    fill(source, encoded.chosen, encoded.picked, (narrow, wide), n_jobs)


def _write_fine(encoded: EncodedTable, writer: FolderWriter) -> list[dict[str, Any]]:
    described = []
    for (column, n), code in encoded.own_fine().items():
        writer.put(f"fine{column}_{n}", code.codes)
        edges = array_to_json(code.edges, f"column {encoded.names[column]!r}")
        described.append(
            {"column": column, "n": n, "n_levels": code.n_levels, "edges": edges}
        )
    return described


def open_encoded(folder: str | os.PathLike[str], verify: bool = True) -> EncodedTable:
    """Open what `save_encoded` wrote; codes are mapped, not read.

    Parameters
    ----------
    folder : path
    verify : bool, default=True
        Whether to compare the checksums of the files, which reads them once.

    Raises
    ------
    FileNotFoundError
        There is no such table.
    ValueError
        It is damaged, or of another version.
    """
    head, arrays = read_folder(folder, verify)
    coding = Coding.of_described(head["columns"])
    target, *further = (
        EncodedTarget.of_described(described, arrays[f"target{number}"])
        for number, described in enumerate(head["targets"])
    )
    return EncodedTable(
        _source(head, arrays, coding),
        coding,
        target,
        head["weights"] and Weights(units=arrays["units"], **head["weights"]),
        tuple(further),
        np.arange(len(coding.names)),
        _fine=_read_fine(head["fine"], arrays),
    )


def on_disk(
    encoded: EncodedTable, folder: Path, by_class: bool, n_jobs: int | None = None
) -> EncodedTable:
    """Move codes out of memory, the rows sorted by class where an engine wants that."""
    if by_class:
        short = encoded.classes.astype(np.min_scalar_type(encoded.n_classes))
        encoded = encoded.rows(np.argsort(short, kind="stable"))
    n_wide = int(np.count_nonzero(encoded.n_levels > MAX_BYTE_LEVELS))
    shape = encoded.n_features - n_wide, encoded.n_rows
    narrow = RowFile(folder, shape, np.uint8)
    wide = RowFile(folder, (n_wide, encoded.n_rows), np.uint16)
    fill(encoded.source, encoded.chosen, encoded.picked, (narrow, wide), n_jobs)
    matrices = narrow.mapped(), wide.mapped()
    return encoded.coded_as(StoredCodes(*matrices, encoded.n_levels))


def mapped(array: AnyArray, folder: Path) -> AnyArray:
    """Move an array (n,) out of memory."""
    file = RowFile(folder, (1, len(array)), array.dtype)
    file[np.zeros(1, np.intp)] = array[np.newaxis]
    kept: AnyArray = file.mapped()[0]
    return kept


def _source(
    head: dict[str, Any], arrays: dict[str, AnyArray], coding: Coding
) -> StoredCodes | SparseCodes:
    if not head["sparse"]:
        return StoredCodes(arrays["narrow"], arrays["wide"], coding.n_levels)
    return SparseCodes(
        arrays["entries"],
        arrays["level_starts"],
        coding.n_levels,
        arrays["defaults"],
        head["n_rows"],
    )


def _read_fine(
    described: list[dict[str, Any]], arrays: dict[str, AnyArray]
) -> dict[tuple[int, int], FineCode]:
    return {
        (each["column"], each["n"]): FineCode(
            arrays[f"fine{each['column']}_{each['n']}"],
            array_of_json(each["edges"]),
            each["n_levels"],
        )
        for each in described
    }
