"""Scans of files that change, on disks that are full, in caches that are damaged."""

from __future__ import annotations

import gc
import tempfile
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import mifs
from mifs._csv.files import read_csv
from mifs._data.folders import new_array
from mifs._scan import sources

CACHED = ["columns.bin", "columns.json", "dropped.json"]


@pytest.fixture
def table():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 400)
    word = np.where(rng.random(400) < 0.3, "red", "green")
    noisy = y + rng.normal(size=400)
    return pd.DataFrame({"a": noisy, "word": word, "flag": noisy > 0, "y": y})


@pytest.fixture
def path(tmp_path, table):
    path = tmp_path / "table.csv"
    table.to_csv(path, index=False)
    return path


def fit(path, cache):
    with mifs.scan_csv(path, target="y", cache_dir=cache) as scan:
        return mifs.JMI(2).fit(scan).path_, scan.cached


@pytest.mark.parametrize("name", CACHED)
@pytest.mark.parametrize("damage", ["removed", "shortened", "other"])
def test_a_damaged_cache_is_made_anew(path, tmp_path, name, damage):
    cache = tmp_path / "cache"
    whole, _ = fit(path, cache)
    (folder,) = cache.iterdir()
    file = folder / name
    if damage == "removed":
        file.unlink()
    else:
        file.write_bytes(file.read_bytes()[:-1] if damage == "shortened" else b"{}")
    again, cached = fit(path, cache)
    assert not cached
    pd.testing.assert_frame_equal(again, whole, check_exact=True)
    assert fit(path, cache)[1]
    assert [each.name for each in cache.iterdir()] == [folder.name]


def test_a_cache_holds_columns_only_and_is_not_written_again(path, tmp_path):
    cache = tmp_path / "cache"
    fit(path, cache)
    (folder,) = cache.iterdir()
    assert sorted(file.name for file in folder.iterdir()) == CACHED
    before = [file.stat().st_mtime_ns for file in folder.iterdir()]
    assert fit(path, cache)[1]
    assert sorted(file.name for file in folder.iterdir()) == CACHED
    assert [file.stat().st_mtime_ns for file in folder.iterdir()] == before


def test_two_runs_fill_one_cache_at_once(path, tmp_path, monkeypatch):
    """The other run finishes while this one reads."""
    cache, fill, found = tmp_path / "cache", sources.CSVSource.fill, []

    def other_first(source, make, wanted, keep):
        if not found:
            found.append(None)
            found.append(fit(path, cache))
        fill(source, make, wanted, keep)

    monkeypatch.setattr(sources.CSVSource, "fill", other_first)
    own, _ = fit(path, cache)
    pd.testing.assert_frame_equal(own, found[1][0], check_exact=True)
    assert fit(path, cache)[1]
    assert len(list(cache.iterdir())) == 1


def test_an_interrupted_run_leaves_nothing_in_a_cache(path, tmp_path, monkeypatch):
    cache = tmp_path / "cache"
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(mifs._scan.writer.StoreWriter, "append", interrupted)
    with pytest.raises(KeyboardInterrupt):
        fit(path, cache)
    assert not list(cache.iterdir())
    assert not list(tmp_path.glob("mifs-scan-*"))


@contextmanager
def files_up_to(size):
    resource = pytest.importorskip("resource")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@pytest.mark.parametrize("step", ["mkdir", "rename"])
def test_an_interrupt_while_a_folder_is_made_leaves_nothing(
    path, tmp_path, monkeypatch, step
):
    done = getattr(Path, step)

    def interrupted(*arguments, **options):
        done(*arguments, **options)
        raise KeyboardInterrupt

    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    monkeypatch.setattr(Path, step, interrupted)
    with pytest.raises(KeyboardInterrupt) as caught:
        mifs.scan_csv(path, target="y")
    del caught
    gc.collect()
    assert list(temporary.iterdir()) == []


def test_a_full_disk_of_a_cache_is_named(path, tmp_path):
    """TMPDIR would not help."""
    with (
        mifs.scan_csv(path, target="y", cache_dir=tmp_path / "cache") as scan,
        files_up_to(1000),
        pytest.raises(OSError, match="give a cache_dir of a larger disk"),
    ):
        scan.store()


@pytest.mark.parametrize("size", [1000, 5000])
def test_a_full_disk_is_named_and_left_empty(path, tmp_path, monkeypatch, size):
    """5 000 bytes hold the columns, and not the codes behind them."""
    fit(path, None)  # kernels are kept on disk, too
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    message = r"does not fit; free some, or set the environment variable TMPDIR.*mifs-s"
    with pytest.raises(OSError, match=message), files_up_to(size):
        fit(path, None)
    assert not list(tmp_path.glob("mifs-scan-*"))


def test_room_on_a_disk_is_taken_at_once(tmp_path):
    with pytest.raises(OSError, match="does not fit"), files_up_to(1000):
        new_array(tmp_path / "array.npy", (1000,), np.int64)
    array = new_array(tmp_path / "array.npy", (1000,), np.int64)
    blocks = (tmp_path / "array.npy").stat().st_blocks
    assert array.shape == (1000,)
    assert blocks * 512 >= 8000


@pytest.mark.parametrize("change", ["longer", "shorter", "other values"])
def test_a_file_that_changes_while_it_is_read(path, monkeypatch, change):
    fill = sources.CSVSource.fill

    def changed(source, make, wanted, keep):
        text = path.read_text()
        if change == "longer":
            path.write_text(text + "1,red,True,0\n")
        elif change == "shorter":
            path.unlink()
            path.write_text(text[:2000])
        else:
            path.unlink()
            path.write_text(text.replace("red", "rot"))
        fill(source, make, wanted, keep)

    with mifs.scan_csv(path, target="y") as scan:
        monkeypatch.setattr(sources.CSVSource, "fill", changed)
        with pytest.raises(ValueError, match=r"table\.csv: changed while it was read"):
            mifs.MIM(1).fit(scan)


@pytest.fixture
def arrow():
    return pytest.importorskip("pyarrow")


def parquet(folder, *columns):
    from pyarrow import parquet

    for number, table in enumerate(columns):
        parquet.write_table(table, folder / f"{number}.parquet")
    return folder


@pytest.mark.parametrize(
    ("kind", "why"), [("date32", "neither a number nor a label"), ("list", "nested")]
)
def test_a_column_of_parquet_that_is_no_feature(arrow, tmp_path, kind, why):
    values = {"date32": arrow.array([0, 1] * 20).cast("int32").cast("date32")}
    values["list"] = arrow.array([[1], [2]] * 20)
    columns = {"when": values[kind], "a": [0, 1] * 20, "y": [0, 1] * 20}
    source = parquet(tmp_path, arrow.table(columns))
    with (
        mifs.scan_parquet(source, target="y") as scan,
        pytest.raises(TypeError, match=rf"'when' .*{why}.*exclude=\['when'\]"),
    ):
        mifs.MIM(1).fit(scan)
    with mifs.scan_parquet(source, target="y", exclude=["when"]) as scan:
        assert scan.shape == (40, 1)


@pytest.mark.parametrize("more", [0, 1])
def test_parquet_files_with_more_and_fewer_columns(arrow, tmp_path, more):
    wide = arrow.table({"a": [0, 1], "y": [0, 1], "b": [0, 1]})
    both = [wide, wide.drop_columns(["b"])]
    source = parquet(tmp_path, *(both[::-1] if more else both))
    with pytest.raises(ValueError, match=r"1\.parquet has (no|a) column 'b'"):
        mifs.scan_parquet(source, target="y")


def test_parquet_files_that_are_none_are_named(arrow, tmp_path):
    source = parquet(tmp_path, arrow.table({"a": [0, 1], "y": [0, 1]}))
    file = source / "0.parquet"
    file.write_bytes(file.read_bytes()[:-9])
    with pytest.raises(ValueError, match=r"0\.parquet is no Parquet file, or damaged"):
        mifs.scan_parquet(source, target="y")


def test_parquet_of_columns_of_one_name(arrow, tmp_path):
    table = arrow.table([arrow.array([0, 1])] * 3, names=["a", "a", "y"])
    with pytest.raises(ValueError, match="two columns are named 'a'"):
        mifs.scan_parquet(parquet(tmp_path, table), target="y")


def test_tables_without_rows(arrow, tmp_path):
    pl = pytest.importorskip("polars")
    table = arrow.table({"a": [0, 1], "y": [0, 1]})[:0]
    for scan in (
        mifs.scan_parquet(parquet(tmp_path, table), target="y"),
        mifs.scan_frame(pl.from_arrow(table).lazy(), target="y"),
    ):
        with scan, pytest.raises(ValueError, match="the table has no rows"):
            mifs.MIM(1).fit(scan)


def test_whole_numbers_of_128_bits(arrow):
    pl = pytest.importorskip("polars")
    frame = pl.DataFrame({"a": [0, 1, 2, 1, 0] * 16, "y": [0, 1] * 40})
    wide = frame.with_columns(pl.col("a").cast(pl.Int128))
    with mifs.scan_frame(wide.lazy(), target="y") as scan:
        scanned = mifs.MIM(1).fit(scan)
    whole = mifs.MIM(1).fit(frame.drop("y"), frame["y"])
    np.testing.assert_array_equal(scanned.relevance_, whole.relevance_)
    beyond = wide.with_columns(pl.col("a") * pl.lit(10**20, dtype=pl.Int128))
    with (
        mifs.scan_frame(beyond.lazy(), target="y") as scan,
        pytest.raises(ValueError, match=r"column 'a'.*such as 2000.*told apart"),
    ):
        mifs.MIM(1).fit(scan)


def test_names_that_duckdb_does_not_tell_apart(arrow):
    duckdb = pytest.importorskip("duckdb")
    relation = duckdb.sql("select 1 as a, 2 as A, 3 as y from range(10)")
    with pytest.raises(ValueError, match="does not tell the columns 'a' and 'A'"):
        mifs.scan_frame(relation, target="y")


def test_numbers_with_a_space_behind_and_gaps(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("a,y\n" + "2.5,0\n,1\n7 ,1\nnan,0\n1e400,1\n" * 20)
    expected = mifs._csv.files.read_csv(path)["a"]
    with mifs.scan_csv(path, target="y") as scan:
        # pandas 2 takes it for a text, and so does the scan.
        found = scan.store().frame([0]).iloc[:, 0].astype(expected.dtype)
    pd.testing.assert_series_equal(found, expected, check_names=False)


@pytest.mark.parametrize("option", ["missing", "units", "text", "numbers"])
def test_one_text_is_no_list_of_texts(tmp_path, option):
    path = tmp_path / "data.csv"
    path.write_text("a,y\n1,0\n2,1\n")
    with pytest.raises(TypeError, match=f"{option}='NA' is one text; give a list"):
        mifs.scan_csv(path, target="y", **{option: "NA"})


@pytest.mark.parametrize("option", ["text", "numbers"])
def test_declared_columns_are_there(tmp_path, option):
    path = tmp_path / "data.csv"
    path.write_text("zip,y\n1,0\n2,1\n")
    with pytest.raises(ValueError, match="no column 'Zip'; near names: 'zip'"):
        mifs.scan_csv(path, target="y", **{option: ["Zip"]})


def test_a_target_that_is_no_name_and_no_source(tmp_path):
    path = tmp_path / "data.csv"
    path.write_text("a,y\n1,0\n2,1\n")
    with pytest.raises(TypeError, match="target=None is no name of a column"):
        mifs.scan_csv(path, target=None)
    with pytest.raises(ValueError, match="empty list: name a file"):
        mifs.scan_csv([], target="y")


@pytest.mark.parametrize("order", [("full", "bare"), ("bare", "full")])
def test_a_file_without_rows_is_named_among_others(tmp_path, order):
    (tmp_path / "full.csv").write_text("a,y\n" + "1,0\n2,1\n" * 9)
    (tmp_path / "bare.csv").write_text("a,y\n")
    paths = [tmp_path / f"{name}.csv" for name in order]
    with pytest.raises(ValueError, match=r"bare\.csv has a header and no rows"):
        read_csv(paths)
    with (
        mifs.scan_csv(paths, target="y") as scan,
        pytest.raises(ValueError, match=r"bare\.csv has a header and no rows"),
    ):
        mifs.MIM(1).fit(scan)


def test_an_interrupt_while_a_scan_opens_leaves_no_folder(tmp_path, monkeypatch):
    """A command ends then with its traceback alive, which holds the scan."""

    def interrupted(files):
        raise KeyboardInterrupt

    path = tmp_path / "t.csv"
    path.write_text("a,y\n1,0\n2,1\n")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    monkeypatch.setattr("mifs._scan.scan._stamps", interrupted)
    with pytest.raises(KeyboardInterrupt) as caught:
        mifs.scan_csv(path, target="y")
    assert caught.traceback
    assert list(temporary.iterdir()) == []
