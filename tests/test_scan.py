"""A scan gives what the same table in memory gives, to the last bit."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import mifs
from mifs import _kernels
from mifs._csv.marked import exact_floats
from mifs._data.series import ColumnsBlock
from mifs._scan.store import Store
from mifs._scan.writer import StoreWriter

pytestmark = [
    pytest.mark.filterwarnings("ignore::mifs.exceptions.HighCardinalityWarning"),
    pytest.mark.filterwarnings("ignore::mifs.exceptions.NoGainWarning"),
]
SELECTORS = {
    "jmi": mifs.JMI,
    "mrmr": mifs.MIRMR,
    "cmim": mifs.CMIM,
    "disr": mifs.DISR,
}
SOURCES = ("csv", "parquet", "polars", "duckdb", "dataset")


def mixed(n=3000, seed=0):
    """Numbers, gaps, texts, booleans, many levels and frequent values."""
    rng = np.random.default_rng(seed)
    z = rng.normal(size=(n, 3))
    spiked = np.where(rng.random(n) < 0.6, 0.0, z[:, 1])
    gaps = np.where(rng.random(n) < 0.1, np.nan, z[:, 0] + rng.normal(size=n))
    words = np.array(["red", 'blue, "dark"', "grün", "naïve"], dtype=object)
    word = words[np.digitize(z[:, 2], [-1, 0, 1])]
    word[rng.random(n) < 0.05] = None
    counts = pd.array(rng.poisson(3, n) + (z[:, 1] > 0), dtype="Int64")
    counts[rng.random(n) < 0.05] = pd.NA
    return pd.DataFrame(
        {
            "near": z[:, 0] + 0.5 * rng.normal(size=n),
            "gaps": gaps,
            "spiked": spiked,
            "word": word,
            "count": counts,
            "whole": rng.integers(-5, 40, n),
            "wide": rng.integers(0, 10**6, n),
            "flag": z[:, 1] + rng.normal(size=n) > 0,
            "level": [f"level {i}" for i in rng.integers(0, 150, n)],
            "noise": rng.normal(size=n),
            "weight": rng.integers(0, 4, n) / 2,
            "y": np.array(["low", "mid", "high"])[
                np.digitize(z[:, 0] + z[:, 1] * z[:, 2], [-0.7, 0.7])
            ],
            "amount": np.round(z[:, 0] + z[:, 1] + rng.normal(size=n), 3),
        }
    )


def scan_of(source, table, folder, **options):
    """The table by way of a file or another library."""
    if source == "csv":
        path = folder / "table.csv"
        table.to_csv(path, index=False)
        return mifs.scan_csv(path, **options)
    pytest.importorskip("pyarrow")
    path = folder / "table.parquet"
    table.to_parquet(path)
    if source == "parquet":
        return mifs.scan_parquet(path, **options)
    if source == "polars":
        return mifs.scan_frame(
            pytest.importorskip("polars").scan_parquet(path), **options
        )
    if source == "duckdb":
        relation = pytest.importorskip("duckdb").sql(f"select * from '{path}'")
        return mifs.scan_frame(relation, **options)
    from pyarrow import dataset

    return mifs.scan_frame(dataset.dataset(path), **options)


def assert_same(scanned, whole):
    """All that a fit tells is equal, bit by bit."""
    pd.testing.assert_frame_equal(scanned.path_, whole.path_, check_exact=True)
    for name in ("scores_", "relevance_", "ranking_", "n_levels_", "feature_kinds_"):
        np.testing.assert_array_equal(getattr(scanned, name), getattr(whole, name))
    assert scanned.stop_reason_ == whole.stop_reason_
    ours, theirs = scanned.mi_estimator_.edges_, whole.mi_estimator_.edges_
    assert ours.keys() == theirs.keys()
    for column, edges in theirs.items():
        np.testing.assert_array_equal(ours[column], edges)
    np.testing.assert_array_equal(
        scanned.get_feature_names_out(), whole.get_feature_names_out()
    )


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("criterion", SELECTORS)
def test_a_scan_selects_as_a_fit_in_memory(tmp_path, source, criterion):
    table = mixed()
    selector = SELECTORS[criterion]("auto" if criterion == "jmi" else 6)
    X = table.drop(columns=["y", "weight", "amount"])
    whole = type(selector)(**selector.get_params()).fit(X, table["y"])
    options = {"target": "y", "exclude": ["weight", "amount"]}
    with scan_of(source, table, tmp_path, **options) as scan:
        assert_same(selector.fit(scan), whole)
    assert list(selector.feature_names_in_) == list(X.columns)
    assert selector.transform(X).shape == whole.transform(X).shape


@pytest.mark.parametrize("source", ["csv", "parquet"])
@pytest.mark.parametrize("target", ["y", "amount", ["y", "flag"]])
def test_weights_and_targets_of_a_scan(tmp_path, source, target):
    table = mixed(2000, seed=1)
    targets = [target] if isinstance(target, str) else target
    dropped = {"y", "weight", "amount", *targets}
    X = table.drop(columns=list(dropped))
    y = table[target]
    whole = mifs.JMI(5).fit(X, y, sample_weight=table["weight"])
    exclude = sorted(dropped - {"weight", *targets})
    options = {"target": target, "weights": "weight", "exclude": exclude}
    with scan_of(source, table, tmp_path, **options) as scan:
        assert_same(mifs.JMI(5).fit(scan), whole)


def test_a_scan_of_several_batches(tmp_path, monkeypatch):
    monkeypatch.setattr("mifs._scan.walk.BLOCK", 5_000)
    table = mixed(2000, seed=2)
    # Whole numbers, then fractions; numbers, then texts; missing, then texts; flags.
    table["late float"] = [str(i % 9) for i in range(1990)] + ["0.5"] * 10
    table["late text"] = [str(i % 9) for i in range(1990)] + ["unknown"] * 10
    table["late start"] = [None] * 900 + ["a", "b"] * 550
    table["late gap"] = ["True", "False"] * 999 + [None, "True"]
    table["spaces"] = [f" {i % 7}" for i in range(2000)]
    path = tmp_path / "table.csv"
    table.to_csv(path, index=False)
    options = {"keep_default_na": False, "na_values": [""], **exact_floats()}
    X = pd.read_csv(path, **options)
    y, X = X["y"], X.drop(columns=["y"])
    whole = mifs.JMI(8).fit(X, y)
    for n_jobs in (1, 2):
        with mifs.scan_csv(path, target="y", n_jobs=n_jobs) as scan:
            assert_same(mifs.JMI(8).fit(scan), whole)


def test_codes_stay_text(tmp_path):
    path = tmp_path / "table.csv"
    rows = [
        f"{'02116' if i % 3 else '2116'},{i % 2 + i % 5},{i % 2}" for i in range(60)
    ]
    path.write_text("zip,other,y\n" + "\n".join(rows))
    with mifs.scan_csv(path, target="y") as scan:
        selector = mifs.MIM(2, alpha=1).fit(scan)
    assert selector.n_levels_.tolist() == [2, 6]
    assert selector.feature_kinds_.tolist() == ["discrete", "discrete"]


def test_declared_text_stays_text_though_it_says_true(tmp_path):
    path = tmp_path / "table.csv"
    words = ["True", "TRUE", "False", "False"]
    path.write_text("a,y\n" + "".join(f"{words[i % 4]},{i % 2}\n" for i in range(80)))
    levels = []
    for text in ([], ["a"]):
        with mifs.scan_csv(path, target="y", text=text) as scan:
            levels += mifs.MIM(1, alpha=1).fit(scan).n_levels_.tolist()
    assert levels == [2, 3]


def test_codes_of_many_rows_are_counted_where_they_lie(tmp_path, monkeypatch):
    rng = np.random.default_rng(5)
    table = pd.DataFrame(rng.integers(0, 6, (1000, 40)).astype(str)).add_prefix("c")
    table["y"] = (table["c0"] + table["c1"]).isin(["00", "11", "23", "32"]).astype(int)
    whole = mifs.JMI(5).fit(table.drop(columns="y"), table["y"])
    monkeypatch.setattr("mifs._engines.memory.MOST_OF_TILES", 10)
    for source in ("csv", "parquet"):
        with scan_of(source, table, tmp_path, target="y", **_texts(source)) as scan:
            assert_same(mifs.JMI(5).fit(scan), whole)


def _texts(source):
    return {"text": [f"c{j}" for j in range(40)]} if source == "csv" else {}


@pytest.mark.parametrize("weights", [None, "weight"])
@pytest.mark.parametrize("source", ["csv", "polars"])
def test_sampled_quantiles_are_those_of_the_sampled_rows(
    tmp_path, source, weights, monkeypatch
):
    monkeypatch.setattr("mifs._scan.scan.SAMPLED", 500)
    table = mixed(2000, seed=3).drop(columns="amount")
    if weights is None:
        table = table.drop(columns="weight")
    else:
        table = table[table["weight"] > 0].reset_index(drop=True)
    table["rare"] = np.where(np.arange(len(table)) == 7, 0.5, np.nan)
    options = {"target": "y", "weights": weights, "random_state": 4}
    discrete = ["word", "flag", "level", "count", "whole"]
    jmi = mifs.JMI(5, alpha=1, discrete_features=discrete)
    with scan_of(source, table, tmp_path, quantiles="sample", **options) as scan:
        rows = scan.sample()
        with pytest.warns(mifs.exceptions.SampledEdgesWarning, match=r"of 500 of \d+"):
            edges = jmi.fit(scan).mi_estimator_.edges_
    expected = np.random.default_rng(4).choice(
        len(table), 500, replace=False, shuffle=False
    )
    np.testing.assert_array_equal(rows, np.sort(expected))
    features = table.drop(columns=["y", *([weights] if weights else [])])
    ordered = {c: features[c].iloc[rows] for c in ("near", "gaps", "noise", "wide")}
    for name, values in ordered.items():
        held = table["weight"].iloc[rows] if weights else pd.Series(1.0, values.index)
        found = edges[list(features).index(name)]
        assert set(found) <= set(values)
        np.testing.assert_array_equal(
            found, naive_quantiles(values, held, len(found) + 1)
        )
    # Bins by given edges: all else is as of a fit in memory with these edges.
    whole = mifs.JMI(5, alpha=1, discrete_features=discrete)
    whole.mi_estimator = mifs.estimators.PlugIn(edges=edges)
    held = None if weights is None else table["weight"]
    assert_same(jmi, whole.fit(features, table["y"], sample_weight=held))


def naive_quantiles(values, weights, n_bins):
    """Smallest values at and below which i / n_bins of the weight lies."""
    present = values.notna()
    order = values[present].sort_values().index
    below = weights[order].cumsum()
    total = below.iloc[-1]
    return [
        values[order[(below >= i * total / n_bins - 1e-9).argmax()]]
        for i in range(1, n_bins)
    ]


def test_few_rows_are_all_taken(tmp_path):
    table = mixed(300).drop(columns=["weight", "amount"])
    whole = mifs.JMI(3).fit(table.drop(columns="y"), table["y"])
    options = {"target": "y", "quantiles": "sample"}
    with scan_of("csv", table, tmp_path, **options) as scan:
        assert scan.sample() is None
        assert_same(mifs.JMI(3).fit(scan), whole)


PARTS = {
    "whole": ([1, 2, 3], [2**40, -5, 7]),
    "fractions": ([1.5, np.nan, 2.0], [-7.25, 1e300, np.nan]),
    "whole, then fractions": ([1, 2, 3], [0.5, 2.0, np.nan]),
    "missing, then whole": ([np.nan] * 3, [4, 5, 6]),
    "infinite": ([np.inf, 1.0, -np.inf], [np.nan, 2.0, 3.0]),
    "all missing": ([np.nan] * 3, [np.nan] * 3),
    "narrow": (np.array([1.5, 2, 3], np.float32), np.array([1, 2, 3], np.int8)),
}


@pytest.mark.parametrize("infinite_as_missing", [True, False])
@pytest.mark.parametrize("case", PARTS)
def test_facts_of_stored_numbers_are_those_of_their_values(
    tmp_path, case, infinite_as_missing
):
    """A column of fractions is not read again to see what it is."""
    with StoreWriter(tmp_path, ["a"], infinite_as_missing) as writer:
        for part in PARTS[case]:
            values = np.asarray(part)
            rows = np.array([True, True, True])
            column = values, values.dtype.kind
            writer.append({0: 0}, {0: column}.__getitem__, rows)
        writer.finish()
    store = Store(tmp_path, tmp_path)
    values = store.numbers(0)
    facts = np.empty((1, 5))
    _kernels.columns.describe(values[None].astype(np.float64), facts)
    assert store.columns[0].facts == tuple(facts[0])
    assert store.columns[0].gaps == np.isnan(values).any()
    block = ColumnsBlock([values], np.zeros(1, int), np.float64)
    stored = store.table([0]).blocks[0]
    for name in ("n_missing", "n_infinite", "n_levels"):
        assert getattr(stored, name) == getattr(block, name)


@pytest.mark.parametrize("case", ["gaps everywhere", "gaps in some rows", "too wide"])
def test_gaps_among_large_whole_numbers_are_as_in_memory(tmp_path, case):
    """Batches hold them as integers, as floats with NaN, or as integers and a mask."""
    pa = pytest.importorskip("pyarrow")
    rng, place = np.random.default_rng(0), tmp_path / "large.parquet"
    missing = rng.random(300) < 0.1
    values = 2**60 + 8 * rng.integers(0, 9, 300)
    if case != "gaps everywhere":
        missing[:100] = False
    if case == "too wide":
        values[200:] = rng.integers(0, 5, 100)
        values[:200] += 1
    y = values % 3 == 0
    columns = {"a": pa.array(values, mask=missing), "b": rng.normal(size=300)}
    table = pa.table({**columns, "y": y})
    pq = pytest.importorskip("pyarrow.parquet")
    pq.write_table(table, place, row_group_size=100)
    selector = mifs.JMI(1, alpha=1)
    with mifs.scan_parquet(place, target="y") as scan:
        if case == "too wide":
            for data in ((scan,), (table.drop_columns(["y"]), y)):
                with pytest.raises(ValueError, match=r"column 'a'.*told apart"):
                    selector.fit(*data)
            return
        found = selector.fit(scan).path_
    expected = selector.fit(table.drop_columns(["y"]), y).path_
    pd.testing.assert_frame_equal(found, expected, check_exact=True)
