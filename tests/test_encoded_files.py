"""Encoded tables in files: what survives, and what is refused."""

import json

import numpy as np
import pandas as pd
import pytest
from encoded_tables import WANTED, forms, make

from mifs._data.coding import array_of_json, array_to_json, scalar_to_json
from mifs._data.encoded_files import open_encoded, save_encoded
from mifs._data.reading import read
from mifs.estimators import PlugIn


def test_targets_of_every_kind_survive(tmp_path):
    rng = np.random.default_rng(6)
    X = rng.integers(0, 3, (60, 2))
    words = np.array(["no", "yes"])[rng.integers(0, 2, 60)]
    for number, y in enumerate(
        (words, rng.normal(size=60), rng.random(60) > 0.5, rng.integers(-3, 3, 60))
    ):
        encoded = PlugIn().encode(read(X, y, names=["a", "b"]))
        save_encoded(encoded, tmp_path / str(number))
        target = open_encoded(tmp_path / str(number)).target
        assert target.codes.tolist() == encoded.target.codes.tolist()
        assert target.n_classes == encoded.target.n_classes
        assert target.discrete == encoded.target.discrete
        for name in ("classes", "edges"):
            ours, theirs = getattr(target, name), getattr(encoded.target, name)
            assert (ours is None) == (theirs is None)
            if ours is not None:
                assert ours.dtype == theirs.dtype
                assert ours.tolist() == theirs.tolist()


def test_levels_and_edges_survive(tmp_path):
    X, _, _, encoded = make("frame")
    for form in forms(encoded, tmp_path / "table"):
        assert form.names == list(X)
        assert form.missing.tolist() == X.isna().any().tolist()
        for j, name in enumerate(X):
            levels = form.levels(j)
            if j in encoded.edges:
                assert levels is None
                ours, theirs = form.edges[j], encoded.edges[j]
                assert ours.dtype == theirs.dtype
                assert ours.tolist() == theirs.tolist()
                continue
            present = X[name].dropna().unique().tolist()
            assert levels.tolist() == sorted(present)
            assert len(levels) + form.missing[j] == form.n_levels[j]
            codes = form.column(j)
            for row, value in enumerate(X[name].tolist()):
                if pd.isna(value):
                    assert codes[row] == len(levels)
                else:
                    assert levels[codes[row]] == value


LABELS = {
    "integers": [3, -1, 2**60],
    "strings": ["a", "", "ü"],
    "mixed": [1, "1", 2.5],
    "booleans": [True, False, "no"],
    "bytes": [b"a", b"\xff", b""],
    "not finite": [float("inf"), 0.5, None],
}


@pytest.mark.parametrize("kind", LABELS)
def test_labels_of_frames_survive(kind, tmp_path):
    labels = LABELS[kind]
    X = pd.DataFrame(np.random.default_rng(8).integers(0, 3, (40, 3)))
    X.columns = pd.Index(labels, dtype=object)
    encoded = PlugIn().encode(read(X, np.arange(40) % 2))
    for form in forms(encoded, tmp_path / "table"):
        assert form.labels == labels
        assert list(map(type, form.labels)) == list(map(type, labels))
        assert form.columns([2, 0]).labels == [labels[2], labels[0]]


def test_a_label_that_no_file_keeps(tmp_path):
    X = pd.DataFrame(np.random.default_rng(8).integers(0, 3, (40, 2)))
    X.columns = pd.MultiIndex.from_tuples([("a", 1), ("a", 2)])
    encoded = PlugIn().encode(read(X, np.arange(40) % 2))
    with pytest.raises(TypeError, match=r"label of column 0 has .* of type tuple"):
        save_encoded(encoded, tmp_path / "table")
    assert not (tmp_path / "table").exists()


ARRAYS = {
    "strings": np.array(["a", "", "é\ud800", "-1"]),
    "integers": np.array([2**62 + 1, -5], dtype=np.int64),
    "bytes of numbers": np.array([0, 255], dtype=np.uint8),
    "floats": np.array([0.1, -0.0, 5e-324, 1.7e308, 1 / 3]),
    "halves": np.array([0.1, 3.4e38], dtype=np.float32),
    "booleans": np.array([False, True]),
    "bytes": np.array([b"\xff\x00a", b"b"]),
    "objects": np.array(["a", 1, 2.5, True, b"x", None], dtype=object),
}


@pytest.mark.parametrize("kind", ARRAYS)
def test_arrays_survive_json(kind):
    values = ARRAYS[kind]
    kept = json.loads(json.dumps(array_to_json(values, "x"), allow_nan=False))
    found = array_of_json(kept)
    assert found.dtype == values.dtype
    assert list(map(repr, found.tolist())) == list(map(repr, values.tolist()))


@pytest.mark.parametrize("value", [(1, 2), 3j, np.datetime64("2020-01-01"), {}])
def test_other_values_are_refused_by_name(value):
    with pytest.raises(TypeError, match=r"label of column 3 .* of type .*, which no"):
        scalar_to_json(value, "label of column 3")


def test_damage_is_found(tmp_path):
    folder = tmp_path / "table"
    _, _, _, encoded = make("tiles")
    with pytest.raises(FileNotFoundError, match=r"no folder of an encoded table"):
        open_encoded(folder)
    save_encoded(encoded, folder)
    with pytest.raises(FileExistsError, match="holds an encoded table already"):
        save_encoded(encoded, folder)
    with pytest.raises(FileNotFoundError, match=r"no folder of an encoded table"):
        open_encoded(folder / "table.json")
    head, codes = folder / "table.json", folder / "narrow.npy"
    kept, bits = head.read_text(), codes.read_bytes()
    for wrong, error in (
        (kept[:-9], "is damaged: table.json is no JSON"),
        ("[]", "does not describe an encoded table"),
        ('{"format":"x"}', "does not describe an encoded table"),
        (
            kept.replace('"version":2', '"version":7'),
            "of version 7, .* reads version 2",
        ),
        (kept.replace('"files":{', '"files":4,"x":{'), "is not as it was written"),
        (kept.replace('"columns":', '"column":'), "is not as it was written"),
        (kept.replace('"n_rows":', '"n_rows":1'), "is not as it was written"),
    ):
        head.write_text(wrong)
        with pytest.raises(ValueError, match=error):
            open_encoded(folder)
    head.write_text(kept)
    codes.write_bytes(bits[:-1])
    with pytest.raises(ValueError, match=r"narrow.npy should have \d+ bytes, has \d+"):
        open_encoded(folder)
    codes.write_bytes(bits[:-1] + bytes([bits[-1] ^ 1]))
    with pytest.raises(ValueError, match=r"the checksum of narrow.npy is another"):
        open_encoded(folder)
    open_encoded(folder, verify=False)
    codes.unlink()
    with pytest.raises(ValueError, match=r"narrow.npy should have .* has none"):
        open_encoded(folder)


def test_an_opened_table_is_not_written_to(tmp_path):
    _, _, estimator, encoded = make("tiles")
    save_encoded(encoded, tmp_path / "table")
    before = (tmp_path / "table" / "narrow.npy").read_bytes()
    terms = estimator.terms(open_encoded(tmp_path / "table"))
    terms.pairwise(0, np.arange(40), WANTED)
    assert (tmp_path / "table" / "narrow.npy").read_bytes() == before
