"""Terms of the plug-in estimator equal the twin's, whatever counts them."""

import numpy as np
import oracles
import pytest
from plain import PLAIN
from sklearn.base import clone

from mifs._data.reading import read
from mifs._engines import memory
from mifs._kernels import choice, columns, counts, lane_sums, planes, sums, tiles
from mifs.estimators import PlugIn, resolve

EVERY_ROW = np.empty(0, np.uint32)
TERMS = ("redundancy", "conditional_redundancy", "joint_entropy")
WANTED = frozenset(TERMS)
KERNELS = [
    ("bits", counts, "bit_tables"),
    ("histogram", counts, "histogram_tables"),
    ("sorting", counts, "sorted_tables"),
    ("tiles", tiles, "tile_tables"),
    ("tiles", tiles, "tile_sums"),
    ("pairs", counts, "pair_sums"),
]


def prepare(X, y):
    names = [f"x{j}" for j in range(X.shape[1])]
    return PLAIN.prepare(
        read(X, y, names=names, discrete_features=True, discrete_target=True)
    )


def all_terms(terms, p, wanted=WANTED, step=1):
    """Relevance (p,) and each term as a (p, p) matrix, NaN on the diagonal.

    Of each so many picks only one has terms.
    """
    found = {name: np.full((p, p), np.nan) for name in wanted}
    for j in range(0, p, step):
        others = np.delete(np.arange(p), j)
        for name, values in terms.pairwise(j, others, wanted).items():
            found[name][j, others] = values
    return {"relevance": terms.relevance, **found}


def twin_terms(X, y):
    p = X.shape[1]
    t = oracles.Terms(list(X.T), y)
    found = {name: np.full((p, p), np.nan) for name in TERMS}
    for j, k in np.ndindex(p, p):
        if j != k:
            found["redundancy"][j, k] = t.redundancy(k, j)
            found["conditional_redundancy"][j, k] = t.conditional_redundancy(k, j)
            found["joint_entropy"][j, k] = t.h(k, j, "y")
    return {"relevance": [t.relevance(k) for k in range(p)], **found}


def check(X, y):
    ours, twin = all_terms(prepare(X, y), X.shape[1]), twin_terms(X, y)
    for name, values in twin.items():
        np.testing.assert_allclose(ours[name], values, rtol=0, atol=1e-12, err_msg=name)


def identical(left, right):
    for name, values in left.items():
        np.testing.assert_array_equal(values, right[name], err_msg=name)


@pytest.fixture
def used(monkeypatch):
    """Names of the kernels that made joint tables."""
    names = set()
    for way, module, name in KERNELS:
        monkeypatch.setattr(module, name, spy(getattr(module, name), way, names))
    return names


def spy(kernel, way, names):
    def call(*arguments):
        names.add(way)
        return kernel(*arguments)

    return call


@pytest.mark.parametrize("n_classes", [2, 3, 5, 11, 20])
@pytest.mark.parametrize("levels", [2, 3, 5, 10, 16, 17, 40])
def test_random_tables(levels, n_classes):
    rng = np.random.default_rng(levels * n_classes)
    X = rng.integers(0, levels, (257, 4))
    X[:, 1] = (X[:, 0] + rng.integers(0, 2, 257)) % levels
    check(X, rng.integers(0, n_classes, 257))


@pytest.mark.every_way
@pytest.mark.parametrize("n", [2, 3, 63, 64, 65, 127, 129, 1000])
def test_rows_around_the_length_of_a_word(n):
    rng = np.random.default_rng(n)
    y = rng.permutation(np.arange(n) % 2)
    check(rng.integers(0, [1, 2, 3, 4], (n, 4)), y)


@pytest.mark.every_way
def test_constant_columns_and_copies():
    rng = np.random.default_rng(1)
    x, y = rng.integers(0, 4, 200), rng.integers(0, 3, 200)
    X = np.column_stack([np.zeros(200, int), x, x, np.full(200, 7), y])
    check(X, y)
    terms = prepare(X, y)
    assert terms.relevance[[0, 3]].tolist() == [0.0, 0.0]
    found = terms.pairwise(0, np.arange(1, 5), WANTED)
    assert found["redundancy"].tolist() == [0.0] * 4
    assert found["conditional_redundancy"].tolist() == [0.0] * 4


def test_hundreds_of_classes(used):
    rng = np.random.default_rng(2)
    check(rng.integers(0, 5, (600, 30)), rng.integers(0, 150, 600))
    assert used == {"tiles"}
    check(rng.integers(0, [2, 3, 12, 300], (1500, 4)), rng.integers(0, 400, 1500))


def test_mixed_levels_use_every_way_of_counting(used):
    rng = np.random.default_rng(3)
    X = rng.integers(0, [2, 2, 9, 30, 280, 900], (2000, 6))
    check(X, rng.integers(0, 3, 2000))
    assert used == {"bits", "histogram", "sorting"}


def test_most_levels_that_fit(used):
    n = 66_000
    rng = np.random.default_rng(4)
    ids = rng.permutation(np.arange(n) % 65_535)
    X = np.column_stack([ids, ids[::-1], rng.integers(0, 3, n)])
    y = rng.integers(0, 2, n)
    terms = prepare(X, y)
    twin = oracles.Terms(list(X.T), y)
    found = terms.pairwise(0, np.array([1, 2]), WANTED)
    for i, k in enumerate([1, 2]):
        expected = {
            "redundancy": twin.redundancy(k, 0),
            "conditional_redundancy": twin.conditional_redundancy(k, 0),
            "joint_entropy": twin.h(k, 0, "y"),
        }
        assert {name: found[name][i] for name in TERMS} == pytest.approx(
            expected, rel=0, abs=1e-12
        )
    assert "sorting" in used


@pytest.mark.parametrize("n", [5000, 70_001])
def test_ways_of_counting_agree_to_the_last_bit(n, monkeypatch, used):
    rng = np.random.default_rng(5)
    levels = np.sort(np.tile([2, 2, 3, 3, 4, 4, 5], 4))
    p = len(levels)
    X, y = rng.integers(0, levels, (n, p)), rng.integers(0, 3, n)
    monkeypatch.setattr(memory, "tile_cost", lambda *_: np.inf)
    bits = all_terms(prepare(X, y), p, step=3)
    assert used == {"bits"}
    monkeypatch.setattr(
        memory, "bits_pay", lambda n_levels, *_: np.zeros(len(n_levels), np.bool_)
    )
    for way, change in WITHOUT_BITS.items():
        terms = prepare(X, y)
        change(terms._engine)
        used.clear()
        identical(all_terms(terms, p, step=3), bits)
        assert used == {way}


@pytest.mark.parametrize("n", [1, 15, 16, 17, 63, 64, 129, 4096, 4113, 66_001])
@pytest.mark.parametrize("n_levels", [1, 2, 3, 4, 10, 16, 17, 33, 64])
@pytest.mark.parametrize("width", [1, 4])
def test_tiles_count_every_cell(n, n_levels, width):
    rng = np.random.default_rng(n * n_levels)
    codes = rng.integers(0, n_levels, (70, n)).astype(np.uint8)
    base = rng.integers(0, 5, n).astype(np.uint32)
    columns = rng.permutation(70)[: 67 if width == 4 else 64]
    bits = (n_levels - 1).bit_length()
    words = np.empty((n, bits, width), np.uint64)
    planes.fill_tile(codes, columns, (0, n), words)
    counts = np.empty((1, 6, n_levels, 256), np.uint16 if n <= 0xFFFF else np.int32)
    firsts = np.zeros(1, np.int64)
    tiles.tile_tables(words.ravel(), firsts, EVERY_ROW, base, (0, n), width, counts)
    for lane in (0, 1, 63, 64, 66)[: 5 if width == 4 else 3]:
        expected = np.zeros((6, n_levels), int)
        np.add.at(expected, (base, codes[columns[lane]]), 1)
        np.testing.assert_array_equal(counts[0, :, :, lane], expected)


@pytest.mark.parametrize("n", [1, 40, 500, 4096])
@pytest.mark.parametrize("n_classes", [1, 2, 3, 7])
@pytest.mark.parametrize("n_levels", [1, 2, 3, 5, 10, 17, 64])
def test_sums_over_tiles_are_those_of_their_tables(n_levels, n_classes, n):
    rng = np.random.default_rng(n_levels * n_classes)
    n_groups = 4 * n_classes
    codes = rng.integers(0, n_levels, (300, n)).astype(np.uint8)
    bits = (n_levels - 1).bit_length()
    words = np.empty((2, n, bits, 4), np.uint64)
    for t, part in enumerate(np.split(np.arange(300), [256])):
        planes.fill_tile(codes, part, (0, n), words[t])
    base = rng.integers(1, n_groups, n).astype(np.uint32)
    firsts = np.arange(2) * n * bits * 4
    table = sums.plogp_table(n, 2.0**40)
    out = np.empty((2, 256), np.int64), np.empty((2, 256), np.int64)
    shape = n_groups, n_classes, n_levels
    tables = table, sums.paired_table(table, lane_sums.PAIRED_BITS)
    tiles.tile_sums(words.ravel(), firsts, EVERY_ROW, base, shape, tables, out)
    for k in (0, 63, 255, 256, 299):
        cells = np.zeros((4, n_classes, n_levels), int)
        np.add.at(cells.reshape(-1, n_levels), (base, codes[k]), 1)
        assert out[0].ravel()[k] == table[cells].sum()
        assert out[1].ravel()[k] == table[cells.sum(axis=1)].sum()


def without_tiles(engine):
    engine._tiles = None


def sorting_only(engine):
    without_tiles(engine)
    engine._count = dict.fromkeys(range(6), type(engine)._from_sorting)


WITHOUT_BITS = {
    "tiles": lambda engine: None,
    "histogram": without_tiles,
    "sorting": sorting_only,
}


@pytest.mark.parametrize("levels", [[2, 3], [20, 30], [2, 3, 20, 40, 300, 900]])
def test_pairs_of_their_own(levels):
    rng = np.random.default_rng(11)
    p = 12
    X = rng.integers(0, (levels * p)[:p], (1200, p))
    terms = prepare(X, rng.integers(0, 3, 1200))
    every = all_terms(terms, p)
    picks, candidates = np.nonzero(~np.eye(p, dtype=bool))
    some = rng.permutation(len(picks))[:70]
    picks, candidates = picks[some], candidates[some]
    for wanted in (WANTED, frozenset({"redundancy"})):
        for name, values in terms.pairs(picks, candidates, wanted).items():
            np.testing.assert_array_equal(values, every[name][picks, candidates])


@pytest.mark.parametrize("levels", [2, 12, 300])
def test_terms_do_not_depend_on_the_other_terms_asked_for(levels):
    rng = np.random.default_rng(6)
    X, y = rng.integers(0, levels, (900, 5)), rng.integers(0, 4, 900)
    terms = prepare(X, y)
    together = all_terms(terms, 5)
    for name in TERMS:
        alone = all_terms(terms, 5, frozenset({name}))
        np.testing.assert_array_equal(alone[name], together[name])
    some = terms.pairwise(2, np.array([4, 0]), WANTED)
    for name in TERMS:
        np.testing.assert_array_equal(some[name], together[name][2, [4, 0]])


def test_many_candidates_in_several_groups(used):
    rng = np.random.default_rng(7)
    X = rng.integers(0, 8, (1000, 300))
    X[:, ::3] %= 2
    X[:, 1::3] = rng.integers(0, 80, (1000, 100))
    y = rng.integers(0, 20, 1000)
    terms, twin = prepare(X, y), oracles.Terms(list(X.T), y)
    candidates = np.arange(1, 300)
    found = terms.pairwise(0, candidates, WANTED)
    assert used >= {"histogram", "tiles"}
    for k in (1, 2, 3, 150, 298, 299):
        at = k - 1
        assert found["redundancy"][at] == pytest.approx(
            twin.redundancy(k, 0), rel=0, abs=1e-12
        )
        assert found["conditional_redundancy"][at] == pytest.approx(
            twin.conditional_redundancy(k, 0), rel=0, abs=1e-12
        )


def read_only(array):
    array = array.copy(order="K")
    array.flags.writeable = False
    return array


def strided(array):
    return np.repeat(np.repeat(array, 2, axis=0), 3, axis=1)[::2, ::3]


KINDS = {
    "C": np.ascontiguousarray,
    "F": np.asfortranarray,
    "strided": strided,
    "read-only": lambda array: read_only(np.ascontiguousarray(array)),
    "read-only F": lambda array: read_only(np.asfortranarray(array)),
    "reversed": lambda array: np.ascontiguousarray(array[::-1])[::-1],
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("dtype", ["u1", "bool", "i1", "i8", "u4", "f8", "f4", "f2"])
def test_arrays_of_every_kind(dtype, kind):
    rng = np.random.default_rng(8)
    X, y = rng.integers(0, 2, (150, 5)), rng.integers(0, 3, 150)
    expected = all_terms(prepare(X, y), 5)
    before = X.astype(dtype)
    array = KINDS[kind](before)
    identical(all_terms(prepare(array, y), 5), expected)
    np.testing.assert_array_equal(array, before)


@pytest.mark.parametrize("p", [64, 70, 200])
def test_binary_tables_by_row_and_by_column(p):
    rng = np.random.default_rng(p)
    X, y = rng.integers(0, 2, (900, p)).astype(np.uint8), rng.integers(0, 3, 900)
    X[:, 3], X[:, p - 1] = 0, 2 * X[:, p - 1]
    some, wanted = np.arange(10), frozenset(TERMS)
    by_column = prepare(np.asfortranarray(X), y)
    by_row = prepare(np.ascontiguousarray(X), y)
    np.testing.assert_array_equal(by_row.relevance, by_column.relevance)
    for pick in (3, 20, p - 1):
        expected = by_column.pairwise(pick, some, wanted)
        identical(by_row.pairwise(pick, some, wanted), expected)
    twin = oracles.Terms(list(X.T[:5]), y)
    expected = [twin.relevance(k) for k in range(5)]
    np.testing.assert_allclose(by_row.relevance[:5], expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize(("n_levels", "n_constant"), [(10, 255), (10, 300), (100, 24)])
def test_tiles_of_constant_columns(n_levels, n_constant):
    rng = np.random.default_rng(12)
    X, y = rng.integers(0, n_levels, (900, 30)), rng.integers(0, 2, 900)
    expected = all_terms(prepare(X, y), 30)
    wide = prepare(np.hstack([X, np.zeros((900, n_constant), int)]), y)
    every = np.arange(30 + n_constant)
    for pick in (0, 17):
        for name, values in wide.pairwise(pick, every, WANTED).items():
            others = np.delete(np.arange(30), pick)
            np.testing.assert_array_equal(values[others], expected[name][pick, others])
            if name != "joint_entropy":
                assert not values[30:].any()


RELABELLED = {
    "negative": lambda codes: codes - 2,
    "fractions": lambda codes: codes / 4,
    "far apart": lambda codes: codes * 10**6,
    "huge": lambda codes: codes * 2**61,
    "huge floats": lambda codes: codes * 1e300,
    "missing": lambda codes: np.where(codes == 3, np.nan, codes),
    "missing fractions": lambda codes: np.where(codes == 3, np.nan, codes / 4),
    "text": lambda codes: codes.astype("U"),
    "objects": lambda codes: np.array(["a", 1, 2.5, None], object)[codes],
}


@pytest.mark.parametrize("change", RELABELLED)
def test_levels_of_every_kind(change):
    rng = np.random.default_rng(10)
    X, y = rng.integers(0, 4, (150, 4)), rng.integers(0, 3, 150)
    expected = all_terms(prepare(X, y), 4)
    identical(all_terms(prepare(RELABELLED[change](X), y), 4), expected)


def compiled():
    """Number of compiled versions of every kernel of the core."""
    kernels = {}
    for module in (choice, columns, counts, planes, sums, tiles):
        kernels |= vars(module)
    return {
        name: len(kernel.signatures)
        for name, kernel in kernels.items()
        if hasattr(kernel, "signatures")
    }


@pytest.mark.parametrize("dtype", ["u1", "bool", "i8", "f8", "f4"])
def test_nothing_is_compiled_again_for_read_only_or_strided_input(dtype):
    rng = np.random.default_rng(9)
    X = np.column_stack([rng.integers(0, m, 400) for m in (2, 7, 90, 250)])
    y = rng.integers(0, 3, 400)
    for order in "CF":
        all_terms(prepare(X.astype(dtype, order=order), y), 4)
    before = compiled()
    assert sum(before.values()) > 0
    for change in KINDS.values():
        all_terms(prepare(change(X.astype(dtype)), read_only(y)), 4)
    assert compiled() == before


def test_parameters():
    estimator = PlugIn(n_bins=7, binning="uniform")
    assert clone(estimator).get_params() == estimator.get_params()
    assert resolve("auto").get_params() == PlugIn().get_params()
    own = resolve(estimator)
    assert own is not estimator
    assert own.get_params() == estimator.get_params()


def test_unknown_estimator():
    with pytest.raises(ValueError, match="mi_estimator='magic' is unknown; known: "):
        resolve("magic")
    with pytest.raises(TypeError, match="neither a name"):
        resolve(PlugIn)
    with pytest.raises(TypeError, match="neither a name"):
        resolve(3)


@pytest.mark.parametrize("n_bins", [1, 0, 257, 2.5, "many", None])
def test_wrong_number_of_bins(n_bins):
    table = read(np.eye(4), np.array([0, 1, 0, 1]), names=list("abcd"))
    with pytest.raises(
        ValueError, match=r"n_bins=.*'auto' or an integer from 2 to 256"
    ):
        PlugIn(n_bins=n_bins).prepare(table)


def test_unknown_binning():
    table = read(np.eye(4), np.array([0, 1, 0, 1]), names=list("abcd"))
    with pytest.raises(
        ValueError, match="binning='random' is unknown; known: quantile"
    ):
        PlugIn(binning="random").prepare(table)


def test_candidates_in_any_order():
    rng = np.random.default_rng(13)
    p, pick = 60, 7
    X = rng.integers(0, rng.choice([2, 5, 9, 80, 300], p), (400, p))
    y = rng.integers(0, 2, 400)
    expected = all_terms(prepare(X, y), p)
    terms = prepare(X, y)
    for _ in range(30):
        # Same ends and length, other columns between them: plans must not be mixed up.
        first, last = np.sort(rng.choice(p, 2, replace=False))
        inside = np.delete(np.arange(p), [first, last])
        some = rng.permutation(inside)[: last - first - 1]
        for candidates in (np.array([first, *some, last]), np.arange(first, last + 1)):
            at, picks = candidates != pick, np.full(len(candidates), pick)
            a_pick = terms.pairwise(pick, candidates, WANTED)
            for found in (a_pick, terms.pairs(picks, candidates, WANTED)):
                for name, values in found.items():
                    wanted = expected[name][pick, candidates]
                    np.testing.assert_array_equal(values[at], wanted[at])
    every = rng.permutation(p)
    for name, values in terms.pairwise(pick, every, WANTED).items():
        at, wanted = every != pick, expected[name][pick, every]
        np.testing.assert_array_equal(values[at], wanted[at])
