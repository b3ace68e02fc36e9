"""Answers on tiny tables by every way of counting, as a program for other settings.

    python tests/kernel_answers.py FILE [GROUP ...]

`test_kernel_ways.py` runs it with kernels in registers, with plain ones and with
kernels that are not compiled, and compares the answers bit by bit.
"""

import pickle
import sys
import tempfile
import threading
import warnings
from pathlib import Path

import numba
import numpy as np
import pandas as pd
from click.testing import CliRunner
from scipy import sparse

import mifs
from mifs import measures
from mifs._chance import LevelTest, Memory, permutation_test, table_test
from mifs._cli import main
from mifs._csv.layout import code_columns, find_layout
from mifs._data.cells import edges_by_counting
from mifs._data.cutting import bin_codes
from mifs._data.discretize import quantile_edges
from mifs._data.reading import read
from mifs._data.weights import to_units
from mifs._kernels import (
    chance,
    choice,
    csv_scan,
    lane_sums,
    moments,
    planes,
    sums,
    tiles,
)
from mifs._problem.partners import BOTH
from mifs.criteria import CRITERIA
from mifs.estimators import KNN, GaussianCopula, PlugIn

RNG = np.random.default_rng(0)
START = RNG.bit_generator.state
DISCRETE = {"discrete_features": True}


def numbers(n=90, p=4):
    """Columns that tell of the answer, one of them coarse, and the answer."""
    X = RNG.normal(size=(n, p))
    X[:, 1] = X[:, 1].round()
    return X, X[:, 0] + X[:, 1] + 0.3 * RNG.normal(size=n)


def levels(n, sizes, n_classes):
    X = RNG.integers(0, sizes, (n, len(sizes)))
    return X, (X[:, 0] + X[:, 1] + RNG.integers(0, 2, n)) % n_classes


def path(X, y, criterion="jmi", k=3, weights=None, **parameters):
    selector = mifs.MISelector(criterion, k, **parameters)
    found = selector.fit(X, y, sample_weight=weights).path_
    return found[["feature", "score", "relevance"]].to_numpy(float)


def of_criteria():
    X, y = levels(80, [2, 3, 2, 4, 5, 2], 3)
    for name in CRITERIA:
        yield name, path(X, y, name)


def of_ways():
    """Joint tables from bits, histograms, tiles and sorted rows, lazily or not."""
    yield "bits", path(*levels(200, [2] * 6, 2), "jmi3", n_jobs=2)
    yield "rows of bytes", path(*bytes_of(levels(150, [2] * 90, 2)))
    yield "codes of bytes", path(*bytes_of(levels(70, [3] * 9 + [200], 2)))
    X, y = bytes_of(levels(70, [3] * 9 + [200], 2))
    yield "columns of bytes", path(np.asfortranarray(X), y)
    yield "columns of bits", path(np.asfortranarray(X[:, :9]), y)
    X = np.uint8(3) * X[:, :9] + np.uint8(5)
    yield "spread columns", path(np.asfortranarray(X), y)
    yield "spread rows", path(X, y)
    yield "categories", path(pd.DataFrame(X).astype("category"), y)
    yield "histogram", path(*levels(150, [12, 9, 30, 12], 2), **DISCRETE)
    yield "sorted", path(*levels(60, [40, 50, 45], 3), k=2, **DISCRETE)
    yield "mixed", path(*levels(500, [2, 2, 9, 30, 90, 130], 3), **DISCRETE)
    yield "pairs", path(*levels(300, [3, 20, 4, 30, 8, 40], 3), "cmim", 4, **DISCRETE)
    for n_classes in (2, 3):
        X, y = levels(70, [5] * 80, n_classes)
        yield f"tiles, {n_classes}", path(X, y, "cife", k=2)
        yield f"lazy, {n_classes}", path(X, y, "cmim", k=3)
    X, y = levels(70, [5, 3, 4, 5] * 9, 3)
    selector = mifs.StabilitySelector(mifs.JMI(2, alpha=1.0, **DISCRETE), 4)
    yield "side by side", selector.fit(X, y).selection_frequency_
    plain = PlugIn(correction=None)
    for name in ("cmim", "icap", "jmim", "njmim", "jmi", "mrmr"):
        yield f"loop, {name}", path(X, y, name, k=6, mi_estimator=plain, **DISCRETE)
        yield f"corrected loop, {name}", path(X, y, name, k=6, alpha=1.0, **DISCRETE)
    for name in ("jmi", "cmim", "icap", "jmim", "njmim", "mrmr", "mifs"):
        X, y = bytes_of(levels(12, [3, 2, 3, 1] * 12, 2))
        yield f"wide, {name}", path(X, y, name, k=6, mi_estimator=plain)
        yield f"corrected wide, {name}", path(X, y, name, k=6, alpha=1.0)
    yield "wide columns", path(np.asfortranarray(X), y, "jmi")
    yield "many classes", path(*levels(200, [5] * 30, 60), k=2, discrete_target=True)
    yield "wide rows", path(*bytes_of(levels(12, [3, 2, 3, 3] * 16, 2)), **DISCRETE)
    yield "two threads", path(*levels(200, [4] * 40, 2), k=2, n_jobs=2)
    X, y = bytes_of(levels(12, [3, 2, 3] * 100, 2))
    yield "listed", path(X, y, "mrmr", k=6, mi_estimator=PlugIn(correction=None))


def of_tiles():
    """Sums over tables that are too large for the first cache."""
    codes = RNG.integers(0, 6, (70, 130)).astype(np.uint8)
    words = np.empty((130, 3, 4), np.uint64)
    planes.fill_tile(codes, np.arange(70), (0, 130), words)
    counts = np.empty((1, 6, 6, 256), np.uint16)
    groups, firsts = RNG.integers(0, 6, 130).astype(np.uint32), np.zeros(1, np.int64)
    every = np.empty(0, np.uint32)
    tiles.tile_tables(words.ravel(), firsts, every, groups, (0, 130), 4, counts)
    yield "counts", counts
    word, four = words[:, :, :1].copy(), counts.copy()
    planes.fill_tile(codes, np.arange(60), (0, 130), word)
    tiles.tile_tables(word.ravel(), firsts, every, groups, (0, 130), 1, four)
    yield "four rows in one", four[..., :60]
    for n_classes in (1, 2, 3):
        out = np.empty((1, 256), np.int64), np.empty((1, 256), np.int64)
        tiles.table_sums(counts, n_classes, sums.plogp_table(130, 2.0**40), *out)
        yield f"sums, {n_classes}", np.array(out)
    classes = RNG.integers(0, 2, 130).astype(np.uint8)
    out = np.empty((2, 3, 1, 256), int)
    draws = RNG.integers(0, 130, (3, 80)).astype(np.uint32)
    picks = codes, np.array([4, 0, 69]), np.array([6, 6, 6])
    table = sums.plogp_table(80, 2.0**40)
    tables = table, sums.paired_table(table, lane_sums.PAIRED_BITS)
    where = words.ravel(), firsts, draws, picks, classes
    tiles.sums_of_draws(*where, (2, 6), tables, tuple(out))
    yield "draws", out
    at, n_levels = np.array([0, 30, 64]), np.full(70, 6)
    bits, starts = np.zeros(700, np.uint64), np.arange(0, 700, 10)
    rows = draws[0, :64], at, np.arange(70), n_levels, starts
    planes.pack_drawn(words.ravel(), (0, 3), *rows, bits)
    yield "bits of draws", bits
    yield "best", choice.best_of_each(RNG.integers(0, 9, (3, 20)) / 3, np.full(3, 1e-9))


def of_occupied():
    """Occupied cells of joint tables: from bits, histograms, sorted rows and tiles."""
    for name, (n, sizes, n_classes) in {
        "bits": (90, [2, 3, 2, 4], 2),
        "histogram": (120, [12, 9, 30, 12], 3),
        "sorted": (60, [40, 50, 45], 3),
        "tiles": (70, [5] * 40, 2),
        "wide": (12, [3, 2, 3, 1] * 12, 2),
    }.items():
        table = read(*levels(n, sizes, n_classes), **DISCRETE)
        terms, every = PlugIn().prepare(table), np.arange(len(sizes))
        yield name, terms.statistics(0, every)
        yield f"{name}, without the class", terms.statistics(0, every, by_class=False)
        yield f"{name}, by pairs", terms.pair_statistics(np.roll(every, 1), every)


def of_edges():
    """Bins around frequent values, and the cuts that gain most."""
    X, y = numbers(120)
    X[::2, 0] = X[1::3, 2] = 0
    yield "frequent", quantile_edges(X.T, 4).values
    for unit in (1, 3):
        weights = to_units(RNG.integers(1, 4, len(X)) / unit)
        yield f"weighted, {unit}", quantile_edges(X.T, 4, weights).values
    for most in (0, 1, 2, None):
        discretizer = mifs.MDLPDiscretizer(max_cuts=most)
        yield f"cuts, {most}", discretizer.fit_transform(X, np.digitize(y, [-1, 1]))
    counted = np.append(X[:, 3], [np.nan, np.inf])
    yield "counted", np.concatenate(edges_by_counting(counted, (3, 5)))
    many = np.linspace(-1, 1, 70)
    yield "in cells", bin_codes(np.append(X[:, 3], np.nan), many)


def of_codes():
    """Columns of a CSV text that hold codes, which numbers would change."""
    fields = [
        *("7", "007", "0", "0.5", "00", "-07", "-7", "+1", "+.5", "+", "", "a", "07a"),
        *("123456789012345", "1234567890123456", "1234567890123456.5", " 01", " 1"),
        *('"01"', '"1"', '"a""01"', '" +2"', "1-1", "2020-01-02", "1e5", "-", '""'),
    ]
    for delimiter in (",", ";"):
        header = delimiter.join("h" for _ in fields)
        for end in ("\n", "\r\n"):
            records = (header, delimiter.join(fields), delimiter.join(fields[::-1]))
            for n in (2, 3):
                data = (end.join(records[:n]) + "\n").encode()
                layout = find_layout(data, delimiter, "table.csv")
                yield f"{n} records, {data!r}", code_columns(data, delimiter, layout)


def of_bytes():
    """Texts of characters of one to four bytes, whole and with a wrong byte."""
    text = "aé€\u0800\U00010000\U0010ffff".encode() * 6 + b"a" * 80 + b"\n"
    for at, byte in ((-1, 10), (0, 0), (3, 0x80), (20, 0xFF), (60, 0xC1), (99, 0)):
        changed = bytearray(text)
        changed[at] = byte
        data = np.frombuffer(bytes(changed), np.uint8)
        yield f"byte {byte} at {at}", csv_scan.first_invalid(data)


def bytes_of(table):
    X, y = table
    return X.astype(np.uint8), y


def of_estimators():
    X, y = numbers()
    classes = np.digitize(y, [-1, 1])
    mixed = pd.DataFrame(X).assign(kind=RNG.integers(0, 3, len(X)).astype(str))
    mixed = mixed.rename(columns=str)
    holes = X.copy()
    holes[::7, 0] = holes[3::9, 2] = np.nan
    for goal, target in {"numbers": y, "classes": classes}.items():
        for name, estimator in estimators(goal).items():
            yield f"{name}, {goal}", path(X, target, mi_estimator=estimator)
        for estimator in (KNN(), GaussianCopula()):
            name = type(estimator).__name__
            yield f"mixed {name}, {goal}", path(mixed, target, mi_estimator=estimator)
            estimator.set_params(missing="pairwise")
            yield f"holes {name}, {goal}", path(holes, target, mi_estimator=estimator)
        for missing in ("category", "pairwise"):
            found = path(holes, target, mi_estimator=PlugIn(missing=missing))
            yield f"holes {missing}, {goal}", found


def estimators(goal):
    found = {
        "plug-in": PlugIn(),
        "uniform": PlugIn(4, binning="uniform"),
        "knn": KNN(),
        "knn as it is": KNN(scale="standardize"),
        "copula": GaussianCopula(),
    }
    if goal == "classes":
        found |= {"mdlp": PlugIn(binning="mdlp"), "ib": PlugIn(binning="ib")}
    return found


def of_weights():
    X, y = numbers()
    weights = RNG.integers(0, 4, len(y))
    for name, target in {"numbers": y, "classes": y > 0}.items():
        yield f"counts, {name}", path(X, target, weights=weights)
        yield f"parts, {name}", path(X, target, weights=weights / 3)
        copula = path(X, target, weights=weights, mi_estimator="gaussian_copula")
        yield f"copula, {name}", copula
    holes = np.where(RNG.random(X.shape) < 0.1, np.nan, X)
    pairwise = PlugIn(missing="pairwise")
    yield "holes", path(holes, y > 0, weights=weights, mi_estimator=pairwise)


def of_chance():
    """Means and variances under permutation, of few and of many rows a cell."""
    X, y = levels(90, [3, 12, 40], 3)
    ways = {"permutation": "cmi", "miller_madow": "cmi", "shrinkage": "disr"}
    for name, last in ways.items():
        for criterion in ("jmi", "cmim", last):
            estimator = PlugIn(correction=name)
            way = f"{name}, {criterion}"
            yield way, path(X, y, criterion, 2, mi_estimator=estimator, **DISCRETE)
    estimator = PlugIn(correction="permutation")
    yield "two classes", path(X, y > 0, k=2, mi_estimator=estimator, **DISCRETE)
    terms = estimator.prepare(read(X, y, **DISCRETE))
    pairs = terms.pairs(np.array([1, 1, 1, 2]), np.array([0, 2, 0, 1]), BOTH)
    yield "terms of pairs", np.stack([pairs[name] for name in sorted(BOTH)])
    weights = RNG.exponential(size=90)
    yield "fractions", path(X, y, weights=weights, mi_estimator=estimator)
    gaps = np.where(RNG.random(X.shape) < 0.2, np.nan, X)
    estimator = PlugIn(missing="pairwise", correction="permutation")
    yield "present", path(gaps, y, mi_estimator=estimator, **DISCRETE)
    for rows, columns in (([9, 1, 5], [7, 8]), ([400, 500], [300, 600]), ([5], [5])):
        margins = np.array(rows), np.array(columns)
        n = int(margins[0].sum())
        means = chance.table_excess(*(m.astype(float) for m in margins), n)
        yield f"table {rows}", np.array([means, moments.spread(*margins, n)])
    yield from of_strata()
    table = np.array([40, 30, 20, 10]), np.array([25, 25, 50])
    yield "three columns", np.array([moments.spread(*table, 100)])
    pairs = np.concatenate([X, X + y[:, np.newaxis]], axis=1)
    pairs[:, 0] ^= pairs[:, 1] * (y > 0)
    yield "pairs", mifs.interactions(pairs, y > 0, top=1).to_numpy(dtype=float)


def of_strata():
    """Tests of tables within strata: exact, by gammas, by draws, with trends."""
    shapes = {
        "two": (1, 2, 2, 60),
        "many twos": (3, 2, 2, 20),
        "plain": (2, 4, 3, 90),
        "few rows": (3, 5, 3, 15),
    }
    for name, (s, r, c, n) in shapes.items():
        tables = RNG.multinomial(n, np.full(r * c, 1 / (r * c)), s).reshape(s, r, c)
        for trend in ((False, False), (True, False), (True, True)):
            ordered = {"ordered_rows": trend[0], "ordered_columns": trend[1]}
            found = table_test(tables, **ordered, alpha=0.9)
            yield f"{name}, {trend}", np.array(found)
    strong = 500 * np.eye(3, dtype=np.int64)[np.newaxis]
    ordered = {"ordered_rows": False, "ordered_columns": False}
    yield "strong", np.array(table_test(strong, **ordered))
    rare = np.array([[[90, 0], [2, 2], [2, 1], [3, 0]]])
    yield "rare", np.array(table_test(rare, **ordered))
    leaning = np.array(
        [[[20, 2], [18, 2], [1, 1], [1, 2]], [[4, 0], [2, 0], [1, 1], [0, 3]]]
    )
    ordered = {"ordered_rows": True, "ordered_columns": False}
    yield "saddlepoint", np.array(table_test(leaning, **ordered))
    sloped = np.array([[[4, 1, 0], [1, 3, 1], [0, 1, 4]]])
    ordered = {"ordered_rows": True, "ordered_columns": True}
    yield "drawn trend", np.array(table_test(sloped, **ordered))
    yield "drawn", np.array(permutation_test(rare, 99, np.random.RandomState(0)))
    test = LevelTest(None, Memory.of_many_tests())
    rows = RNG.integers(0, [[4], [5], [2]], (3, 90)).astype(np.uint16)
    kind = (True, False), (False, True), 1e-3
    first, second, classes = (4, True, False), (5, True, True), (2, False, True)
    draws = RNG.integers(0, 90, (2, 40)).astype(np.uint32)
    plain = 2, False, False
    asked = [test.asked(0, (4, False, False), 2, plain, draw=0)]
    asked += [test.asked(1, second, 0, first, draw=1)]
    yield "drawn columns", np.array(test.decided(rows, asked, [1e-3] * 2, draws))
    # Its trend passes, and G does not.
    rise = np.arange(12) * 5 // 4 + 3 * (-1) ** np.arange(12)
    rising = np.stack([12 + rise, 28 - rise, 0 * rise], 1)[np.newaxis]
    several = [test.log_p(tables, *kind) for tables in (sloped, rising)]
    yield "level of tables", np.array(several, dtype=float)
    sides = 1, (5, True, False), 2, classes
    asked = [test.asked(*sides, each) for each in ((0, -1, 4, 1), (0, 0, 16, 4))]
    asked += [test.asked(0, first, 1, second), test.asked(0, first, 2, plain)]
    yield "level of rows", np.array(test.decided(rows, asked, [1e-3] * 4))


def of_sparse():
    X, y = numbers(120, 6)
    X[np.abs(X) < 1] = 0
    for kind in (sparse.csc_matrix, sparse.csr_matrix):
        yield kind.__name__, path(kind(X), y > 0)
        yield f"binary {kind.__name__}", path(kind(X != 0).astype(int), y > 0)
    ids = sparse.csc_matrix(RNG.integers(0, 80, (90, 3)))
    answers = RNG.integers(0, 4, 90)
    yield "many levels", path(ids, answers, **DISCRETE)
    # What is corrected is searched in whole rounds.
    plain = PlugIn(correction=None)
    yield "pairs", path(kind(X), y > 0, "cmim", 6, mi_estimator=plain)


def of_measures():
    X, y = numbers(60)
    series = np.cumsum(X[:, 0])
    for estimator in ("plugin", "knn", "gaussian_copula"):
        options = {"estimator": estimator}
        yield f"I {estimator}", measures.mutual_information(X[:, 0], y, **options)
        given = measures.conditional_mutual_information
        yield f"I given {estimator}", given(X[:, 0], y, X[:, 1], **options)
        wide = given(X[:, 2:], y, X[:, :2], **options)
        yield f"I wide {estimator}", wide
        coded = given(X[:, 0], y > 0, X[:, 1] > 0, **options)
        yield f"I coded {estimator}", coded
        moved = measures.transfer_entropy(series, y, **options)
        yield f"transfer {estimator}", moved
    yield "pairs", np.asarray(measures.pairwise_mutual_information(X))
    for k in (3, 20):
        options = {"n_neighbors": k, "random_state": 0}
        information = measures.mutual_info_classif(X, y > 0, **options)
        yield f"drop-in, {k}", information
    # One tells of the other, on a curve and with ties.
    for name, digits in {"curve": 9, "ties": 1}.items():
        x = RNG.normal(size=400)
        pair = x.round(digits), np.sin(9 * x).round(digits)
        for k in (3, 8):
            found = measures.mutual_information(*pair, estimator=KNN(k))
            yield f"{name}, {k}", found


def of_discretizers():
    X, y = numbers()
    words = np.array(list("abcdef"))[RNG.integers(0, 6, len(y))]
    frame = pd.DataFrame(X).assign(word=words).rename(columns=str)
    letters = RNG.choice(list("abcdefghijklmnopqrstuvwxyz"), len(y))
    frame["letter"] = letters
    for merged in (frame, frame[["0", "1"]], frame[["word"]]):
        encoder = mifs.InformationBottleneckEncoder().fit(merged, y > 0)
        yield f"ib {list(merged)}", np.asarray(encoder.transform(merged))
    yield "mdlp", mifs.MDLPDiscretizer().fit_transform(X, y > 0)


def of_files():
    X, y = numbers(50)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "table.csv"
        pd.DataFrame(X).assign(y=y > 0).to_csv(file, index=False)
        result = CliRunner().invoke(main, ["rank", str(file), "-t", "y", "-f", "csv"])
        assert result.exit_code == 0, result.stderr
        yield "rank", np.array(result.stdout)
        some = Path(folder) / "some.csv"
        words = ["select", str(file), "-t", "y", "-k", "2", "-o", str(some)]
        result = CliRunner().invoke(main, words)
        assert result.exit_code == 0, result.stderr
        yield "select", np.array(some.read_text())
        written = ["2.5", "0.1", "1.2345678901234567e-35", "-7.25", "1.5e-3", '"a b"']
        lines = [f"{written[i % 5]},{written[-1 - i % 4]},{i % 2}" for i in range(40)]
        file.write_text("\n".join(["u,v,y", *lines, ""]))
        with mifs.scan_csv(file, target="y") as scan:
            yield "scan", mifs.JMI(2).fit(scan).relevance_


GROUPS = (
    *(of_criteria, of_ways, of_tiles, of_occupied, of_estimators, of_weights),
    *(of_chance, of_sparse, of_measures, of_edges, of_discretizers, of_codes),
    *(of_bytes, of_files),
)


def run_kernels():
    """Kernels that ran uncompiled, by name: names of modules and functions."""
    seen = set()

    def note(frame, event, argument):
        code = frame.f_code
        if event == "call" and "_kernels" in code.co_filename:
            seen.add((Path(code.co_filename).stem, code.co_name))

    # Compiled kernels are not seen, and noting each call of the compiler takes minutes.
    if numba.config.DISABLE_JIT:
        threading.setprofile(note)
        sys.setprofile(note)
    return seen


def answers(group):
    RNG.bit_generator.state = START
    return {f"{group.__name__}: {k}": np.asarray(answer) for k, answer in group()}


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    seen, found = run_kernels(), {}
    for group in GROUPS:
        if group.__name__ in (sys.argv[2:] or group.__name__):
            found |= answers(group)
    sys.setprofile(None)
    Path(sys.argv[1]).write_bytes(pickle.dumps((found, seen)))
