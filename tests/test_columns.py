"""Kernels that read and pack matrices of bytes, beside NumPy."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from pandas.testing import assert_frame_equal

from mifs import JMI
from mifs._data import blocks, parallel, survey
from mifs._data.blocks import NumberBlock
from mifs._data.layout import by_column, starts_of
from mifs._engines.packing import class_words, pack_codes, pack_rows, unpacked
from mifs._kernels import columns, counts, planes

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("n", [1, 63, 64, 65, 130, 3000])
@pytest.mark.parametrize(("width", "first"), [(1, 0), (7, 3), (8, 0), (9, 91), (70, 5)])
def test_rows_become_columns(n, width, first):
    rng = np.random.default_rng(n + width)
    rows = rng.integers(0, 256, (n, 100)).astype(np.uint8)
    for order in (np.arange(n), rng.permutation(n)):
        codes = np.empty((width, n), np.uint8)
        columns.bytes_of_rows(rows, first, order, codes)
        expected = rows[order, first : first + width].T
        np.testing.assert_array_equal(codes, expected)


@pytest.mark.parametrize("n_levels", [2, 3, 16, 17, 200])
@pytest.mark.parametrize(("n", "p"), [(1, 1), (63, 64), (1025, 200), (2100, 256)])
def test_planes_hold_the_bits_of_the_codes(n, p, n_levels):
    rng = np.random.default_rng(n)
    codes = rng.integers(0, n_levels, (p + 3, n)).astype(np.uint8)
    rows = rng.permutation(p + 3)[:p]
    bits = (n_levels - 1).bit_length()
    tile = np.empty((n, bits, 4), np.uint64)
    planes.fill_tile(codes, rows, (0, n // 2), tile)
    planes.fill_tile(codes, rows, (n // 2, n), tile)
    lanes = np.unpackbits(tile.view(np.uint8), axis=2, bitorder="little")
    values = (lanes << np.arange(bits, dtype=np.uint8)[:, None]).sum(axis=1)
    np.testing.assert_array_equal(values[:, :p], codes[rows].T)
    assert not lanes[:, :, p:].any()


@pytest.mark.parametrize("n", [1, 64, 65, 129, 2000])
@pytest.mark.parametrize(("first", "width"), [(0, 64), (0, 300), (7, 5), (290, 10)])
def test_rows_are_packed_as_their_columns_are(n, first, width):
    rng = np.random.default_rng(n + width)
    matrix = rng.integers(0, 2, (n, 300)).astype(np.uint8) * 3 + 1
    matrix[:, first + 2] = 7
    asked = matrix[:, first : first + width]
    n_levels = np.array([len(np.unique(column)) for column in asked.T])
    lows, highs = asked.min(axis=0), asked.max(axis=0)
    y = rng.integers(0, 3, n)
    y[:3] = np.arange(3)[: len(y)]
    order, sizes = np.argsort(y, kind="stable"), np.bincount(y)
    rows = matrix, first, np.stack([lows, highs])
    words, cells = pack_rows(rows, n_levels, order, sizes)

    codes = np.ascontiguousarray((asked != lows).astype(np.uint8)[order].T)
    kept = np.ones(width, np.bool_)
    expected = np.zeros((n_levels - 1).sum() * class_words(sizes)[-1], np.uint64)
    tables = np.zeros(n_levels.sum() * len(sizes), np.int64)
    counts.pack_bits(codes, n_levels, starts_of(sizes), kept, expected, tables)
    np.testing.assert_array_equal(words, expected)
    np.testing.assert_array_equal(cells, tables)


@pytest.mark.parametrize("n_levels", [1, 2, 3, 7])
@pytest.mark.parametrize("sizes", [[5], [64, 1, 63], [100, 3, 65, 128]])
def test_codes_come_back_from_bit_columns(sizes, n_levels):
    sizes = np.array(sizes)
    classes = np.repeat(np.arange(len(sizes)), sizes).astype(np.uint8)
    codes = np.random.default_rng(n_levels).integers(0, n_levels, (1, len(classes)))
    codes = codes.astype(np.uint8)
    where = np.array([n_levels]), np.ones(1, np.bool_)
    words, _ = pack_codes(codes, *where, classes, sizes)
    words = words.reshape(n_levels - 1, class_words(sizes)[-1])
    np.testing.assert_array_equal(unpacked(words, sizes), codes[0])


@pytest.mark.parametrize("order", ["C", "F", "strided", "one column"])
@pytest.mark.parametrize("given", [np.float64, np.float32, np.int16])
@pytest.mark.parametrize("wanted", [slice(1, 3), slice(None), np.array([0, 3])])
def test_columns_are_laid_out_from_any_order(order, given, wanted):
    """More rows than are copied at once, and no multiple of them."""
    X = RNG.integers(-9, 9, (1300, 4)).astype(given, order="F" if order == "F" else "C")
    if order == "strided":
        X = np.repeat(np.repeat(X, 2, axis=0), 2, axis=1)[::2, ::2]
    if order == "one column":
        X, wanted = X[:, :1], slice(0, 1)
    laid = by_column(X, wanted, np.float64)
    assert laid.flags.c_contiguous
    assert laid.dtype == np.float64
    assert_array_equal(laid, X[:, wanted].T)


def test_a_large_matrix_is_read_in_pieces(monkeypatch):
    """What is too large to be kept by column gives the same selection."""
    X = RNG.normal(size=(900, 30))
    y = X[:, 3] + X[:, 7] > 0
    kept = JMI(5).fit(X, y)
    monkeypatch.setattr(blocks, "MOST_KEPT", 0)
    monkeypatch.setattr(blocks, "CHUNK_BYTES", 8 * 900 * 4)
    assert_frame_equal(JMI(5).fit(X, y).path_, kept.path_)


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_large_floats_are_known_row_by_row(n_jobs, monkeypatch):
    """Gaps, infinite values and fractions of a matrix that is too large to lay out."""
    X = RNG.normal(size=(1500, 9))
    X[RNG.random(X.shape) < 0.1] = np.nan
    X[:, 3] = RNG.integers(-4, 4, 1500)
    X[:700, 4] = 1.0
    X[-1, 5] = np.inf
    X[3, 6] = -np.inf
    X[:, 7] = np.nan
    X[:, 8] = np.arange(1500) * 1e6
    laid = NumberBlock(X, np.arange(9))
    monkeypatch.setattr(blocks, "MOST_KEPT", 0)
    monkeypatch.setattr(blocks, "CHUNK_BYTES", 1 << 15)
    monkeypatch.setattr(survey, "BLOCK_BYTES", 1 << 12)
    monkeypatch.setattr(parallel, "SHORT", 0.0)
    by_row = NumberBlock(X, np.arange(9), n_jobs)
    for fact in ("n_missing", "n_infinite", "n_levels", "beyond"):
        assert_array_equal(getattr(by_row, fact), getattr(laid, fact))
    assert laid.n_levels[3] == 8
    for column in (3, 8):
        at = np.array([column])
        assert_array_equal(
            by_row.codes(at, np.arange(1500)), laid.codes(at, np.arange(1500))
        )
