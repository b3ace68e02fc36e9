"""Exact copies of chosen columns, without looking at all pairs."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

import numpy as np
from numpy.typing import NDArray

from mifs._arrays import AnyArray, BoolArray, FloatArray, IntArray
from mifs._data.blocks import Block, chunks
from mifs._data.sparse import SparseBlock
from mifs._data.table import Table

# Estimators that measure distances may round the relevances of copies apart.
DIGITS = 9
# Rows of which a signature tells whether neighbours have the same level.
SAMPLED = 65
# Columns that are read in less time than their signatures are made.
FEW = 8

Signatures = NDArray[np.uint64]


def copies(
    table: Table, relevance: FloatArray, chosen: IntArray, considered: BoolArray
) -> list[list[int]]:
    """Find groups of columns that are the same in every row as a chosen one.

    Discrete columns are the same if they part the rows alike, whatever their levels are
    called; continuous ones if their values are equal.

    Copies have one relevance, and one signature of some rows: only columns that share
    both with a chosen one are read as a whole.
    """
    if not len(chosen):
        return []
    picked = np.zeros(table.n_features, dtype=np.bool_)
    picked[chosen] = True
    # In tables of few rows most columns share their relevance with some other, but few
    # with a chosen one, and few lie between those, which rank high.
    ends, near = relevance[chosen], 10.0**-DIGITS
    between = (relevance >= ends.min() - near) & (relevance <= ends.max() + near)
    columns = np.flatnonzero(considered & between)
    columns = _alike(np.round(relevance[columns], DIGITS), columns, picked)
    if len(columns) > FEW and table.shards is None:
        columns = _alike(_signatures(table, columns), columns, picked)
    groups: dict[Hashable, list[int]] = {}
    for column in columns.tolist():
        content = bool(table.discrete[column]), _content(table, column)
        groups.setdefault(content, []).append(column)
    return [
        group for group in groups.values() if len(group) > 1 and picked[group].any()
    ]


def _alike(values: AnyArray, columns: IntArray, picked: BoolArray) -> IntArray:
    """Keep the columns whose value a picked one has, and some other column, too."""
    wanted = np.unique(values[picked[columns]])
    if not len(wanted):
        return columns[:0]
    at = np.minimum(np.searchsorted(wanted, values), len(wanted) - 1)
    same = wanted[at] == values
    counts = np.bincount(at[same], minlength=len(wanted))
    alike: IntArray = columns[same & (counts[at] > 1)]
    return alike


def _signatures(table: Table, columns: IntArray) -> Signatures:
    """Return a number for each column, which its copies have, too."""
    found = np.zeros(table.n_features, np.uint64)
    wanted = np.zeros(table.n_features, dtype=np.bool_)
    wanted[columns] = True
    for block, piece in _pieces(table, wanted):
        here = block.columns[piece]
        found[here] = _of_piece(table, block, piece, table.discrete[here])
    return found[columns]


def _pieces(table: Table, wanted: BoolArray) -> Iterator[tuple[Block, IntArray]]:
    """Columns of one block and one kind, a bounded number at a time."""
    for block in table.blocks:
        own = wanted[block.columns]
        sparse = isinstance(block, SparseBlock)
        if not sparse and 2 * np.count_nonzero(own) > len(own):
            own[:] = True  # neighbours are read much faster than every other column
        discrete = table.discrete[block.columns]
        for kind in (own & discrete, own & ~discrete):
            for piece in chunks(np.flatnonzero(kind), 8 * table.n_rows):
                yield block, piece


def _of_piece(
    table: Table, block: Block, piece: IntArray, discrete: BoolArray
) -> Signatures:
    if not discrete.any():
        if isinstance(block, SparseBlock):
            return _of_entries(block, piece)
        return _of_values(block.contiguous(piece))
    sample = np.arange(SAMPLED) * (table.n_rows - 1) // (SAMPLED - 1)
    if (np.asarray(block.n_levels)[piece] >= 0).all():
        return _of_codes(block.codes(piece, sample))
    columns = block.columns[piece].tolist()
    return _of_codes(np.stack([table.codes(column)[sample] for column in columns]))


def _of_codes(codes: AnyArray) -> Signatures:
    """64 bits: whether two rows have the same level, whatever it is called."""
    bits = np.packbits(codes[:, 1:] == codes[:, :-1], axis=1)
    return bits.view(np.uint64)[:, 0]


def _of_values(values: AnyArray) -> Signatures:
    """Weighted sums of the values' bits, which wrap round and so lose nothing."""
    bits = _plain(values[:, :SAMPLED]).view(np.uint64)
    sums: Signatures = (bits * _weights(bits.shape[1])).sum(axis=1, dtype=np.uint64)
    return sums


def _of_entries(block: SparseBlock, piece: IntArray) -> Signatures:
    """Do the same with all entries that are not zero."""
    values, rows, starts = block.entries(piece)
    mixed = _plain(values).view(np.uint64) * _weights(block.n_rows)[rows]
    mixed[values == 0] = 0
    sums = np.concatenate((np.zeros(1, np.uint64), np.cumsum(mixed, dtype=np.uint64)))
    return sums[starts[1:]] - sums[starts[:-1]]


def _weights(n: int) -> Signatures:
    """Odd numbers, one a row, that have nothing to do with each other."""
    # The golden ratio of 2⁶⁴: its multiples fill the range evenly.
    golden = np.uint64(0x9E3779B97F4A7C15)
    return (np.arange(1, n + 1, dtype=np.uint64) ** 2 * golden) | np.uint64(1)


def _plain(values: AnyArray) -> FloatArray:
    """Values of which those that are equal have equal bits: one zero, one NaN."""
    plain: FloatArray = np.asarray(values, dtype=np.float64) + 0.0
    plain[np.isnan(plain)] = np.nan
    return plain


def _content(table: Table, column: int) -> bytes:
    """Return all that stands in a column, as only its copies have it."""
    if table.shards is not None:
        return table.digest(column, bool(table.discrete[column]))
    if not table.discrete[column]:
        return _plain(table.numeric(column)).tobytes()
    # Levels are numbered as they come, so that their names do not matter.
    codes = table.codes(column)
    first = np.full(codes.max() + 1, len(codes), dtype=np.intp)
    np.minimum.at(first, codes, np.arange(len(codes)))
    return np.ascontiguousarray(first[codes], dtype=np.uint32).tobytes()
