"""What a scan is beside its numbers: files, columns, the cache, its end."""

from __future__ import annotations

import gzip
import os
import pickle

import numpy as np
import pandas as pd
import pytest

import mifs
from mifs._scan import sources


@pytest.fixture
def table():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 400)
    return pd.DataFrame(
        {
            "a": y + rng.normal(size=400),
            "b": rng.normal(size=400),
            "w": y + rng.random(400) * 3,
            "y": y,
        }
    )


@pytest.fixture
def path(tmp_path, table):
    path = tmp_path / "table.csv"
    table.to_csv(path, index=False)
    return path


def test_names_and_shape_are_those_of_the_features(path):
    with mifs.scan_csv(path, target="y", weights="w") as scan:
        assert scan.feature_names == ["a", "b"]
        assert scan.shape == (400, 2)
        assert repr(scan) == "<Scan of 2 features and the target 'y'>"
    with mifs.scan_csv(path, target="y", columns=["b", "a"]) as scan:
        assert scan.feature_names == ["a", "b"]


def test_the_folder_goes_with_the_scan(path):
    with mifs.scan_csv(path, target="y") as scan:
        mifs.MIM(1).fit(scan)
        assert scan.folder.exists()
    assert not scan.folder.exists()
    with pytest.raises(ValueError, match="is closed; make another"):
        mifs.MIM(1).fit(scan)


def test_the_folder_goes_after_an_error(path, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    path.write_text("a,y\n1,0\n2\n")
    with pytest.raises(ValueError, match="line 3: 1 field, too few"):
        mifs.scan_csv(path, target="y")
    assert not list(tmp_path.glob("mifs-scan-*"))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"target": "z"}, "has no column 'z'"),
        ({"target": "y", "exclude": ["c"]}, "has no column 'c'"),
        ({"target": "y", "exclude": ["a", "b", "w"]}, "no column is left beside"),
        ({"target": "y", "exclude": ["y"]}, "'y' is more than one of the target"),
        ({"target": []}, "has no target"),
        ({"target": "y", "delimiter": ";;"}, "delimiter ';;' is not usable"),
    ],
)
def test_columns_and_options_that_cannot_be(path, options, message):
    with pytest.raises(ValueError, match=message):
        mifs.scan_csv(path, **options)


def test_one_name_is_no_list_of_names(path):
    with pytest.raises(TypeError, match="'a' is one name; give a list of names"):
        mifs.scan_csv(path, target="y", exclude="a")


def test_what_is_no_path_and_no_lazy_frame(table):
    with pytest.raises(TypeError, match="a frame that is in memory goes to fit"):
        mifs.scan_csv(table, target="y")
    with pytest.raises(TypeError, match="DataFrame is no polars LazyFrame"):
        mifs.scan_frame(table, target="y")
    with pytest.raises(FileNotFoundError, match=r"no such file.*ends with \.csv"):
        mifs.scan_csv("absent*.csv", target="y")


def test_a_scan_has_its_own_target_and_weights(path, table):
    with mifs.scan_csv(path, target="y", exclude=["w"]) as scan:
        with pytest.raises(ValueError, match="leave y out, and name the column"):
            mifs.MIM(1).fit(scan, table["y"])
        with pytest.raises(ValueError, match="leave sample_weight out"):
            mifs.MIM(1).fit(scan, sample_weight=table["w"])
        with pytest.raises(ValueError, match=r"needs all rows in memory.*'plugin'"):
            mifs.MIM(1, mi_estimator="knn").fit(scan)


def test_a_scan_is_not_pickled(path):
    with (
        mifs.scan_csv(path, target="y") as scan,
        pytest.raises(TypeError, match="a Scan is not pickled"),
    ):
        pickle.dumps(scan)


def test_missing_targets_are_counted_or_refused(path, table):
    table["y"] = table["y"].where(table.index >= 30)
    table.to_csv(path, index=False)
    message = "'y' is missing in 30 of 400 rows.*drop_missing_target=True"
    with (
        mifs.scan_csv(path, target="y") as scan,
        pytest.raises(ValueError, match=message),
    ):
        mifs.MIM(1).fit(scan)
    with mifs.scan_csv(path, target="y", drop_missing_target=True) as scan:
        selector = mifs.MIM(2).fit(scan)
        assert scan.n_rows_dropped == 30
    kept = table[30:]
    whole = mifs.MIM(2).fit(kept.drop(columns="y"), kept["y"])
    pd.testing.assert_frame_equal(selector.path_, whole.path_, check_exact=True)


@pytest.mark.parametrize("kind", ["list", "folder", "pattern"])
def test_files_of_one_schema_are_one_table(tmp_path, table, kind):
    parts = [tmp_path / f"day{number}.csv" for number in range(3)]
    for number, part in enumerate(parts):
        table[number::3].to_csv(part, index=False)
    packed = tmp_path / "day2.csv.gz"
    packed.write_bytes(gzip.compress(parts.pop().read_bytes()))
    (tmp_path / "day2.csv").unlink()
    source = {
        "list": [*parts, packed],
        "folder": tmp_path,
        "pattern": str(tmp_path / "day*"),
    }[kind]
    with mifs.scan_csv(source, target="y") as scan:
        assert scan.shape == (400, 3)
        scanned = mifs.MIM(2).fit(scan)
    whole = mifs.MIM(2).fit(table.drop(columns="y"), table["y"])
    np.testing.assert_array_equal(scanned.relevance_, whole.relevance_)


def test_files_of_other_columns_are_named(tmp_path, table):
    table.to_csv(tmp_path / "a.csv", index=False)
    table.rename(columns={"b": "c"}).to_csv(tmp_path / "b.csv", index=False)
    with pytest.raises(ValueError, match=r"b\.csv has the column 'c' where .*'b'"):
        mifs.scan_csv(tmp_path, target="y")
    pytest.importorskip("pyarrow")
    table.to_parquet(tmp_path / "a.parquet")
    table.astype({"b": "float32"}).to_parquet(tmp_path / "b.parquet")
    message = r"b\.parquet: column 'b' is float, and double in "
    with pytest.raises(ValueError, match=message):
        mifs.scan_parquet(tmp_path, target="y")


def test_the_cache_is_used_while_nothing_changed(path, table, tmp_path, monkeypatch):
    cache = tmp_path / "cache"

    def fit(**options):
        with mifs.scan_csv(path, target="y", cache_dir=cache, **options) as scan:
            return mifs.JMI(2).fit(scan).path_, scan.cached

    first, cached = fit()
    assert not cached
    again, cached = fit()
    assert cached
    pd.testing.assert_frame_equal(first, again, check_exact=True)
    assert not fit(exclude=["w"])[1]
    assert not fit(numbers=["b"])[1]
    with monkeypatch.context() as patch:
        patch.setattr(sources.CSVSource, "fill", lambda *_: pytest.fail("read again"))
        assert fit()[1]
    table["a"] = table["a"].sample(frac=1, random_state=0).to_numpy()
    table.to_csv(path, index=False)
    changed, cached = fit()
    assert not cached
    assert not changed.equals(first)


def test_a_cache_that_was_not_finished_is_made_anew(path, tmp_path):
    cache = tmp_path / "cache"
    with mifs.scan_csv(path, target="y", cache_dir=cache) as scan:
        mifs.MIM(1).fit(scan)
    (folder,) = cache.iterdir()
    (folder / "columns.json").unlink()
    with mifs.scan_csv(path, target="y", cache_dir=cache) as scan:
        mifs.MIM(1).fit(scan)
        assert not scan.cached


def test_an_id_is_refused_by_name(path, table):
    n = 70_000
    frame = pd.DataFrame({"id": [f"r{i}" for i in range(n)], "x": 1, "y": range(n)})
    frame["x"], frame["y"] = frame["y"] % 7, frame["y"] % 2
    frame.to_csv(path, index=False)
    with (
        mifs.scan_csv(path, target="y") as scan,
        pytest.raises(ValueError, match=r"column 'id' has more than 65535 levels.*id"),
    ):
        mifs.MIM(1).fit(scan)


def test_a_warm_start_with_a_scan(path):
    selector = mifs.MIM(1, warm_start=True, alpha=1)
    with mifs.scan_csv(path, target="y") as scan:
        selector.fit(scan)
        assert selector.set_params(n_features_to_select=2).fit(scan).path_.shape[0] == 2


OTHERS = {
    "InfoMax": lambda scan: mifs.InfoMaxSelector(2).fit(scan),
    "discretizer": lambda scan: mifs.MDLPDiscretizer().fit(scan, [0, 1]),
    "relevance test": lambda scan: mifs.relevance_test(scan, [0, 1]),
    "measures": lambda scan: mifs.measures.mutual_information(scan, [0, 1]),
    "target": lambda scan: mifs.MIM(1).fit([[0], [1]], scan),
}


@pytest.mark.parametrize("reader", OTHERS.values(), ids=OTHERS)
def test_who_does_not_read_a_scan_says_who_does(path, reader):
    message = "a Scan holds no array: pass it to the fit of a selector that counts"
    with (
        mifs.scan_csv(path, target="y") as scan,
        pytest.raises(TypeError, match=message),
    ):
        reader(scan)


def test_criteria_are_compared_over_one_scan(path, table):
    whole = mifs.compare(table.drop(columns="y"), table["y"], ["jmi", "cmim"], 2)
    with mifs.scan_csv(path, target="y") as scan:
        found = mifs.compare(scan, None, ["jmi", "cmim"], 2)
    pd.testing.assert_frame_equal(found.path, whole.path, check_exact=True)


def test_the_folder_of_a_process_that_was_killed_goes(path, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    left = tmp_path / "mifs-scan-left"
    left.mkdir()
    (left / "lock").write_bytes(b"")
    (tmp_path / "mifs-scan-other").mkdir()
    with mifs.scan_csv(path, target="y") as scan:
        assert not left.exists()
        assert (tmp_path / "mifs-scan-other").exists()
        with mifs.scan_csv(path, target="y"):
            assert scan.folder.exists()
        assert scan.shape == (400, 3)
    assert [p.name for p in tmp_path.glob("mifs-*")] == ["mifs-scan-other"]


def test_a_cache_that_cannot_be_written(path, tmp_path):
    taken = tmp_path / "taken"
    taken.write_text("")
    for cache in (taken, taken / "below"):
        with mifs.scan_csv(path, target="y", cache_dir=cache) as scan:
            with pytest.raises(OSError, match="give another cache_dir") as raised:
                mifs.MIM(1).fit(scan)
            assert raised.value.filename == str(cache)


@pytest.mark.skipif(os.name == "nt", reason="no such permissions")
def test_a_cache_that_is_read_only(path, tmp_path):
    cache = tmp_path / "cache"
    with mifs.scan_csv(path, target="y", cache_dir=cache) as scan:
        first = mifs.MIM(1).fit(scan).path_
    for place in (*cache.iterdir(), cache):
        place.chmod(0o555)
    try:
        with mifs.scan_csv(path, target="y", cache_dir=cache) as scan:
            pd.testing.assert_frame_equal(mifs.MIM(1).fit(scan).path_, first)
            assert scan.cached
        if not os.access(cache, os.W_OK):  # root may write all the same
            options = {"target": "y", "exclude": ["b"], "cache_dir": cache}
            with (
                mifs.scan_csv(path, **options) as scan,
                pytest.raises(OSError, match="give another cache_dir"),
            ):
                mifs.MIM(1).fit(scan)
    finally:
        for place in (cache, *cache.iterdir()):
            place.chmod(0o755)


@pytest.mark.parametrize("factor", [1, 0.25, 1 / 7])
def test_a_profile_of_a_scan_with_weights(path, table, factor):
    table["gaps"], table["w"] = table["a"].where(table["a"] > 0), table["w"] * factor
    table.loc[3, "w"] = 0
    table.to_csv(path, index=False)
    features = table[["a", "b", "gaps"]]
    expected = mifs.profile(features, table["y"], sample_weight=table["w"])
    options = {"target": "y", "columns": list(features), "weights": "w"}
    with mifs.scan_csv(path, **options) as scan:
        pd.testing.assert_frame_equal(mifs.profile(scan), expected)
        with pytest.raises(TypeError, match="leave sample_weight out"):
            mifs.profile(scan, sample_weight=table["w"])
    assert not mifs.profile(features, table["y"]).equals(expected)


@pytest.mark.parametrize("first", [True, False])
def test_weights_of_a_scan_may_be_booleans(path, table, first):
    """As texts they get the numbers of labels, which are no weights."""
    table["w"] = (np.arange(len(table)) % 3 == 0) == first
    table["y"] = np.where(table.index < 9, None, table["y"])
    table.to_csv(path, index=False)
    kept = table[table["y"].notna()]
    whole = mifs.JMI(2).fit(kept[["a", "b"]], kept["y"].astype(int), kept["w"])
    options = {"target": "y", "weights": "w", "drop_missing_target": True}
    with mifs.scan_csv(path, **options) as scan:
        found = mifs.JMI(2).fit(scan)
        assert scan.shape[0] == kept["w"].sum()
        assert scan.n_rows_dropped == table["w"][:9].sum()
    pd.testing.assert_frame_equal(found.path_, whole.path_)


@pytest.mark.parametrize(
    ("weights", "fact"),
    [
        (["u", "v"] * 200, "column 'w' is to hold weights, and holds no numbers"),
        ([True, None] * 200, "column 'w' is to hold weights, and holds no numbers"),
        ([1, None] * 200, "weight 'w' is missing in 200 of 400 rows"),
        ([1, -3] * 200, "weight 'w' is negative in 200 of 400 rows, the first is -3"),
        ([0] * 400, "weight 'w' is zero in all rows"),
    ],
)
@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_wrong_weights_of_a_scan(path, table, kind, weights, fact):
    table["w"] = weights
    table.to_csv(path, index=False)
    scan_file, place = mifs.scan_csv, path
    if kind == "parquet":
        pytest.importorskip("pyarrow")
        scan_file, place = mifs.scan_parquet, path.with_suffix(".parquet")
        table.to_parquet(place)
    for use in (mifs.MIM(1).fit, mifs.profile):
        with (
            scan_file(place, target="y", weights="w") as scan,
            pytest.raises(ValueError, match=fact),
        ):
            use(scan)


def test_a_profile_of_a_scan_leaves_it_as_it_was(path, table, tmp_path):
    table["flag"], table["empty"] = table["a"] > 0, np.nan
    table.to_csv(path, index=False)
    features = table[["a", "b", "flag", "empty"]]
    expected = mifs.profile(features, table["y"])
    with mifs.scan_csv(path, target="y", exclude=["w"]) as scan:
        found = mifs.profile(scan)
        pd.testing.assert_frame_equal(found, expected)
        with pytest.raises(TypeError, match="leave target out"):
            mifs.profile(scan, "y")
    options = {"target": "y", "exclude": ["w", "empty"]}
    whole = mifs.MIM(2).fit(features.drop(columns="empty"), table["y"]).path_
    with mifs.scan_csv(path, **options) as scan:
        first = mifs.MIM(2).fit(scan).path_
        mifs.profile(scan)
        for path_ in (first, mifs.MIM(2).fit(scan).path_):
            pd.testing.assert_frame_equal(path_, whole)


@pytest.mark.parametrize("name", ["*", "^.*$", "^a$", 'b"', "b.c"])
@pytest.mark.parametrize("kind", ["polars", "duckdb"])
def test_a_name_of_a_lazy_frame_is_no_pattern(table, name, kind):
    frame = table.rename(columns={"b": name})[["a", name, "y"]]
    if kind == "polars":
        lazy = pytest.importorskip("polars").from_pandas(frame).lazy()
    else:
        lazy = pytest.importorskip("duckdb").from_df(frame)
    with mifs.scan_frame(lazy, target="y") as scan:
        found = mifs.MIM(2).fit(scan).path_
    whole = mifs.MIM(2).fit(frame[["a", name]], frame["y"]).path_
    pd.testing.assert_frame_equal(found, whole)


@pytest.mark.parametrize("type_", ["string", "bool_", "null", "float64"])
def test_a_column_of_any_type_without_a_value_is_refused(table, tmp_path, type_):
    pa = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    frame = pa.Table.from_pandas(table)
    empty = pa.nulls(len(table), getattr(pa, type_)())
    place = tmp_path / "table.parquet"
    parquet.write_table(frame.append_column("empty", empty), place)
    with (
        mifs.scan_parquet(place, target="y") as scan,
        pytest.raises(ValueError, match=r"no value at all, .* columns 'empty'"),
    ):
        mifs.MIM(1).fit(scan)
